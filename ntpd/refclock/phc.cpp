// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

constexpr std::string_view kDevice = "/dev/ptp%u";
constexpr int kReadings = 10;
constexpr int kPatience = 5;
// A clock that was never set counts from 1970, or from when the machine was switched on.
constexpr Duration kNeverSet = std::chrono::hours(24 * 365 * 10);

Duration spread(const HardwareReading& reading) { return reading.after - reading.before; }

/// The hardware clock of a network card or of a virtual machine's host.
class PhcDriver final : public Driver {
 public:
  explicit PhcDriver(Feed& feed) : feed_(feed) {}

  Result<void> open(Devices& devices) override {
    devices_ = &devices;
    const config::SourceSettings& settings = feed_.settings();
    auto clock = devices.open_hardware_clock(
        settings.path.empty() ? with_unit(kDevice, settings.unit) : settings.path);
    if (!clock) return Failure<Error>{clock.error()};
    clock_ = std::move(*clock);
    failures_ = 0;
    last_.reset();
    return {};
  }
  void close() override { clock_.reset(); }

  void tick(const Moment&) override {
    auto readings = clock_->read(kReadings);
    if (!readings) {
      trouble_ = ClockEvent::Fault;
      if (++failures_ >= kPatience) feed_.lost(readings.error().message);
      return;
    }
    failures_ = 0;
    const auto* best = pick(*readings);
    if (best == nullptr) {
      return bad(ClockEvent::BadFormat, "stamps", "its readings have no stamps that could be true");
    }
    take(*best);
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    if (feed_.flag(4)) {
      feed_.stats(std::to_string(good_) + ' ' + std::to_string(bad_) + ' ' +
                  std::to_string(widest_.count()));
    }
    good_ = bad_ = 0;
    widest_ = {};
    return std::exchange(trouble_, ClockEvent::Timeout);
  }

 private:
  /// The reading that took least; one whose stamps run backwards is none.
  static const HardwareReading* pick(const std::vector<HardwareReading>& readings) {
    const HardwareReading* best = nullptr;
    for (const HardwareReading& each : readings) {
      if (spread(each) < Duration::zero()) continue;
      if (best == nullptr || spread(each) < spread(*best)) best = &each;
    }
    return best;
  }

  void bad(ClockEvent event, std::string_view key, const std::string& text) {
    ++bad_;
    trouble_ = event;
    feed_.log(LogLevel::Error, key,
              "REFCLOCK: PHC(" + std::to_string(feed_.settings().unit) + "): " + text);
  }

  void take(const HardwareReading& reading) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(reading.device);
    if (reading.device < kNeverSet || !wall_time(seconds.count(), 0)) {
      return bad(ClockEvent::BadDate, "unset",
                 "the hardware clock was never set: something like ptp4l has to keep it");
    }
    if (last_ && reading.device == *last_) {
      // It stood when it was read before, too.
      feed_.drop_samples();
      return bad(ClockEvent::Fault, "still", "the hardware clock stands still");
    }
    last_ = reading.device;
    Duration utc = reading.device;
    if (feed_.flag(1)) {
      const auto tai = tai_offset();
      if (!tai) {
        return bad(ClockEvent::BadDate, "tai",
                   feed_.settings().time2 == 0
                       ? "TAI - UTC is not known: name a leapfile, or give it as time2"
                       : "time2 is to be TAI - UTC in seconds, and is more than a day");
      }
      utc -= *tai;
    }
    const WallTime middle = reading.before + spread(reading) / 2;
    char code[64];
    std::snprintf(code, sizeof code, "%lld.%09lld", static_cast<long long>(seconds.count()),
                  static_cast<long long>((reading.device - seconds).count()));
    feed_.timecode(code);
    // The clock may have been read anywhere between the stamps, by any of the samples of a poll.
    widest_ = std::max(widest_, spread(reading));
    feed_.set_root_dispersion(to_seconds(widest_) / 2);
    feed_.sample(WallTime(utc), middle, feed_.settings().time1);
    ++good_;
  }

  [[nodiscard]] std::optional<Duration> tai_offset() const {
    // s; so that no time leaves the range that there is room for.
    constexpr double kMostTai = 86'400;
    const double given = feed_.settings().time2;
    if (given != 0) {
      return std::abs(given) < kMostTai ? std::optional(from_seconds(given)) : std::nullopt;
    }
    const int known = devices_->tai_offset();
    return known == 0 ? std::nullopt : std::optional<Duration>(std::chrono::seconds(known));
  }

  Feed& feed_;
  Devices* devices_ = nullptr;
  std::unique_ptr<HardwareClock> clock_;
  std::optional<Duration> last_;
  Duration widest_{};
  unsigned good_ = 0;
  unsigned bad_ = 0;
  int failures_ = 0;
  ClockEvent trouble_ = ClockEvent::Timeout;
};

}  // namespace

extern const DriverInfo driver_phc{
    .name = "PHC",
    .description = "PTP hardware clock",
    .number = 47,
    .device = kDevice,
    .refid = "PHC",
    .precision = -30,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> { return std::make_unique<PhcDriver>(feed); },
};

}  // namespace ntp::refclock
