// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace ntp::sim {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
  double mean = 0;
  double deviation = 0;
};

template <class Draw>
Moments moments(Draw draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = draw();
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  return {mean, std::sqrt(squares / kDraws - mean * mean)};
}

TEST(RandomStream, IsUniform) {
  RandomStream random(1, "test");
  const Moments found = moments([&] { return random.uniform(); });
  EXPECT_NEAR(found.mean, 0.5, 0.005);
  EXPECT_NEAR(found.deviation, 1 / std::sqrt(12), 0.005);
}

TEST(RandomStream, IsNormal) {
  RandomStream random(1, "test");
  const Moments found = moments([&] { return random.normal(); });
  EXPECT_NEAR(found.mean, 0, 0.01);
  EXPECT_NEAR(found.deviation, 1, 0.01);
  const Moments beyond = moments([&] { return std::abs(random.normal()) > 1.96 ? 1.0 : 0.0; });
  EXPECT_NEAR(beyond.mean, 0.05, 0.003);
}

TEST(RandomStream, IsExponential) {
  RandomStream random(1, "test");
  const Moments found = moments([&] { return random.exponential(); });
  EXPECT_NEAR(found.mean, 1, 0.01);
  EXPECT_NEAR(found.deviation, 1, 0.02);
}

TEST(RandomStream, HasAParetoTail) {
  RandomStream random(1, "test");
  const Moments found = moments([&] { return random.pareto(2) > 4 ? 1.0 : 0.0; });
  EXPECT_NEAR(found.mean, 1.0 / 16, 0.003);
}

TEST(RandomStream, TakesChancesAsOftenAsAskedFor) {
  RandomStream random(1, "test");
  EXPECT_NEAR(moments([&] { return random.chance(0.3) ? 1.0 : 0.0; }).mean, 0.3, 0.005);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

TEST(SimRandom, FillsTheSameForTheSameSeed) {
  std::array<std::uint8_t, 19> first{};
  std::array<std::uint8_t, 19> second{};
  SimRandom(RandomStream(5, "node")).fill(first);
  SimRandom(RandomStream(5, "node")).fill(second);
  EXPECT_EQ(first, second);
  SimRandom(RandomStream(6, "node")).fill(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace ntp::sim
