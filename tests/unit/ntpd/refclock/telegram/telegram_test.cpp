// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/telegram.h"

#include "ntpd/refclock/telegram/pattern.h"
#include "tests/unit/ntpd/refclock/telegram/feeding.h"

namespace ntp::refclock::telegram {
namespace {

Civil date(int year, int month, int day) {
  Civil civil;
  civil.year = year;
  civil.month = month;
  civil.day = day;
  return civil;
}

TEST(UtcOf, TakesDatesThatExist) {
  EXPECT_EQ(*utc_of(date(2028, 2, 29), kNear), utc(2028, 2, 29));
  for (const auto& [y, m, d] : {std::tuple(2027, 2, 29),
                                {2026, 13, 1},
                                {2026, 0, 1},
                                {2026, 4, 31},
                                {2026, 1, 0},
                                {1969, 1, 1},
                                {9999, 1, 1},
                                {2026, -1, 5},
                                {2026, 1, 1000000}}) {
    const auto result = utc_of(date(y, m, d), kNear);
    ASSERT_FALSE(result) << y << m << d;
    EXPECT_EQ(result.error(), Problem::BadDate);
  }
}

TEST(UtcOf, TakesTimesThatExist) {
  Civil civil = date(2026, 11, 25);
  civil.hour = 23;
  civil.minute = 59;
  civil.second = 61;
  EXPECT_EQ(utc_of(civil, kNear).error(), Problem::BadTime);
  civil.second = 0;
  civil.hour = 24;
  EXPECT_EQ(utc_of(civil, kNear).error(), Problem::BadTime);
}

TEST(UtcOf, TakesLeapSecondsAtTheEndOfAMonthOfUtc) {
  const auto leap = [](Civil civil, int hour, int minute) {
    civil.hour = hour;
    civil.minute = minute;
    civil.second = 60;
    civil.fraction = std::chrono::milliseconds(300);
    return civil;
  };
  const WallTime begin = utc(2026, 12, 1) + std::chrono::milliseconds(300);
  EXPECT_EQ(*utc_of(leap(date(2026, 11, 30), 23, 59), kNear), begin);
  Civil japan = leap(date(2026, 12, 1), 8, 59);
  japan.east = std::chrono::hours(9);
  EXPECT_EQ(*utc_of(japan, kNear), begin);
  Civil early = leap(date(2007, 4, 16), 23, 59);
  early.week_rolls = true;
  EXPECT_EQ(*utc_of(early, kNear), begin);
  for (const Civil& none : {leap(date(2026, 11, 25), 23, 59), leap(date(2026, 12, 1), 8, 59),
                            leap(date(2026, 11, 30), 23, 58), leap(date(2007, 4, 16), 23, 59)}) {
    EXPECT_EQ(utc_of(none, kNear).error(), Problem::BadTime);
  }
}

TEST(UtcOf, WidensTwoDigitsOfAYearAroundThePivot) {
  EXPECT_EQ(*utc_of(date(26, 11, 25), kNear), utc(2026, 11, 25));
  EXPECT_EQ(*utc_of(date(6, 1, 1), kNear), utc(2006, 1, 1));
  EXPECT_EQ(*utc_of(date(5, 1, 1), kNear), utc(2105, 1, 1));
}

TEST(UtcOf, RepairsTheRolloverOfWeeks) {
  // 1024 weeks before 2026-11-25.
  Civil civil = date(2007, 4, 11);
  civil.week_rolls = true;
  EXPECT_EQ(*utc_of(civil, kNear), utc(2026, 11, 25));
  civil.week_rolls = false;
  EXPECT_EQ(*utc_of(civil, kNear), utc(2007, 4, 11));
}

TEST(UtcOf, FindsTheYearNearTheOwnClock) {
  Civil civil;
  civil.day_of_year = 329;
  civil.hour = 13;
  EXPECT_EQ(*utc_of(civil, kNear), utc(2026, 11, 25, 13));
  civil.hour = 17;
  EXPECT_EQ(utc_of(civil, kNear).error(), Problem::BadTime);
  civil.day_of_year = 367;
  EXPECT_EQ(utc_of(civil, kNear).error(), Problem::BadDate);
  // Just before midnight of the 31st, seen just after it.
  civil.day_of_year = 365;
  civil.hour = 23;
  EXPECT_EQ(*utc_of(civil, {.now = utc(2027, 1, 1, 0, 30), .pivot = kNear.pivot}),
            utc(2026, 12, 31, 23));
}

TEST(UtcOf, ChecksTheWeekday) {
  Civil civil = date(2026, 11, 25);  // a Wednesday
  civil.weekday = 3;
  EXPECT_TRUE(utc_of(civil, kNear));
  civil.weekday = 4;
  EXPECT_EQ(utc_of(civil, kNear).error(), Problem::BadDate);
  civil = date(2026, 11, 29);  // a Sunday
  for (const int sunday : {0, 7}) {
    civil.weekday = sunday;
    EXPECT_TRUE(utc_of(civil, kNear));
  }
  civil.weekday = 14;
  EXPECT_FALSE(utc_of(civil, kNear));
}

TEST(CivilOfGps, CountsWeeksFromItsEpoch) {
  // 2026-11-25 is a Wednesday, day 3 of week 2446 of GPS, 398 after two rollovers.
  for (const int week : {2446, 398, 1422}) {
    const Civil civil = civil_of_gps(week, 3 * 86400 + 43200 + 18, 18);
    EXPECT_EQ(*utc_of(civil, kNear), utc(2026, 11, 25, 12)) << week;
  }
}

TEST(Match, ReadsColumns) {
  const auto civil = match("x 7:05.25", "_hh:mm.ff");
  ASSERT_TRUE(civil);
  EXPECT_EQ(civil->hour, 7);
  EXPECT_EQ(civil->minute, 5);
  EXPECT_EQ(civil->fraction, std::chrono::milliseconds(250));
  EXPECT_FALSE(match("x  :05.25", "_hh:mm.ff"));
  EXPECT_FALSE(match("x7 :05.25", "_hh:mm.ff"));
  EXPECT_FALSE(match("x 7:05.2", "_hh:mm.ff"));
  EXPECT_FALSE(match("x-7:05.25", "_hh:mm.ff"));
}

TEST(Number, IsDigitsOnly) {
  EXPECT_EQ(number("012"), 12);
  EXPECT_FALSE(number(""));
  EXPECT_FALSE(number("-1"));
  EXPECT_FALSE(number("1234567890"));
}

}  // namespace
}  // namespace ntp::refclock::telegram
