// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/clock_filter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ntp::sync {
namespace {

using Verdict = ClockFilter::Verdict;
constexpr double kDispersion = 1e-5;

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

class ClockFilterTest : public testing::Test {
 protected:
  Verdict add(double time, double offset, double delay,
              ClockFilter::Order order = ClockFilter::Order::Distance) {
    return filter_.add({at(time), offset, delay, kDispersion}, at(time), 6, order);
  }
  /// Fills the register with samples of some jitter at a poll of 64 s; the last one is at 512 s.
  void fill() {
    for (int i = 1; i <= 8; ++i) add(64 * i, i % 2 == 0 ? 1e-4 : -1e-4, 0.02 - i * 1e-4);
  }

  ClockFilter filter_;
};

TEST_F(ClockFilterTest, IsEmptyAtFirst) {
  EXPECT_FALSE(filter_.has_estimate());
  EXPECT_EQ(filter_.estimate().dispersion, kMaxDispersion);
  for (const Sample& stage : filter_.stages()) {
    EXPECT_EQ(stage.delay, 0);
    EXPECT_EQ(stage.offset, 0);
    EXPECT_EQ(stage.dispersion, kMaxDispersion);
  }
}

TEST_F(ClockFilterTest, TakesTheFirstSampleWithHalfTheDispersionUnknown) {
  EXPECT_EQ(add(100, 0.5, 0.02), Verdict::Updated);
  EXPECT_TRUE(filter_.has_estimate());
  EXPECT_EQ(filter_.estimate().offset, 0.5);
  EXPECT_EQ(filter_.estimate().delay, 0.02);
  EXPECT_EQ(filter_.estimate().jitter, 0);
  EXPECT_NEAR(filter_.estimate().dispersion, 16 * (0.5 - 1.0 / 256), 1e-4);
}

TEST_F(ClockFilterTest, IsWithinMaxDistanceAfterFourSamples) {
  for (int i = 1; i <= 3; ++i) add(2 * i, 0.001, 0.02);
  EXPECT_GT(filter_.estimate().dispersion, 1.5);
  add(8, 0.001, 0.02);
  EXPECT_LT(filter_.estimate().dispersion, 1.5);
}

TEST_F(ClockFilterTest, PrefersTheLeastDelay) {
  EXPECT_EQ(add(64, 0.001, 0.010), Verdict::Updated);
  EXPECT_EQ(add(128, 0.009, 0.030), Verdict::Stale);
  EXPECT_EQ(filter_.estimate().offset, 0.001);
  EXPECT_EQ(filter_.estimate().at, at(64));
  EXPECT_EQ(add(192, 0.002, 0.005), Verdict::Updated);
  EXPECT_EQ(filter_.estimate().offset, 0.002);
}

TEST_F(ClockFilterTest, PrefersTheNewestOfEqualDelays) {
  add(64, 0.001, 0.01);
  EXPECT_EQ(add(128, 0.002, 0.01), Verdict::Updated);
  EXPECT_EQ(filter_.estimate().offset, 0.002);
}

TEST_F(ClockFilterTest, TakesTheNewestWhateverItsDelayIfOrderedByAge) {
  add(64, 0.001, 0.010);
  EXPECT_EQ(add(66, 0.002, 0.050, ClockFilter::Order::Age), Verdict::Updated);
  EXPECT_EQ(filter_.estimate().offset, 0.002);
}

TEST_F(ClockFilterTest, ChargesSamplesBeyondTheAllanInterceptForTheirDispersion) {
  add(100, 0.001, 0.010);
  EXPECT_EQ(add(2100, 0.002, 0.030), Verdict::Stale);
  // 4000 s at 15 ppm are 60 ms of dispersion: the old sample is now the worst.
  EXPECT_EQ(add(4100, 0.003, 0.031), Verdict::Updated);
  EXPECT_EQ(filter_.estimate().delay, 0.030);
}

TEST_F(ClockFilterTest, GivesJitterAsRmsDifferenceFromTheBest) {
  add(64, 0.001, 0.010);
  add(128, 0.004, 0.030);
  add(192, 0.005, 0.040);
  EXPECT_DOUBLE_EQ(filter_.estimate().jitter, std::sqrt((9e-6 + 16e-6) / 2));
}

TEST_F(ClockFilterTest, KeepsStagesNewestFirstAndAgesThem) {
  add(64, 0.001, 0.010);
  add(128, 0.002, 0.020);
  EXPECT_EQ(filter_.stages()[0].offset, 0.002);
  EXPECT_DOUBLE_EQ(filter_.stages()[0].dispersion, kDispersion);
  EXPECT_EQ(filter_.stages()[1].offset, 0.001);
  EXPECT_DOUBLE_EQ(filter_.stages()[1].dispersion, kDispersion + 64 * kPhi);
  EXPECT_EQ(filter_.stages()[2].dispersion, kMaxDispersion);
}

TEST_F(ClockFilterTest, IgnoresALateSampleThatIsFarOff) {
  fill();
  EXPECT_EQ(add(576, 0.050, 0.500), Verdict::Stale);
  EXPECT_EQ(filter_.estimate().at, at(512));
}

// With the last best sample in the register the jitter is at least a third of any change, so only a
// burst that pushes it out can trip the gate.
TEST_F(ClockFilterTest, HoldsBackASuddenChangeUntilTheSecondSight) {
  fill();
  const double before = filter_.estimate().offset;
  for (int i = 1; i <= 7; ++i) EXPECT_EQ(add(512 + 2 * i, 0.010, 0.021), Verdict::Stale);
  EXPECT_EQ(add(528, 0.01001, 0.020), Verdict::Popcorn);
  EXPECT_EQ(filter_.estimate().offset, before);
  EXPECT_EQ(add(530, 0.01002, 0.020), Verdict::Updated);
  EXPECT_EQ(filter_.estimate().offset, 0.01002);
}

TEST_F(ClockFilterTest, TakesASuddenChangeAfterTwoPolls) {
  fill();
  for (int i = 1; i <= 7; ++i) add(624 + 2 * i, 0.010, 0.021);
  EXPECT_EQ(add(640, 0.01001, 0.020), Verdict::Updated);
}

TEST_F(ClockFilterTest, LosesConfidenceWithMissingSamples) {
  fill();
  const double before = filter_.estimate().dispersion;
  for (int i = 1; i <= 8; ++i) {
    filter_.add_missing(at(512 + 64 * i), 6);
    EXPECT_GT(filter_.estimate().dispersion, before);
  }
  EXPECT_NEAR(filter_.estimate().dispersion, 16 * (1 - 1.0 / 256), 1e-9);
  EXPECT_EQ(filter_.estimate().at, at(512)) << "nothing came that could replace the last one";
  EXPECT_EQ(add(1200, 0.7, 0.02), Verdict::Updated);
  EXPECT_EQ(filter_.estimate().offset, 0.7);
}

TEST_F(ClockFilterTest, ForgetsAllWhenCleared) {
  fill();
  filter_.clear();
  EXPECT_FALSE(filter_.has_estimate());
  EXPECT_EQ(filter_.stages()[0].dispersion, kMaxDispersion);
  EXPECT_EQ(add(600, 3, 0.1), Verdict::Updated);
}

}  // namespace
}  // namespace ntp::sync
