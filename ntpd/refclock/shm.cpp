// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/shm_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

constexpr int kPrivateUnits = 2;
constexpr int kModePrivate = 1;
constexpr std::int64_t kOldest = 5;  // s: older receive stamps are stale
constexpr double kDay = 86400;
constexpr double kDefaultLimit = 4 * 3600;  // s
// Polled in vain for so long, the segment is attached anew: somebody may have removed it.
constexpr int kTicksToReattach = 60;

std::int64_t whole_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Times that another program leaves in a System V shared memory segment.
class ShmDriver final : public Driver {
 public:
  explicit ShmDriver(Feed& feed) : feed_(feed) {}

  Result<void> open(Devices& devices) override {
    devices_ = &devices;
    auto segment = devices.attach_segment(feed_.settings().unit, for_everybody());
    if (!segment) return Failure<Error>{segment.error()};
    segment_ = std::move(*segment);
    prepare_segment(*segment_);
    return {};
  }
  void close() override { segment_.reset(); }

  void tick(const Moment& now) override {
    ++tally_.ticks;
    const ShmReading reading = read_segment(*segment_);
    using Status = ShmReading::Status;
    if (reading.status == Status::NotReady) {
      ++tally_.not_ready;
      if (++idle_ >= kTicksToReattach) reattach();
      return;
    }
    idle_ = 0;
    switch (reading.status) {
      case Status::Good:
        take(reading, now);
        break;
      case Status::BadMode:
        bad("mode", "bad mode found in shared memory: " + std::to_string(reading.mode));
        break;
      case Status::BadTime:
        bad("time", "bad time stamps in shared memory");
        break;
      case Status::Clash:
        ++tally_.clash;
        feed_.log(LogLevel::Notice, prefix() + "clash", prefix() + "access clash in shared memory");
        break;
      case Status::NotReady:
        break;
    }
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    ClockEvent trouble = ClockEvent::Timeout;
    if (tally_.clash > 0 && tally_.clash >= std::max(tally_.bad, tally_.not_ready)) {
      trouble = ClockEvent::BadSignal;
    } else if (tally_.bad > 0 && tally_.bad >= tally_.not_ready) {
      trouble = ClockEvent::BadFormat;
    }
    if (feed_.flag(4)) {
      char text[80];
      std::snprintf(text, sizeof text, "%3d %3d %3d %3d %3d", tally_.ticks, tally_.good,
                    tally_.not_ready, tally_.bad, tally_.clash);
      feed_.stats(text);
    }
    tally_ = {};
    return trouble;
  }

 private:
  struct Tally {
    int ticks = 0;
    int good = 0;
    int not_ready = 0;
    int bad = 0;
    int clash = 0;
  };

  [[nodiscard]] bool for_everybody() const {
    const config::SourceSettings& settings = feed_.settings();
    return settings.unit >= kPrivateUnits && (settings.mode & kModePrivate) == 0;
  }
  [[nodiscard]] std::string prefix() const {
    return "SHM(" + std::to_string(feed_.settings().unit) + "): ";
  }

  void bad(const char* key, const std::string& text) {
    ++tally_.bad;
    feed_.log(LogLevel::Error, prefix() + key, prefix() + text);
  }

  /// NTPsec: flag1 enforces a limit of the difference, which classic ntpd has without it.
  [[nodiscard]] bool is_beyond_limit(const ShmReading& reading) const {
    if (!feed_.flag(1)) return false;
    const double wanted = feed_.settings().time2;
    const double limit = wanted < 1 || wanted > kDay ? kDefaultLimit : std::round(wanted);
    return std::abs(to_seconds(reading.received - reading.reference)) > limit;
  }

  void take(const ShmReading& reading, const Moment& now) {
    const std::int64_t seconds = whole_seconds(reading.reference);
    char code[48];
    std::snprintf(code, sizeof code, "%lld.%09lld", static_cast<long long>(seconds),
                  static_cast<long long>(reading.reference.time_since_epoch().count() -
                                         seconds * 1'000'000'000));
    feed_.timecode(code);
    const std::int64_t age = whole_seconds(now.wall) - whole_seconds(reading.received);
    if (age < 0 || age > kOldest) {
      return bad("stale", "stale/bad receive time, delay=" + std::to_string(age) + "s");
    }
    if (is_beyond_limit(reading)) {
      const double difference = to_seconds(reading.received - reading.reference);
      return bad("limit", "difference limit exceeded, delta=" +
                              std::to_string(std::llabs(std::llround(difference))) + "s");
    }
    if (reading.leap < 0 || reading.leap > 3) {
      return bad("leap", "bad leap indicator: " + std::to_string(reading.leap));
    }
    feed_.set_leap(static_cast<Leap>(reading.leap));
    feed_.set_precision(reading.precision);
    feed_.sample(reading.reference, reading.received, feed_.settings().time1);
    ++tally_.good;
  }

  void reattach() {
    idle_ = 0;
    // Without the right to it any more, the old one stays.
    auto segment = devices_->attach_segment(feed_.settings().unit, for_everybody());
    if (segment) segment_ = std::move(*segment);
  }

  Feed& feed_;
  Devices* devices_ = nullptr;
  std::shared_ptr<ShmSegment> segment_;
  Tally tally_;
  int idle_ = 0;
};

}  // namespace

extern const DriverInfo driver_shm{
    .name = "SHM",
    .description = "SHM/Shared memory interface",
    .number = 28,
    .device = {},
    .refid = "SHM",
    .precision = -30,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> { return std::make_unique<ShmDriver>(feed); },
};

}  // namespace ntp::refclock
