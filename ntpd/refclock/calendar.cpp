// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/calendar.h"

#include <algorithm>
#include <chrono>

namespace ntp::refclock {
namespace {

constexpr Duration kRollover = std::chrono::weeks(1024);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<int> parse_digits(std::string_view text) {
  if (text.empty() || text.size() > 9 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

std::optional<Duration> parse_time_of_day(std::string_view text) {
  if (text.size() < 6) return std::nullopt;
  const auto hour = parse_digits(text.substr(0, 2));
  const auto minute = parse_digits(text.substr(2, 2));
  const auto second = parse_digits(text.substr(4, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  if (*second == 60 && (*hour != 23 || *minute != 59)) return std::nullopt;
  Duration time =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  text.remove_prefix(6);
  if (text.empty()) return time;
  if (text.front() != '.') return std::nullopt;
  text.remove_prefix(1);
  if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::int64_t scale = 100'000'000;
  for (const char c : text.substr(0, 9)) {
    time += Duration((c - '0') * scale);
    scale /= 10;
  }
  return time;
}

std::optional<WallTime> midnight(int year, int month, int day) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1970 || year > 2200 || month > 12 || day > 31 || !date.ok()) return std::nullopt;
  return WallTime(sys_days(date).time_since_epoch());
}

std::optional<WallTime> midnight(int year, int day_of_year) {
  const auto first = midnight(year, 1, 1);
  const int days = std::chrono::year(year).is_leap() ? 366 : 365;
  if (!first || day_of_year < 1 || day_of_year > days) return std::nullopt;
  return *first + std::chrono::days(day_of_year - 1);
}

WallTime nearest_day(Duration time_of_day, WallTime about) {
  constexpr Duration kDay = std::chrono::days(1);
  const WallTime today(std::chrono::floor<std::chrono::days>(about.time_since_epoch()));
  WallTime time = today + time_of_day;
  if (time - about > kDay / 2) time -= kDay;
  if (about - time > kDay / 2) time += kDay;
  return time;
}

int repair_week_rollover(WallTime& time) {
  if (time >= kReleasePivot) return 0;
  const auto missing = (kReleasePivot - time + kRollover - Duration(1)) / kRollover;
  time += missing * kRollover;
  return static_cast<int>(missing);
}

}  // namespace ntp::refclock
