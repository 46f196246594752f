// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/sample.h"

#include <gtest/gtest.h>

namespace ntp::sync {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{Duration(1'800'000'000'123'456'789)};

TEST(Measure, GivesOffsetAndDelayOfTheExchange) {
  const Sample s = measure({kNow, kNow + 10ms + 300us, kNow + 11ms + 300us, kNow + 1ms + 500us},
                           -20, -18, MonoTime(5s));
  EXPECT_DOUBLE_EQ(s.offset, 0.01005);
  EXPECT_DOUBLE_EQ(s.delay, 500e-6);
  EXPECT_DOUBLE_EQ(s.dispersion, log2_seconds(-20) + log2_seconds(-18) + kPhi * 1.5e-3);
  EXPECT_EQ(s.at, MonoTime(5s));
}

TEST(Measure, KeepsNanosecondsOverDecades) {
  const Duration decades = std::chrono::hours(24 * 365 * 60);
  const Sample s = measure({kNow, kNow + decades + 2ns, kNow + decades + 2ns, kNow}, -25, -25, {});
  EXPECT_DOUBLE_EQ(s.offset, to_seconds(decades + 2ns));
}

TEST(Measure, NeverGivesADelayBelowThePrecision) {
  const Sample s = measure({kNow, kNow, kNow + 1s, kNow + 1ms}, -20, -20, {});
  EXPECT_DOUBLE_EQ(s.delay, log2_seconds(-20));
}

TEST(Measure, HoldsDispersionWithinItsBounds) {
  EXPECT_GT(measure({kNow, kNow, kNow, kNow - 1h}, -20, -20, {}).dispersion, 0);
  EXPECT_EQ(measure({kNow, kNow, kNow, kNow}, -20, 31, {}).dispersion, kMaxDispersion);
}

TEST(BoundGrowth, CountsWhatTheFrequencyMayStray) {
  EXPECT_DOUBLE_EQ(BoundGrowth{}.in(100), 1.5e-3);
  EXPECT_DOUBLE_EQ((BoundGrowth{40e-6, 1e-10, 0}.in(100)), 4e-3 + 2e-3);
  // A random walk of 0.1 ppm a root second strays by 58 us in 100 s.
  EXPECT_NEAR((BoundGrowth{0, 0, 1e-14}.in(100)), 2 * 5.77e-5, 1e-6);
}

}  // namespace
}  // namespace ntp::sync
