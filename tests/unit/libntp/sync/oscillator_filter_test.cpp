// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/oscillator_filter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ntp::sync {
namespace {

OscillatorFilter begun(const Wander& wander = {1e-9, 0}) {
  OscillatorFilter filter(wander, 0, 50e-6);
  filter.restart(0, 1e-3);
  return filter;
}

/// The moments of a normal prior times a window, by plain summation.
struct Moments {
  double mean;
  double variance;
};
Moments summed(double prior_deviation, double offset, const OffsetWindow& window) {
  double mass = 0;
  double first = 0;
  double second = 0;
  constexpr int kSteps = 20'000;
  for (int i = 0; i < kSteps; ++i) {
    const double d = window.half_width * (2 * (i + 0.5) / kSteps - 1);
    const double x = offset + window.centre + d;
    const double weight = std::exp(window.tilt * (d - window.half_width) -
                                   x * x / (2 * prior_deviation * prior_deviation));
    mass += weight;
    first += weight * x;
    second += weight * x * x;
  }
  const double mean = first / mass;
  return {mean, second / mass - mean * mean};
}

TEST(OscillatorFilter, LearnsTheFrequencyFromTwoOffsets) {
  OscillatorFilter filter = begun();
  filter.restart(0, 1e-6);
  filter.predict(100);
  filter.update(10e-6 * 100, {.half_width = 1e-6}, 1e-7);
  EXPECT_NEAR(filter.frequency(), 10e-6, 3e-8);
  EXPECT_LT(filter.frequency_variance(), 1e-11) << "what is left is that one of both meant nothing";
  filter.predict(100);
  EXPECT_NEAR(filter.offset(), 2e-3, 5e-6);
}

TEST(OscillatorFilter, MatchesTheExactMomentsOfAWindow) {
  struct Case {
    double offset, half_width, tilt;
  };
  for (const Case& c : {Case{0, 1e-3, 0}, Case{0.8e-3, 0.5e-3, 0}, Case{0.3e-3, 2e-3, 1e3},
                        Case{0, 0.05e-3, 0}, Case{1e-3, 0.05e-3, 4e4}, Case{0.5e-3, 1e-3, -2e4},
                        Case{-0.5e-3, 1e-3, 3e4}, Case{0, 5e-3, 0}}) {
    OscillatorFilter filter = begun();
    const OffsetWindow window{.centre = 0.1e-3, .half_width = c.half_width, .tilt = c.tilt};
    filter.update(c.offset, window, 1e-9);
    const Moments exact = summed(1e-3, c.offset, window);
    const double deviation = std::sqrt(exact.variance);
    // One measurement in a hundred is taken to mean nothing, which widens all a little.
    EXPECT_NEAR(filter.offset(), exact.mean, 0.1 * deviation + 0.03e-3)
        << c.offset << ' ' << c.tilt;
    EXPECT_LT(std::sqrt(filter.offset_variance()), deviation + 0.2e-3);
  }
}

TEST(OscillatorFilter, GivesMoreEvidenceToWhatFitsIt) {
  OscillatorFilter near = begun();
  OscillatorFilter far = begun();
  EXPECT_GT(near.update(0, {.half_width = 1e-4}, 1e-6),
            far.update(2e-3, {.half_width = 1e-4}, 1e-6));
}

TEST(OscillatorFilter, IsHardlyMovedByWhatCantBe) {
  for (const double offset : {0.05, -0.05, 10.0, -2000.0}) {
    OscillatorFilter filter = begun();
    const double evidence = filter.update(offset, {.half_width = 1e-4}, 1e-6);
    EXPECT_GT(evidence, 0);
    EXPECT_NEAR(filter.offset(), 0, 1e-6);
    EXPECT_NEAR(filter.offset_variance(), 1e-6, 1e-9);
    EXPECT_NEAR(filter.update(offset, 1e-6), evidence, evidence);
    EXPECT_NEAR(filter.offset(), 0, 1e-6);
  }
}

TEST(OscillatorFilter, BecomesUnsureWithTime) {
  OscillatorFilter calm = begun({1e-10, 0});
  OscillatorFilter restless = begun({1e-7, 0});
  OscillatorFilter warming = begun({1e-10, 3e-11});
  for (OscillatorFilter* filter : {&calm, &restless, &warming}) {
    const double before = filter->frequency_variance();
    filter->predict(1000);
    EXPECT_GT(filter->frequency_variance(), before);
  }
  EXPECT_GT(restless.frequency_variance() - calm.frequency_variance(), 0.9e-14 * 1000);
  EXPECT_GT(warming.frequency_variance(), calm.frequency_variance());
}

TEST(OscillatorFilter, FollowsASlopeOfTheFrequency) {
  OscillatorFilter filter(Wander{1e-10, 3e-11}, 0, 1e-6);
  filter.restart(0, 1e-6);
  const double slope = 1e-9;
  for (int i = 1; i <= 40; ++i) {
    filter.predict(64);
    const double t = 64.0 * i;
    filter.update(slope * t * t / 2, {.half_width = 1e-6}, 1e-7);
  }
  EXPECT_NEAR(filter.frequency(), slope * 64 * 40, 0.1e-6);
  EXPECT_GT(filter.drift(), 0.5e-9);
}

TEST(OscillatorFilter, StaysFiniteWhateverItIsTold) {
  OscillatorFilter filter = begun();
  for (const double half_width : {1e-12, 1e-6, 1.0, 1e6}) {
    for (const double tilt : {0.0, 1e9, -1e9}) {
      for (const double offset : {0.0, 1e-3, -1e3, 1e9}) {
        filter.predict(64);
        EXPECT_TRUE(
            std::isfinite(filter.update(offset, {.half_width = half_width, .tilt = tilt}, 1e-9)));
        EXPECT_TRUE(std::isfinite(filter.offset()));
        EXPECT_TRUE(std::isfinite(filter.frequency()));
        EXPECT_GT(filter.offset_variance(), 0);
        EXPECT_GE(filter.frequency_variance(), 0);
      }
    }
  }
}

}  // namespace
}  // namespace ntp::sync
