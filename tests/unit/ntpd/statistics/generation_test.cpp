// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/generation.h"

#include <gtest/gtest.h>

namespace ntp::statistics {
namespace {

using config::FileGeneration;
using std::chrono::hours;
using std::chrono::seconds;

Moment at(int year, unsigned month, unsigned day, Duration of_day = Duration::zero()) {
  const std::chrono::sys_days date =
      std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return {WallTime(date.time_since_epoch() + of_day)};
}

std::string suffix(FileGeneration type, const Moment& moment) {
  return file_suffix(type, moment, 4711);
}

TEST(FileSuffix, IsNtpsecsForEachType) {
  const Moment moment = at(2026, 11, 23, hours(2));
  EXPECT_EQ(suffix(FileGeneration::None, moment), "");
  EXPECT_EQ(suffix(FileGeneration::Pid, moment), ".#4711");
  EXPECT_EQ(suffix(FileGeneration::Day, moment), ".20261123");
  EXPECT_EQ(suffix(FileGeneration::Month, moment), ".202611");
  EXPECT_EQ(suffix(FileGeneration::Year, moment), ".2026");
  EXPECT_EQ(suffix(FileGeneration::Age, moment), ".a00000000");
}

TEST(FileSuffix, ChangesAtUtcMidnight) {
  EXPECT_EQ(suffix(FileGeneration::Day, at(2026, 1, 1, -Duration(1))), ".20251231");
  EXPECT_EQ(suffix(FileGeneration::Day, at(2026, 1, 1)), ".20260101");
  EXPECT_EQ(suffix(FileGeneration::Month, at(2026, 1, 1, -Duration(1))), ".202512");
  EXPECT_EQ(suffix(FileGeneration::Year, at(2026, 1, 1, -Duration(1))), ".2025");
}

TEST(FileSuffix, OfAWeekCyclesThroughSevenNames) {
  EXPECT_EQ(suffix(FileGeneration::Week, at(2026, 1, 1)), ".2026w00");
  EXPECT_EQ(suffix(FileGeneration::Week, at(2026, 1, 7)), ".2026w06");
  EXPECT_EQ(suffix(FileGeneration::Week, at(2026, 1, 8)), ".2026w00");
  // As seen of NTPsec.
  EXPECT_EQ(suffix(FileGeneration::Week, at(2026, 11, 23)), ".2026w04");
}

TEST(FileSuffix, OfAnAgeCountsDaysOfUptime) {
  Moment moment = at(2026, 11, 23);
  moment.uptime = hours(24) - Duration(1);
  EXPECT_EQ(suffix(FileGeneration::Age, moment), ".a00000000");
  moment.uptime = hours(24);
  EXPECT_EQ(suffix(FileGeneration::Age, moment), ".a00086400");
  moment.uptime = hours(24 * 1200);
  EXPECT_EQ(suffix(FileGeneration::Age, moment), ".a103680000");
}

TEST(SetName, IsThatOfTheDirective) {
  EXPECT_EQ(set_name(config::StatisticsSet::Clock), "clockstats");
  EXPECT_EQ(set_name(config::StatisticsSet::Use), "usestats");
  EXPECT_EQ(set_name(config::StatisticsSet::NtsKeLog), "ntskelog");
}

}  // namespace
}  // namespace ntp::statistics
