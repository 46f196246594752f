// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/leap/leap_second.h"

#include <gtest/gtest.h>

namespace ntp::leap {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime kMoment{hours(100)};
constexpr LeapSecond kInsertion{kMoment, 1};
constexpr LeapSecond kDeletion{kMoment, -1};

TEST(LeapSecond, IsFoundOnTheMonotonicClock) {
  const WallTime transition{hours(24)};
  const auto insertion = LeapSecond::before(transition, 1, WallTime(hours(23)), MonoTime(hours(5)));
  EXPECT_EQ(insertion.moment, MonoTime(hours(6)));
  // 23:59:58 is the last second, so the clock jumps a second before midnight has its name.
  const auto deletion = LeapSecond::before(transition, -1, WallTime(hours(23)), MonoTime(hours(5)));
  EXPECT_EQ(deletion.moment, MonoTime(hours(6)) - seconds(1));
}

TEST(LeapSecond, HappensFromThreeSecondsAheadToTheEndOfTheRepeatedSecond) {
  EXPECT_FALSE(kInsertion.is_happening(kMoment - milliseconds(3001)));
  EXPECT_TRUE(kInsertion.is_happening(kMoment - milliseconds(2999)));
  EXPECT_TRUE(kInsertion.is_happening(kMoment + milliseconds(999)));
  EXPECT_FALSE(kInsertion.is_happening(kMoment + seconds(1)));
  EXPECT_FALSE(LeapSecond{}.is_happening(MonoTime{}));
}

TEST(LeapSecond, DisturbsSomeSecondsAround) {
  EXPECT_FALSE(kDeletion.disturbs(kMoment - seconds(6)));
  EXPECT_TRUE(kDeletion.disturbs(kMoment - seconds(4)));
  EXPECT_TRUE(kDeletion.disturbs(kMoment + seconds(4)));
  EXPECT_FALSE(kDeletion.disturbs(kMoment + seconds(5)));
  EXPECT_FALSE(LeapSecond{}.disturbs(MonoTime{}));
}

TEST(Smear, GoesEvenlyFromNothingToTheWholeSecond) {
  EXPECT_EQ(smear_offset(kInsertion, 1000, kMoment - seconds(1001)), 0);
  EXPECT_DOUBLE_EQ(smear_offset(kInsertion, 1000, kMoment - seconds(750)), -0.25);
  EXPECT_DOUBLE_EQ(smear_offset(kDeletion, 1000, kMoment - seconds(250)), 0.75);
  EXPECT_NEAR(smear_offset(kInsertion, 1000, kMoment - Duration(1)), -1, 1e-9);
  // The clock itself has done it now.
  EXPECT_EQ(smear_offset(kInsertion, 1000, kMoment), 0);
}

TEST(Smear, IsNoneWithoutALeapSecondOrAnInterval) {
  EXPECT_EQ(smear_offset({}, 1000, MonoTime{}), 0);
  EXPECT_EQ(smear_offset(kInsertion, 0, kMoment - seconds(1)), 0);
}

TEST(Smear, IsToldInTheReferenceId) {
  // NTPsec's manual: -932.087 ms reads 254.196.88.176.
  EXPECT_EQ(smear_reference_id(-0.932087).to_quad(), "254.196.88.176");
  EXPECT_EQ(smear_reference_id(0).to_quad(), "254.0.0.0");
  EXPECT_EQ(smear_reference_id(-1).to_quad(), "254.192.0.0");
  EXPECT_EQ(smear_reference_id(1).to_quad(), "254.64.0.0");
}

TEST(Smear, IsReadFromTheReferenceId) {
  for (const double offset : {-1.0, -0.932087, -1e-6, 0.0, 0.25, 1.0}) {
    const auto read = smear_of(smear_reference_id(offset));
    ASSERT_TRUE(read) << offset;
    EXPECT_NEAR(*read, offset, 0.13e-6);
  }
  EXPECT_FALSE(smear_of(RefId(0xfd000000)));
  EXPECT_FALSE(smear_of(RefId(0xfe600000))) << "1.5 s";
  EXPECT_FALSE(smear_of(RefId::from_text("GPS")));
}

}  // namespace
}  // namespace ntp::leap
