// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr auto kRollover = std::chrono::weeks(1024);
constexpr auto kClose = std::chrono::hours(4);
constexpr std::int64_t kGpsEpoch = 315'964'800;  // 1980-01-06
// The calendar of what a WallTime can hold.
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2199;
constexpr int kLeapSecond = 60;

int year_of(WallTime time) {
  const auto day = std::chrono::floor<days>(time.time_since_epoch());
  return static_cast<int>(std::chrono::year_month_day(sys_days(day)).year());
}

/// Four digits of a year of two, or of four.
int full_year(int year, WallTime pivot) {
  if (year > 99) return year;
  const int first = year_of(pivot) - 20;
  return first + (year - first % 100 + 100) % 100;
}

Result<sys_days, Problem> date_of(const Civil& civil, int year) {
  if (year < kFirstYear || year > kLastYear) return fail(Problem::BadDate);
  const std::chrono::year calendar_year(year);
  if (civil.month && civil.day) {
    if (*civil.month < 1 || *civil.day < 1) return fail(Problem::BadDate);
    const auto date = calendar_year / *civil.month / *civil.day;
    if (!date.ok()) return fail(Problem::BadDate);
    return sys_days(date);
  }
  const int length = calendar_year.is_leap() ? 366 : 365;
  if (!civil.day_of_year || *civil.day_of_year < 1 || *civil.day_of_year > length) {
    return fail(Problem::BadDate);
  }
  return sys_days(calendar_year / 1 / 1) + days(*civil.day_of_year - 1);
}

Result<WallTime, Problem> moment_of(const Civil& civil, int year) {
  const auto date = date_of(civil, year);
  if (!date) return fail(date.error());
  if (civil.weekday) {
    const std::chrono::weekday said(static_cast<unsigned>(*civil.weekday % 7));
    if (*civil.weekday < 0 || *civil.weekday > 7 || said != std::chrono::weekday(*date)) {
      return fail(Problem::BadDate);
    }
  }
  return WallTime(date->time_since_epoch() + std::chrono::hours(civil.hour) +
                  std::chrono::minutes(civil.minute) + std::chrono::seconds(civil.second) +
                  civil.fraction - civil.east);
}

/// The moment in the year that brings it nearest to the own clock.
Result<WallTime, Problem> nearest(const Civil& civil, WallTime now) {
  std::optional<WallTime> best;
  Problem problem = Problem::BadDate;
  for (const int shift : {-1, 0, 1}) {
    const auto moment = moment_of(civil, year_of(now) + shift);
    if (!moment) continue;
    if (!best || std::chrono::abs(*moment - now) < std::chrono::abs(*best - now)) best = *moment;
  }
  if (best && std::chrono::abs(*best - now) < kClose) return *best;
  if (best) problem = Problem::BadTime;
  return fail(problem);
}

}  // namespace

WallTime repair_weeks(WallTime time, WallTime pivot) {
  while (time < pivot) time += kRollover;
  return time;
}

bool begins_month(WallTime time) {
  const auto since = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto day = std::chrono::floor<days>(since);
  return day == since && std::chrono::year_month_day(sys_days(day)).day() == std::chrono::day(1);
}

Result<WallTime, Problem> utc_of(const Civil& civil, const Near& near) {
  if (civil.hour < 0 || civil.hour > 23 || civil.minute < 0 || civil.minute > 59 ||
      civil.second < 0 || civil.second > kLeapSecond || civil.fraction < Duration::zero() ||
      civil.fraction >= std::chrono::seconds(1)) {
    return fail(Problem::BadTime);
  }
  if (civil.year && *civil.year < 0) return fail(Problem::BadDate);
  auto moment =
      civil.year ? moment_of(civil, full_year(*civil.year, near.pivot)) : nearest(civil, near.now);
  if (moment && civil.week_rolls) moment = repair_weeks(*moment, near.pivot);
  if (moment && civil.second == kLeapSecond && !begins_month(*moment)) {
    return fail(Problem::BadTime);
  }
  return moment;
}

Civil civil_of(WallTime time) {
  const auto since = time.time_since_epoch();
  const auto day = std::chrono::floor<days>(since);
  const std::chrono::year_month_day date{sys_days(day)};
  const std::chrono::hh_mm_ss clock(since - day);
  Civil civil;
  civil.year = static_cast<int>(date.year());
  civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
  civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
  civil.hour = static_cast<int>(clock.hours().count());
  civil.minute = static_cast<int>(clock.minutes().count());
  civil.second = static_cast<int>(clock.seconds().count());
  civil.fraction = clock.subseconds();
  return civil;
}

Civil civil_of_gps(int week, std::int64_t second_of_week, int leap_seconds) {
  // Which thousand weeks these are, the repair finds out.
  constexpr int kWeeks = 1024;
  const auto since = std::chrono::seconds(kGpsEpoch + second_of_week - leap_seconds) +
                     std::chrono::weeks(week % kWeeks);
  Civil civil = civil_of(WallTime(since));
  civil.week_rolls = true;
  return civil;
}

}  // namespace ntp::refclock::telegram
