// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/path_delay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace ntp::sync {
namespace {

/// Queues of a path, each way.
class Path {
 public:
  Path(double out, double back) : out_(1 / out), back_(1 / back) {}
  struct Exchange {
    double out;
    double back;
  };
  Exchange next() { return {out_(random_), back_(random_)}; }

 private:
  std::mt19937_64 random_{7};
  std::exponential_distribution<double> out_;
  std::exponential_distribution<double> back_;
};

/// The round trip without queues, as the window of one with a queue of 1 s has it.
double least_round_trip(const PathDelay& delay, double about) {
  return about + 1 - 2 * delay.window(about + 1).half_width;
}

/// The share of the queues that lies on the way there, from what the window leans by.
double out_share(const PathDelay& delay) {
  const double lean = delay.window(1).tilt * delay.queues();
  return std::abs(lean) < 1e-6 ? 0.5 : (lean + 2 - std::hypot(lean, 2)) / (2 * lean);
}

TEST(PathDelay, FindsTheRoundTripWithoutQueues) {
  Path path(1e-3, 1e-3);
  PathDelay delay;
  for (int i = 0; i < 500; ++i) {
    const auto [out, back] = path.next();
    delay.add(0.02 + out + back);
  }
  EXPECT_NEAR(least_round_trip(delay, 0.02), 0.02, 2e-4);
  EXPECT_NEAR(delay.queues(), 2e-3, 6e-4);
}

TEST(PathDelay, GivesWindowsThatHoldTheTruth) {
  Path path(1e-3, 1e-3);
  PathDelay delay;
  int held = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto [out, back] = path.next();
    delay.add(0.02 + out + back);
    const OffsetWindow window = delay.window(0.02 + out + back);
    EXPECT_GT(window.half_width, 0);
    held += std::abs((out - back) / 2) <= window.half_width + 1e-5;
  }
  EXPECT_GE(held, 980);
}

TEST(PathDelay, IsNotDeceivedByLatePackets) {
  Path path(2e-4, 2e-4);
  PathDelay delay;
  for (int i = 0; i < 300; ++i) {
    const auto [out, back] = path.next();
    delay.add(0.01 + out + back + (i % 5 == 0 ? 0.02 : 0));
  }
  EXPECT_LT(delay.queues(), 1e-3);
}

TEST(PathDelay, LearnsWhichWayTheQueuesAre) {
  for (const auto& [out_mean, back_mean] : {std::pair(1e-3, 1e-5), std::pair(1e-5, 1e-3)}) {
    Path path(out_mean, back_mean);
    PathDelay delay;
    for (int i = 0; i < 300; ++i) {
      const auto [out, back] = path.next();
      delay.add(0.002 + out + back);
      delay.learn(0.002 + out + back, (out - back) / 2, 1e-10);
    }
    EXPECT_NEAR(out_share(delay), out_mean / (out_mean + back_mean), 0.03);
    const double tilt = delay.window(0.004).tilt;
    EXPECT_LT(tilt * (out_mean - back_mean), 0) << "queues on the way there raise the offset";
  }
}

TEST(PathDelay, TakesEqualQueuesForEqual) {
  Path path(1e-3, 1e-3);
  PathDelay delay;
  for (int i = 0; i < 1000; ++i) {
    const auto [out, back] = path.next();
    delay.add(0.02 + out + back);
    delay.learn(0.02 + out + back, (out - back) / 2, 1e-8);
  }
  EXPECT_NEAR(out_share(delay), 0.5, 0.1);
}

TEST(PathDelay, NoticesAnotherRoute) {
  Path path(1e-4, 1e-4);
  PathDelay delay;
  const auto run = [&](double base, int count) {
    PathDelay::Change last = PathDelay::Change::None;
    for (int i = 0; i < count; ++i) {
      const auto [out, back] = path.next();
      if (const auto change = delay.add(base + out + back);
          change == PathDelay::Change::Longer || change == PathDelay::Change::Other) {
        last = change;
      }
    }
    return last;
  };
  EXPECT_EQ(run(0.010, 200), PathDelay::Change::None);
  EXPECT_EQ(run(0.040, 20), PathDelay::Change::Longer);
  EXPECT_NEAR(least_round_trip(delay, 0.04), 0.040, 2e-4);
  EXPECT_NEAR(delay.growth(), 0.030, 2e-4);
  delay.lean(0.015);
  EXPECT_EQ(delay.window(0.041).centre, 0.015);
  EXPECT_EQ(run(0.010, 20), PathDelay::Change::Other);
  EXPECT_NEAR(least_round_trip(delay, 0.01), 0.010, 2e-4);
  EXPECT_EQ(delay.window(0.011).centre, 0) << "the shorter route tells better";
}

}  // namespace
}  // namespace ntp::sync
