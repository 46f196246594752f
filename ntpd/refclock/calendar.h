// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "libntp/core/time.h"

namespace ntp::refclock {

/// 2026-07-31: no receiver has the time of before. Moved on with each release, so that week numbers
/// of GPS are understood for 19 years after it, and years of two digits for 80.
inline constexpr WallTime kReleasePivot{std::chrono::seconds(1'785'466'481)};

/// A number of decimal digits, and nothing else; nothing if it is not one, or above 9 digits.
std::optional<int> parse_digits(std::string_view text);

/// `hhmmss` with or without a fraction, as the time since midnight; a leap second is 23:59:60.
std::optional<Duration> parse_time_of_day(std::string_view text);

/// Midnight of a day, year in full.
std::optional<WallTime> midnight(int year, int month, int day);
/// The same by the day of the year, from 1.
std::optional<WallTime> midnight(int year, int day_of_year);

/// The moment with this time of day that is nearest to `about`.
WallTime nearest_day(Duration time_of_day, WallTime about);

/// GPS counts weeks modulo 1024: adds as many times 1024 weeks as bring the time to this release or
/// later, and says how many.
int repair_week_rollover(WallTime& time);

}  // namespace ntp::refclock
