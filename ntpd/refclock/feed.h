// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libntp/core/clock_command.h"
#include "libntp/core/seams.h"
#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/median_filter.h"

namespace ntp::refclock {

/// What has happened to a clock, for the log and the statistics.
struct StateChange {
  ClockEvent event;
};
/// A line of clockstats, without stamp and name.
struct StatsLine {
  std::string text;
};
/// For the log, at most once an hour for each `key`.
struct LogLine {
  LogLevel level;
  std::string key;
  std::string text;
};
using News = std::variant<StateChange, StatsLine, LogLine>;

/// What a driver tells, and what all drivers have in common: median filter, counters, status,
/// clock variables. Nothing a device sends makes it grow.
class Feed {
 public:
  explicit Feed(const config::SourceSettings& settings)
      : settings_(settings), configured_time1_(settings.time1) {}

  // For drivers.
  [[nodiscard]] const config::SourceSettings& settings() const { return settings_; }
  [[nodiscard]] bool flag(int number) const { return (settings_.flags >> (number - 1) & 1) != 0; }

  /// The clock said `reference` when the own one showed `received`; `fudge`, s, is added. An
  /// offset beyond 68 years is no sample, but a bad date.
  void sample(WallTime reference, WallTime received, double fudge);
  /// The same with the offset itself, s.
  void offset(double offset, WallTime received);
  /// What went wrong, or Nominal. A change of it is an event. A clock in trouble has one: another
  /// is told only if the first has been absent for some polls, for ever more of them each time.
  /// (NTPsec goes to and fro between them, with an event each time.)
  void report(ClockEvent event);
  /// After a fault: if it is silent for two polls, that is the next trouble.
  void device_is_back();
  /// What the clock said last, for the clock variable: 127 characters at most.
  void timecode(std::string_view text);
  [[nodiscard]] const std::string& timecode() const { return timecode_; }
  void stats(std::string text);
  /// `key` tells what the line is about, whatever figures are in it.
  void log(LogLevel level, std::string_view key, std::string text);
  /// Unsynchronized: samples are ignored at the next poll.
  void set_leap(Leap leap) { leap_ = leap; }
  /// log2 s, held within -31..0.
  void set_precision(int precision);
  /// The pulse is there: the source may take part in the selection as PPS.
  void set_pulse(bool lit) { pulse_ = lit; }
  /// s: what the clock may be off by at its root.
  void set_root_dispersion(double dispersion) { root_dispersion_ = dispersion; }
  void set_refid(RefId refid) { refid_ = refid; }
  /// A driver of many clocks says which one it is, when it is made.
  void set_identity(std::string_view name, std::string_view description) {
    name_ = name;
    description_ = description;
  }
  /// s: the time1 of a clock for which none is configured.
  void set_usual_time1(double seconds);
  void drop_samples() { filter_.clear(); }
  /// What the clock has said before is void: it says something else now, for good.
  void forget() {
    filter_.clear();
    forgotten_ = true;
  }
  /// The samples are to be used now, not at the next poll.
  void hand_in() { hand_in_ = true; }
  [[nodiscard]] bool has_samples() const { return !filter_.empty(); }
  /// The device is gone: it is closed, and opened again later.
  void lost(const std::string& reason);

  // For the unit.
  [[nodiscard]] MedianFilter& filter() { return filter_; }
  std::vector<News> take_news();
  std::optional<std::string> take_loss() { return std::exchange(loss_, std::nullopt); }
  bool take_forgotten() { return std::exchange(forgotten_, false); }
  bool take_hand_in() { return std::exchange(hand_in_, false); }
  [[nodiscard]] Leap leap() const { return leap_; }
  [[nodiscard]] std::optional<int> precision() const { return precision_; }
  [[nodiscard]] bool pulse() const { return pulse_; }
  [[nodiscard]] double root_dispersion() const { return root_dispersion_; }
  [[nodiscard]] std::optional<RefId> refid() const { return refid_; }
  /// Empty if they are the driver's.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& description() const { return description_; }
  /// s: moves time1 (`enable calibrate`).
  void nudge_time1(double by) { settings_.time1 += by; }
  /// Other options. What was measured with another time1 or time2 is forgotten; a time1 that has
  /// been moved stays if the configured one is the same.
  void reconfigure(const config::SourceSettings& settings);

  struct Counters {
    std::uint64_t polls = 0;
    std::uint64_t no_reply = 0;
    std::uint64_t bad_format = 0;
    std::uint64_t bad_data = 0;
    int reports = 0;  // 15 at most
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] ClockEvent status() const { return status_; }
  void count_poll() { ++counters_.polls; }
  /// A poll ends, with samples that can be used or without: whether all is well by now. It is if
  /// there was no trouble since the poll before; for a clock that relapses, for ever longer.
  bool take_health(bool has_samples, MonoTime now);
  /// A poll that does not count: what was reported before it is no trouble of the next interval.
  void begin_interval(MonoTime now);

 private:
  /// Whether this trouble is one with the status, which is another.
  [[nodiscard]] bool is_told_by_status(ClockEvent event) const;

  config::SourceSettings settings_;
  double configured_time1_;
  double usual_time1_ = 0;
  MedianFilter filter_;
  Counters counters_;
  ClockEvent status_ = ClockEvent::Nominal;
  unsigned recent_ = 0;   // troubles since the last poll
  int absent_ = 0;        // polls for which the trouble that was told has not been seen
  int patience_ = 0;      // so many of them are wanted before another is told
  MonoTime seen_at_{};    // the poll at which it was seen last
  bool is_back_ = false;  // since the last poll
  Duration probation_{};
  MonoTime now_{};                       // of the last poll
  std::optional<MonoTime> clean_since_;  // with samples and without trouble
  std::optional<MonoTime> well_since_;
  std::string timecode_;
  std::vector<News> news_;
  std::size_t lines_ = 0, notes_ = 0;  // of clockstats and of the log among them
  std::optional<std::string> loss_;
  Leap leap_ = Leap::None;
  std::optional<int> precision_;
  bool pulse_ = false;
  bool forgotten_ = false;
  bool hand_in_ = false;
  double root_dispersion_ = 0;
  std::optional<RefId> refid_;
  std::string name_, description_;
};

/// `clk_no_reply`: as the event's line has it.
[[nodiscard]] std::string_view event_text(ClockEvent event);

/// A stamp of `wall_time()`, `seconds` earlier: 1024 weeks at most either way, so that the result
/// is one for which a WallTime has room.
[[nodiscard]] WallTime earlier(WallTime at, double seconds);

/// The time of a device, if it lies where a WallTime has room to calculate: 1970 to 2242.
[[nodiscard]] std::optional<WallTime> wall_time(std::int64_t seconds, std::int64_t nanoseconds);

}  // namespace ntp::refclock
