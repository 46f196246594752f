// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/feed.h"

namespace ntp::refclock {

/// A clock of ntp.conf: its driver, what that has said, and the device, which is opened as often as
/// it takes.
class Unit {
 public:
  /// Waiting time before a device is tried again: it doubles from the first to the last, until the
  /// device has given samples.
  static constexpr Duration kFirstRetry = std::chrono::seconds(8);
  static constexpr Duration kLastRetry = std::chrono::seconds(256);

  /// `devices` outlives the unit.
  Unit(const DriverInfo& info, const config::SourceSettings& settings, Devices& devices);

  /// SHM(0).
  [[nodiscard]] std::string name() const;
  [[nodiscard]] const DriverInfo& info() const { return info_; }
  /// SHM, and the driver in words.
  [[nodiscard]] std::string clock_name() const;
  [[nodiscard]] std::string description() const;
  [[nodiscard]] std::vector<Variable> variables() const { return driver_->variables(); }
  [[nodiscard]] const config::SourceSettings& settings() const { return feed_.settings(); }
  [[nodiscard]] const Feed& feed() const { return feed_; }

  /// Opens the device. That it can't be is said once; a new reason is said, too.
  void open(MonoTime now);
  [[nodiscard]] bool is_open() const { return open_; }
  void tick(const Moment& now);

  /// What came of a poll that has brought samples.
  struct Batch {
    double offset = 0;           // s, reference minus own clock
    double jitter = 0;           // s
    double root_dispersion = 0;  // s
    Leap leap = Leap::None;
    /// The mean of the own stamps; never after the poll.
    WallTime received{};
  };
  std::optional<Batch> poll(const Moment& now);
  /// What the driver wants used before the next poll.
  std::optional<Batch> take_handed_in(const Moment& now);

  bool take_forgotten() { return feed_.take_forgotten(); }
  std::vector<News> take_news() { return feed_.take_news(); }
  void clock_stepped();
  void nudge_time1(double by) { feed_.nudge_time1(by); }
  /// Other options, none of which is about the device.
  void reconfigure(const config::SourceSettings& settings) { feed_.reconfigure(settings); }

 private:
  std::optional<Batch> take_batch(const Moment& now);
  void retry_later(MonoTime now);
  void see_to_device(MonoTime now);

  const DriverInfo& info_;
  Devices& devices_;
  Feed feed_;
  std::unique_ptr<Driver> driver_;
  bool open_ = false;
  bool stepped_ = false;  // the clock, since the last poll that has counted
  int unsettled_ = 0;     // ticks to come, after that
  std::string failure_;   // the last one that was said
  MonoTime retry_at_{};
  Duration retry_after_ = kFirstRetry;
};

/// The unit that a `refclock` line names, or why there can be none.
Result<std::unique_ptr<Unit>> make_unit(const config::SourceSettings& settings, Devices* devices);

}  // namespace ntp::refclock
