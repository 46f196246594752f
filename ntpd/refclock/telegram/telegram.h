// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "libntp/core/clock_command.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"

namespace ntp::refclock::telegram {

/// Why a telegram gives no time, by NTPsec's numbers of clock events.
enum class Problem : std::uint8_t {
  NoReply = 1,
  BadFormat = 2,
  Fault = 3,
  Propagation = 4,
  BadDate = 5,
  BadTime = 6,
};

/// What a clock thinks of its own time.
enum class Lock : std::uint8_t {
  Locked,    // follows its source
  Coasting,  // runs on its oscillator: good for as long as the driver trusts it
  Invalid,   // knows no time yet
};

/// A date and time as a telegram says it. Fields that it does not say are empty.
struct Civil {
  std::optional<int> year = std::nullopt;                       // four digits, or two (below 100)
  std::optional<int> month = std::nullopt, day = std::nullopt;  // of the year, of the month, from 1
  std::optional<int> day_of_year = std::nullopt;                // from 1; read if there is no month
  std::optional<int> weekday = std::nullopt;                    // 0 or 7 is Sunday
  int hour = 0, minute = 0, second = 0;
  Duration fraction{};
  std::chrono::minutes east{0};  // what the telegram's time is ahead of UTC
  /// The date comes from GPS's week number of ten bits: one before the pivot is 1024 weeks (or a
  /// multiple) late.
  bool week_rolls = false;

  /// June and December end with the leap seconds there are.
  [[nodiscard]] bool in_month_of_leap_second() const { return month && *month % 6 == 0; }
};

struct Decoded {
  Civil civil;
  Lock lock = Lock::Locked;
  /// None, Insert or Delete: what the clock announces.
  Leap leap = Leap::None;
  bool daylight = false;                             // daylight saving time
  bool zone_change = false;                          // it begins or ends soon
  bool utc = false;                                  // the telegram's time is UTC
  bool leap_second = false;                          // this second is the leap second
  bool call_bit = false;                             // DCF77: the sender's irregularity bit
  bool position = false;                             // the receiver has a position
  std::optional<double> error_bound = std::nullopt;  // s, as the clock judges itself
};

/// What a date that says less than all is completed by.
struct Near {
  WallTime now;    // the own clock
  WallTime pivot;  // no clock shows a time before: the release's date
};

/// The moment that a telegram means. Two digits of a year are of the hundred years that begin 20
/// years before the pivot; without a year it is the year that comes nearest to the own clock, and
/// BadTime if that is 4 hours or more away (as NTPsec). BadDate for dates that do not exist and for
/// a weekday that is not the date's; BadTime for impossible times. A leap second is the next day's
/// first second, and ends a month of UTC: BadTime elsewhere.
Result<WallTime, Problem> utc_of(const Civil& civil, const Near& near);

/// Whether its second is the first of a month of UTC; only behind those there are leap seconds.
bool begins_month(WallTime time);

/// Adds 1024 weeks until `time` is not before `pivot`.
WallTime repair_weeks(WallTime time, WallTime pivot);

/// The UTC date and time of a GPS week and second of the week; `leap_seconds` is GPS - UTC.
Civil civil_of_gps(int week, std::int64_t second_of_week, int leap_seconds);

/// The civil form of a moment, in UTC.
Civil civil_of(WallTime time);

}  // namespace ntp::refclock::telegram
