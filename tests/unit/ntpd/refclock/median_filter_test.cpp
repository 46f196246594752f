// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/median_filter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ntp::refclock {
namespace {

WallTime at(int second) { return WallTime(std::chrono::seconds(1'795'000'000 + second)); }

TEST(MedianFilter, OneSampleIsTheResult) {
  MedianFilter filter;
  filter.add(0.25, at(3));
  const auto result = filter.take();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->offset, 0.25);
  EXPECT_EQ(result->jitter, 0);
  EXPECT_EQ(result->received, at(3));
  EXPECT_FALSE(filter.take());
}

TEST(MedianFilter, KeepsTheSixTenthsNearestToTheMedian) {
  MedianFilter filter;
  for (int i = 0; i < 10; ++i) filter.add(i < 6 ? 0.001 * i : 5.0 + i, at(i));
  const auto result = filter.take();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->samples, 10U);
  EXPECT_EQ(result->kept, 6U);
  EXPECT_NEAR(result->offset, 0.0025, 1e-12);
  EXPECT_NEAR(result->jitter, std::sqrt(5e-6 / 6), 1e-12);
  EXPECT_EQ(result->received, at(2) + std::chrono::milliseconds(500));
}

TEST(MedianFilter, OldestGiveWayAboveSixty) {
  MedianFilter filter;
  for (int i = 0; i < 100; ++i) filter.add(i < 40 ? 1000 : 1, at(i));
  const auto result = filter.take();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->samples, MedianFilter::kStages);
  EXPECT_EQ(result->offset, 1);
}

}  // namespace
}  // namespace ntp::refclock
