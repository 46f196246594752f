// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/sock_sample.h"

#include <chrono>
#include <cmath>
#include <cstdio>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

constexpr std::string_view kDevice = "/run/ntpd.refclock%u.sock";
constexpr int kModeForEverybody = 1;
constexpr Duration kOldest = std::chrono::seconds(5);
constexpr Duration kNewest = std::chrono::seconds(1);
// More than any feeder sends between two polls of a second; the rest of a flood is counted only.
constexpr int kMostASecond = 16;
constexpr int kTicksToLook = 60;

/// Samples that gpsd and others send to a socket, in chrony's format.
class SockDriver final : public Driver {
 public:
  explicit SockDriver(Feed& feed) : feed_(feed) {}

  Result<void> open(Devices& devices) override {
    devices_ = &devices;
    return bind();
  }
  void close() override {
    inbox_.reset();
    nameless_.reset();
  }

  void tick(const Moment& now) override {
    synchronized_ = now.synchronized;
    this_second_ = 0;
    if (++ticks_ < kTicksToLook) return;
    ticks_ = 0;
    if (!inbox_->has_name()) bind_anew();
  }

  std::optional<ClockEvent> poll(const Moment&) override {
    const ClockEvent trouble = tally_.bad > 0 ? ClockEvent::BadFormat : ClockEvent::Timeout;
    if (feed_.flag(4)) {
      feed_.stats(std::to_string(tally_.received) + ' ' + std::to_string(tally_.good) + ' ' +
                  std::to_string(tally_.bad) + ' ' + std::to_string(tally_.excess));
    }
    tally_ = {};
    return trouble;
  }

 private:
  struct Tally {
    std::uint64_t received = 0;
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
    std::uint64_t excess = 0;
  };

  Result<void> bind() {
    const config::SourceSettings& settings = feed_.settings();
    auto inbox = devices_->bind_inbox(
        settings.path.empty() ? with_unit(kDevice, settings.unit) : settings.path,
        (settings.mode & kModeForEverybody) != 0,
        [this](ByteView datagram, WallTime received) { take(datagram, received); });
    if (!inbox) return Failure<Error>{inbox.error()};
    // gpsd stays connected to the socket that it found, and never looks for another one.
    nameless_ = std::exchange(inbox_, std::move(*inbox));
    return {};
  }

  /// Somebody removed the name: whoever comes next would not find us.
  void bind_anew() {
    const auto bound = bind();
    feed_.log(LogLevel::Warning, bound ? "made again" : "name",
              "REFCLOCK: SOCK(" + std::to_string(feed_.settings().unit) +
                  "): the name of the socket was removed; " +
                  (bound ? "made again" : bound.error().message));
  }

  void take(ByteView datagram, WallTime received) {
    ++tally_.received;
    if (++this_second_ > kMostASecond) {
      ++tally_.excess;
      return;
    }
    const auto sample = parse_sock_sample(datagram);
    const Duration age = sample ? received - sample->measured : Duration::zero();
    if (!sample || age > kOldest || age < -kNewest) {
      ++tally_.bad;
      return;
    }
    double offset = sample->offset;
    if (sample->pulse) {
      // Somebody else has to have numbered the seconds.
      if (!synchronized_) return;
      offset -= std::round(offset);
    }
    const Duration since = sample->measured.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    char code[64];
    std::snprintf(code, sizeof code, "%lld.%06lld %+.9f", static_cast<long long>(seconds.count()),
                  static_cast<long long>((since - seconds).count() / 1000), sample->offset);
    feed_.timecode(code);
    feed_.set_leap(sample->leap);
    feed_.offset(offset + feed_.settings().time1, sample->measured);
    ++tally_.good;
  }

  Feed& feed_;
  Devices* devices_ = nullptr;
  std::unique_ptr<DatagramInbox> inbox_;
  std::unique_ptr<DatagramInbox> nameless_;
  Tally tally_;
  int this_second_ = 0;
  int ticks_ = 0;
  bool synchronized_ = false;
};

}  // namespace

extern const DriverInfo driver_sock{
    .name = "SOCK",
    .description = "Samples from a socket",
    .number = 48,
    .device = kDevice,
    .refid = "SOCK",
    .precision = -20,
    .path = DriverInfo::Path::Socket,
    .make = [](Feed& feed) -> std::unique_ptr<Driver> {
      return std::make_unique<SockDriver>(feed);
    },
};

}  // namespace ntp::refclock
