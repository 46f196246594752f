// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/clock_filter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ntp::sync {
namespace {

using Verdict = ClockFilter::Verdict;

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

class ClockFilterTest : public testing::Test {
 protected:
  Verdict add(double time, double offset, double delay, double correction = 0) {
    Sample sample;
    sample.at = at(time);
    sample.offset = offset;
    sample.delay = delay;
    sample.dispersion = 1e-6;
    return filter_.add(sample, correction, {0, 10e-6});
  }
  /// What mode 6's users may rely on: the error of the estimate, s, at most.
  [[nodiscard]] double bound() const {
    return filter_.estimate().delay / 2 + filter_.estimate().dispersion;
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

TEST_F(ClockFilterTest, HasAnEstimateWithTheSecondExchange) {
  EXPECT_EQ(add(0, 0.5, 0.02), Verdict::Updated);
  EXPECT_FALSE(filter_.has_estimate());
  EXPECT_EQ(add(2, 0.5, 0.02), Verdict::Updated);
  EXPECT_TRUE(filter_.has_estimate());
  EXPECT_NEAR(filter_.estimate().offset, 0.5, 1e-4);
  EXPECT_EQ(filter_.estimate().at, at(2));
}

TEST_F(ClockFilterTest, TakesTheFirstWordOfAReferenceClock) {
  add(0, 0.5, 0);
  EXPECT_TRUE(filter_.has_estimate());
  EXPECT_NEAR(filter_.estimate().offset, 0.5, 1e-9);
}

TEST_F(ClockFilterTest, BoundsTheErrorByTheBestExchange) {
  add(0, 0.001, 0.010);
  add(64, 0.004, 0.030);
  EXPECT_EQ(filter_.estimate().delay, 0.010);
  EXPECT_GE(bound(), std::abs(filter_.estimate().offset - 0.001) + 0.005);
  add(128, 0.002, 0.006);
  EXPECT_EQ(filter_.estimate().delay, 0.006);
}

TEST_F(ClockFilterTest, LooksThroughItsOwnSteering) {
  // The clock is 1 ms behind, until steering has added that.
  for (int i = 0; i < 6; ++i) add(64 * i, 0.001, 0.01);
  add(6 * 64, 0, 0.01, 0.001);
  EXPECT_NEAR(filter_.estimate().offset, 0, 1e-5);
  EXPECT_LT(filter_.estimate().jitter, 1e-4) << "the source has not moved";
}

TEST_F(ClockFilterTest, GivesJitterAsRmsDifferenceFromTheEstimate) {
  for (int i = 0; i < 64; ++i)
    add(64 * i, i % 2 == 0 ? 0.001 : -0.001, i % 2 == 0 ? 0.013 : 0.0131);
  EXPECT_NEAR(filter_.estimate().jitter, 0.001, 0.0007);
}

TEST_F(ClockFilterTest, KeepsStagesNewestFirstAndAgesThem) {
  for (int i = 0; i < 10; ++i) add(64 * i, 0.001 * i, 0.01);
  const auto& stages = filter_.stages();
  for (int i = 0; i < 8; ++i) {
    const auto stage = static_cast<std::size_t>(i);
    EXPECT_DOUBLE_EQ(stages[stage].offset, 0.001 * (9 - i));
    EXPECT_NEAR(stages[stage].dispersion, 1e-6 + 64 * i * kPhi, 1e-12);
    EXPECT_EQ(stages[stage].delay, 0.01);
  }
}

TEST_F(ClockFilterTest, HoldsBackASuddenChangeUntilItLasts) {
  for (int i = 0; i < 30; ++i) add(64 * i, 1e-6 * (i % 3), 0.01 + 1e-6 * (i % 5));
  EXPECT_EQ(add(30 * 64, 0.05, 0.01), Verdict::Popcorn);
  EXPECT_NEAR(filter_.estimate().offset, 0, 1e-4);
  EXPECT_NEAR(filter_.change(), 0.05, 1e-4);
  for (int i = 31; i < 36; ++i) add(64 * i, 0.05, 0.01);
  EXPECT_NEAR(filter_.estimate().offset, 0.05, 1e-4);
}

TEST_F(ClockFilterTest, TellsHowFarStraysAreOffUntilOneFits) {
  for (int i = 0; i < 20; ++i) add(64 * i, 0, 0.01);
  EXPECT_EQ(filter_.estimate().stray, 0);
  add(20 * 64, 5, 0.01);
  EXPECT_NEAR(filter_.estimate().stray, 5, 1e-3);
  add(21 * 64, 0, 0.01);
  EXPECT_EQ(filter_.estimate().stray, 0);
  EXPECT_EQ(filter_.estimate().leap, 0);
}

TEST_F(ClockFilterTest, RemembersALeapForAsLongAsItHadBeenSteadyBefore) {
  for (int i = 0; i < 20; ++i) add(64 * i, 0, 0.01);
  for (int i = 20; i < 24; ++i) add(64 * i, 0.05, 0.01);
  EXPECT_NEAR(filter_.estimate().offset, 0.05, 1e-4);
  EXPECT_NEAR(filter_.estimate().leap, 0.05, 1e-3);
  filter_.clear();
  EXPECT_NEAR(filter_.estimate().leap, 0.05, 1e-3) << "a step makes no source more credible";
  for (int i = 24; i < 46; ++i) add(64 * i, 0, 0.01);
  EXPECT_NE(filter_.estimate().leap, 0);
  add(64 * 46, 0, 0.01);
  EXPECT_EQ(filter_.estimate().leap, 0);
}

TEST_F(ClockFilterTest, TakesALeapOfSecondsForAStep) {
  for (int i = 0; i < 20; ++i) add(64 * i, 0, 0.01);
  for (int i = 20; i < 24; ++i) add(64 * i, 20, 0.01);
  EXPECT_NEAR(filter_.estimate().offset, 20, 1e-4);
  EXPECT_EQ(filter_.estimate().leap, 0);
}

TEST_F(ClockFilterTest, LosesConfidenceWithMissingSamples) {
  add(0, 0.5, 0.02);
  add(2, 0.5, 0.02);
  for (int i = 1; i < 8; ++i) filter_.add_missing(at(64 * i));
  EXPECT_GT(filter_.estimate().dispersion, 400 * kPhi);
  filter_.add_missing(at(64 * 9));
  EXPECT_EQ(filter_.estimate().dispersion, kMaxDispersion) << "all that was measured is gone";
  EXPECT_EQ(filter_.estimate().at, at(2)) << "nothing came that could replace the last one";
}

TEST_F(ClockFilterTest, ForgetsAllWhenCleared) {
  add(0, 0.5, 0.02);
  add(64, 0.5, 0.02);
  filter_.clear();
  EXPECT_FALSE(filter_.has_estimate());
  EXPECT_EQ(filter_.estimator().samples(), 0);
}

}  // namespace
}  // namespace ntp::sync
