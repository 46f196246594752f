// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/source_estimator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace ntp::sync {
namespace {

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

/// An oscillator, a path to a perfect source, and the estimator between them.
class Bench {
 public:
  explicit Bench(std::uint64_t seed) : random_(seed) {}

  /// Lets so many polls pass; gives the RMS error of what is foretold between the last half of
  /// them.
  double run(int polls, double interval = 64) {
    double squares = 0;
    int count = 0;
    for (int i = 0; i < polls; ++i) {
      poll();
      for (double t = 0; t < interval; t += 8) {
        elapse(8);
        if (2 * i < polls) continue;
        squares += std::pow(error(), 2);
        ++count;
      }
    }
    return std::sqrt(squares / count);
  }
  [[nodiscard]] double error() const { return estimator.predict(at(now)).offset - truth; }

  SourceEstimator estimator;
  double wander = 1e-9;
  double queue_out = 1e-4;
  double queue_back = 1e-4;
  double base_out = 1e-3;
  double base_back = 1e-3;
  double source_error = 0;
  double late = 0;  // probability of 20 ms more
  double frequency = 10e-6;
  double truth = 0;
  double now = 1000;
  int strange = 0;

 private:
  double queue(double mean) {
    return std::exponential_distribution<double>(1 / mean)(random_) +
           (std::uniform_real_distribution<double>()(random_) < late ? 0.02 : 0);
  }
  void poll() {
    const double out = base_out + queue(queue_out);
    const double back = base_back + queue(queue_back);
    RawSample sample;
    sample.at = at(now);
    sample.offset = truth + source_error + (out - back) / 2;
    sample.round_trip = out + back;
    sample.noise = 1e-7;
    strange += estimator.add(sample, {0, 50e-6}) != Fit::Fits;
  }
  void elapse(double seconds) {
    frequency += wander * std::sqrt(seconds) * normal_(random_);
    truth += frequency * seconds;
    now += seconds;
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

TEST(SourceEstimator, IsFarBetterThanOneMeasurement) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_LT(Bench(seed).run(400), 25e-6);
  }
}

TEST(SourceEstimator, LearnsTheOscillatorsWander) {
  Bench calm(1);
  calm.run(400);
  Bench restless(1);
  restless.wander = 1e-7;
  restless.run(400);
  // A hundred times the wander strays as far in a twentieth of the time.
  EXPECT_GE(calm.estimator.poll_wish(), restless.estimator.poll_wish() + 3);
}

TEST(SourceEstimator, SeesThroughQueuesOfOneWay) {
  Bench bench(1);
  bench.queue_out = 1e-3;
  bench.queue_back = 1e-5;
  EXPECT_LT(bench.run(400), 20e-6);
}

TEST(SourceEstimator, IsNotDisturbedByLatePackets) {
  Bench bench(1);
  bench.late = 0.1;
  EXPECT_LT(bench.run(400), 30e-6);
}

TEST(SourceEstimator, ARouteThatGetsLongerOneWayMovesNothing) {
  Bench bench(1);
  bench.run(200);
  bench.base_out += 0.030;
  bench.run(200);
  EXPECT_NEAR(bench.error(), 0, 0.3e-3);
  bench.base_out -= 0.030;
  bench.run(100);
  EXPECT_NEAR(bench.error(), 0, 0.1e-3);
}

TEST(SourceEstimator, ASourceThatLeapsIsFollowedWhenItLasts) {
  Bench bench(1);
  bench.run(200);
  bench.source_error = 0.05;
  bench.run(2);
  EXPECT_NEAR(bench.error(), 0, 1e-3);
  EXPECT_EQ(bench.strange, 2);
  bench.run(30);
  EXPECT_NEAR(bench.error(), 0.05, 1e-4);
  EXPECT_NEAR(bench.estimator.predict(at(bench.now)).frequency, bench.frequency, 1e-6);
}

TEST(SourceEstimator, SaysHowFarItMayBeOff) {
  int within = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Bench bench(seed);
    bench.run(50);
    const Prediction now = bench.estimator.predict(at(bench.now));
    within += std::abs(bench.error()) < 3 * std::sqrt(now.offset_variance);
  }
  EXPECT_GE(within, 180);
}

TEST(SourceEstimator, TakesAReferenceClocksNoiseForNormal) {
  SourceEstimator estimator;
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0, 1e-6);
  double squares = 0;
  for (int i = 0; i < 1000; ++i) {
    const double truth = 5e-6 * 16 * i;
    RawSample sample;
    sample.at = at(16 * i);
    sample.offset = truth + noise(random) + (i % 100 == 99 ? 1e-3 : 0);
    sample.noise = 1e-9;
    estimator.add(sample, {0, 50e-6});
    if (i >= 500) squares += std::pow(estimator.predict(sample.at).offset - truth, 2);
  }
  EXPECT_LT(std::sqrt(squares / 500), 0.4e-6);
}

}  // namespace
}  // namespace ntp::sync
