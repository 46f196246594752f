// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/time.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ntp {
namespace {

using std::chrono::seconds;

constexpr WallTime unix_time(std::int64_t whole, std::int64_t nanoseconds = 0) {
  return WallTime(seconds(whole) + Duration(nanoseconds));
}

constexpr std::int64_t kEraOne = 2'085'978'496;  // 2036-02-07T06:28:16Z
constexpr std::int64_t kYear1968 = -61'505'152;  // 1968-01-20T03:14:08Z
constexpr std::int64_t kYear2026 = 1'795'000'000;
constexpr std::int64_t kYear2104 = 4'233'462'144;  // 2104-02-26T09:42:24Z
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(NtpTimestamp, CountsFrom1900) {
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(0)).raw(), 2'208'988'800ULL << 32);
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(0, 500'000'000)).fraction(), 0x80000000U);
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(1'000'000'000)).seconds(), 3'208'988'800U);
}

TEST(NtpTimestamp, SetsItsHighestBitIn1968) {
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(kYear1968)).seconds(), 0x80000000U);
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(kYear1968 - 1)).seconds(), 0x7fffffffU);
}

TEST(NtpTimestamp, RollsOverIn2036) {
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(kEraOne - 1)).raw(), 0xffffffff00000000U);
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(kEraOne, 500'000'000)).raw(), 0x80000000U);
  EXPECT_EQ(NtpTimestamp::from_wall(unix_time(kEraOne + 1)).seconds(), 1U);
}

TEST(NtpTimestamp, NeverBecomesUnsetAtTheStartOfAnEra) {
  const auto stamp = NtpTimestamp::from_wall(unix_time(kEraOne));
  EXPECT_FALSE(stamp.is_zero());
  EXPECT_EQ(stamp.to_wall(unix_time(kYear2026)), unix_time(kEraOne));
}

TEST(NtpTimestamp, CarriesARoundedFraction) {
  const NtpTimestamp last(0x00000005ffffffffU);
  EXPECT_EQ(last.to_wall(unix_time(kEraOne)), unix_time(kEraOne + 6));
}

TEST(NtpTimestamp, IsResolvedAcrossTheRollover) {
  const NtpTimestamp before(0xffffffff00000000U);
  const NtpTimestamp after(0x0000000100000000U);
  for (const std::int64_t pivot : {kEraOne - 10, kEraOne, kEraOne + 10}) {
    EXPECT_EQ(before.to_wall(unix_time(pivot)), unix_time(kEraOne - 1)) << pivot;
    EXPECT_EQ(after.to_wall(unix_time(pivot)), unix_time(kEraOne + 1)) << pivot;
  }
}

TEST(NtpTimestamp, IsResolvedToTheEraNearestToThePivot) {
  const auto stamp = NtpTimestamp::from_wall(unix_time(kYear2026, 123'456'789));
  constexpr std::int64_t kEra = std::int64_t{1} << 32;
  constexpr std::int64_t kReach = (std::int64_t{1} << 31) - 1;
  for (const std::int64_t era : {-1, 0}) {
    const std::int64_t there = kYear2026 + era * kEra;
    EXPECT_EQ(stamp.to_wall(unix_time(there)), unix_time(there, 123'456'789));
    EXPECT_EQ(stamp.to_wall(unix_time(there - kReach)), unix_time(there, 123'456'789));
    EXPECT_EQ(stamp.to_wall(unix_time(there + kReach + 1)), unix_time(there, 123'456'789));
    EXPECT_EQ(stamp.to_wall(unix_time(there + kReach + 2)), unix_time(there + kEra, 123'456'789));
  }
}

TEST(NtpTimestamp, ComesBackWithinANanosecond) {
  for (const std::int64_t whole :
       {kYear1968, std::int64_t{-1}, std::int64_t{0}, kYear2026, kEraOne - 1, kEraOne, kYear2104}) {
    for (const std::int64_t fraction : {0, 1, 2, 3, 499'999'999, 500'000'000, 999'999'999}) {
      const WallTime time = unix_time(whole, fraction);
      const Duration error = NtpTimestamp::from_wall(time).to_wall(time) - time;
      EXPECT_LE(std::abs(error.count()), 1) << whole << ' ' << fraction;
    }
  }
}

TEST(NtpTimestamp, TakesNegativeUnixTimes) {
  const WallTime time = WallTime(Duration(-1));
  const auto stamp = NtpTimestamp::from_wall(time);
  EXPECT_EQ(stamp.seconds(), 2'208'988'799U);
  EXPECT_EQ(stamp.to_wall(unix_time(0)), time);
}

TEST(NtpTimestamp, StaysInRangeAtTheEndsOfWallTime) {
  for (const WallTime pivot : {WallTime::max(), WallTime::min()}) {
    for (const std::uint64_t raw : {0ULL, 1ULL << 63, ~0ULL}) {
      const WallTime time = NtpTimestamp(raw).to_wall(pivot);
      EXPECT_EQ(time.time_since_epoch().count() < 0, pivot.time_since_epoch().count() < 0);
    }
    EXPECT_FALSE(NtpTimestamp::from_wall(pivot).is_zero());
  }
}

TEST(NtpTimestamp, IsUnsetByDefault) { EXPECT_TRUE(NtpTimestamp().is_zero()); }

TEST(NtpShort, RoundsUp) {
  EXPECT_EQ(NtpShort::from_seconds(0).raw(), 0U);
  EXPECT_EQ(NtpShort::from_seconds(1).raw(), 0x10000U);
  EXPECT_EQ(NtpShort::from_seconds(1e-9).raw(), 1U);
  EXPECT_EQ(NtpShort::from_seconds(1.0 / 65536).raw(), 1U);
  EXPECT_EQ(NtpShort::from_seconds(1.01 / 65536).raw(), 2U);
}

TEST(NtpShort, IsHeldInItsRange) {
  EXPECT_EQ(NtpShort::from_seconds(-1).raw(), 0U);
  EXPECT_EQ(NtpShort::from_seconds(-kInfinity).raw(), 0U);
  EXPECT_EQ(NtpShort::from_seconds(kNan).raw(), 0U);
  EXPECT_EQ(NtpShort::from_seconds(65535.99999).raw(), 0xffffffffU);
  EXPECT_EQ(NtpShort::from_seconds(65536).raw(), 0xffffffffU);
  EXPECT_EQ(NtpShort::from_seconds(kInfinity).raw(), 0xffffffffU);
}

TEST(NtpShort, ComesBackUnchanged) {
  for (const std::uint32_t raw : {0U, 1U, 0x132U, 0x10000U, 0xfffffffeU, 0xffffffffU}) {
    EXPECT_EQ(NtpShort::from_seconds(NtpShort(raw).to_seconds()).raw(), raw);
  }
}

TEST(Duration, IsRoundedFromSeconds) {
  EXPECT_EQ(from_seconds(1.5).count(), 1'500'000'000);
  EXPECT_EQ(from_seconds(-1.5).count(), -1'500'000'000);
  EXPECT_EQ(from_seconds(0.6e-9).count(), 1);
  EXPECT_EQ(from_seconds(-0.6e-9).count(), -1);
  EXPECT_EQ(from_seconds(0.4e-9).count(), 0);
}

TEST(Duration, IsHeldInItsRange) {
  EXPECT_EQ(from_seconds(kNan).count(), 0);
  EXPECT_EQ(from_seconds(kInfinity), from_seconds(9.2e9));
  EXPECT_EQ(from_seconds(-1e300), from_seconds(-9.2e9));
  EXPECT_GT(from_seconds(1e300).count(), 0);
}

TEST(Duration, ConvertsToSeconds) { EXPECT_DOUBLE_EQ(to_seconds(Duration(-1'250'000'000)), -1.25); }

TEST(Log2Seconds, GivesPowersOfTwo) {
  EXPECT_DOUBLE_EQ(log2_seconds(0), 1);
  EXPECT_DOUBLE_EQ(log2_seconds(10), 1024);
  EXPECT_DOUBLE_EQ(log2_seconds(-20), 0x1p-20);
  EXPECT_DOUBLE_EQ(log2_seconds(31), 0x1p31);
  EXPECT_DOUBLE_EQ(log2_seconds(127), 0x1p31);
  EXPECT_DOUBLE_EQ(log2_seconds(-128), 0x1p-31);
}

}  // namespace
}  // namespace ntp
