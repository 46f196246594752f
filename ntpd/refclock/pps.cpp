// SPDX-License-Identifier: BSD-2-Clause
#include <chrono>
#include <cmath>
#include <cstdio>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"
#include "ntpd/refclock/pulse_gate.h"

namespace ntp::refclock {
namespace {

constexpr std::string_view kDevice = "/dev/pps%u";
// An edge that the kernel still shows from before.
constexpr Duration kOldest = std::chrono::seconds(3);
// s from the second: farther off, it may as well belong to the next one.
constexpr double kFarthest = 0.45;
// Failures of the kernel in a row, after which the device is opened anew.
constexpr int kPatience = 5;

/// A pulse each second, whose seconds others number.
class PpsDriver final : public Driver {
 public:
  explicit PpsDriver(Feed& feed) : feed_(feed) {}

  Result<void> open(Devices& devices) override {
    const config::SourceSettings& settings = feed_.settings();
    auto capture = devices.open_pulse(settings.pps_path.empty() ? with_unit(kDevice, settings.unit)
                                                                : settings.pps_path);
    if (!capture) return Failure<Error>{capture.error()};
    capture_ = std::move(*capture);
    set_up_ = false;
    failures_ = 0;
    gate_.reset();
    return {};
  }
  void close() override { capture_.reset(); }
  void clock_stepped() override { gate_.clock_stepped(); }

  void tick(const Moment& now) override {
    // NTPsec: not before there is a time whose seconds could be numbered.
    if (!set_up_ && now.synchronized && !set_up()) {
      ++tally_.not_set_up;
      return;
    }
    const auto pulse = capture_->latest(edge());
    if (!pulse) return fail_with(pulse.error().message);
    failures_ = 0;
    if (!set_up_ || !*pulse) {
      ++tally_.not_ready;
      return;
    }
    take(**pulse, now);
  }

  std::optional<ClockEvent> poll(const Moment& now) override {
    const Tally tally = std::exchange(tally_, {});
    if (!now.synchronized) return std::nullopt;
    feed_.stats(std::to_string(sequence_) + ' ' + std::to_string(tally.good) + ' ' +
                std::to_string(tally.not_set_up) + ' ' + std::to_string(tally.kernel) + ' ' +
                std::to_string(tally.not_ready));
    // Among many glitches some are in step by chance.
    if (tally.glitches > 0 && tally.glitches >= tally.good) feed_.drop_samples();
    if (!feed_.has_samples()) feed_.set_pulse(false);
    return tally.kernel > 0     ? ClockEvent::Fault
           : tally.glitches > 0 ? ClockEvent::BadSignal
                                : ClockEvent::Timeout;
  }

 private:
  struct Tally {
    int good = 0;
    int not_set_up = 0;
    int kernel = 0;
    int not_ready = 0;
    int glitches = 0;  // among those not ready
  };

  [[nodiscard]] PulseEdge edge() const {
    return feed_.flag(2) ? PulseEdge::Clear : PulseEdge::Assert;
  }

  bool set_up() {
    if (const auto captured = capture_->capture(edge()); !captured) {
      feed_.log(LogLevel::Error, "capture",
                "REFCLOCK: refclock_params: " + captured.error().message);
      return false;
    }
    if (feed_.flag(3)) {
      if (const auto bound = capture_->bind_kernel(edge()); !bound) {
        feed_.log(LogLevel::Error, "kernel", "REFCLOCK: refclock_params: " + bound.error().message);
      }
    }
    set_up_ = true;
    return true;
  }

  void fail_with(const std::string& reason) {
    ++tally_.kernel;
    feed_.report(ClockEvent::Fault);
    if (++failures_ >= kPatience) feed_.lost(reason);
  }

  void take(const Pulse& pulse, const Moment& now) {
    sequence_ = pulse.sequence;
    auto verdict = gate_.admit(pulse);
    if (verdict == PulseGate::Verdict::Moved) {
      feed_.forget();
      verdict = PulseGate::Verdict::Good;
    }
    const Duration age = now.wall - pulse.at;
    if (verdict != PulseGate::Verdict::Good || age > kOldest || age < -kOldest) {
      ++tally_.not_ready;
      if (verdict == PulseGate::Verdict::Glitch) ++tally_.glitches;
      return;
    }
    const Duration since = pulse.at.time_since_epoch();
    const double fraction = to_seconds(std::chrono::round<std::chrono::seconds>(since) - since);
    if (std::abs(fraction) > kFarthest) {
      ++tally_.not_ready;
      ++tally_.glitches;
      return;
    }
    const double offset = fraction + feed_.settings().time1;
    ++tally_.good;
    feed_.offset(offset, pulse.at);
    feed_.set_pulse(true);
    if (feed_.flag(4)) {
      char text[32];
      std::snprintf(text, sizeof text, "%.9f", offset);
      feed_.stats(text);
    }
  }

  Feed& feed_;
  std::unique_ptr<PulseCapture> capture_;
  PulseGate gate_;
  Tally tally_;
  std::uint32_t sequence_ = 0;
  int failures_ = 0;
  bool set_up_ = false;
};

}  // namespace

extern const DriverInfo driver_pps{
    .name = "PPS",
    .description = "PPS Clock Discipline",
    .number = 22,
    .device = kDevice,
    .refid = "PPS",
    .precision = -30,
    .source_code = 1,
    .kind = sync::SourceKind::Pps,
    .path = DriverInfo::Path::Pulse,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> { return std::make_unique<PpsDriver>(feed); },
};

}  // namespace ntp::refclock
