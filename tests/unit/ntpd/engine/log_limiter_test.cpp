// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/log_limiter.h"

#include <gtest/gtest.h>

namespace ntp::engine {
namespace {

using std::chrono::seconds;

constexpr MonoTime kStart{seconds(1000)};

TEST(LogLimiter, AdmitsOneLinePerIntervalAndCountsTheRest) {
  LogLimiter limiter(seconds(60));
  EXPECT_EQ(limiter.admit("bad mac", kStart), 0U);
  EXPECT_EQ(limiter.admit("bad mac", kStart + seconds(1)), std::nullopt);
  EXPECT_EQ(limiter.admit("bad mac", kStart + seconds(59)), std::nullopt);
  EXPECT_EQ(limiter.admit("bad mac", kStart + seconds(60)), 2U);
  EXPECT_EQ(limiter.admit("bad mac", kStart + seconds(120)), 0U);
}

TEST(LogLimiter, KeepsKeysApart) {
  LogLimiter limiter(seconds(60));
  EXPECT_TRUE(limiter.admit("a", kStart));
  EXPECT_TRUE(limiter.admit("b", kStart));
}

TEST(LogLimiter, IsSilentRatherThanGrow) {
  LogLimiter limiter(seconds(60), 2);
  EXPECT_TRUE(limiter.admit("a", kStart));
  EXPECT_TRUE(limiter.admit("b", kStart));
  EXPECT_FALSE(limiter.admit("c", kStart));
  EXPECT_EQ(limiter.size(), 2U);
  EXPECT_TRUE(limiter.admit("c", kStart + seconds(60)));
  EXPECT_EQ(limiter.size(), 1U);
}

}  // namespace
}  // namespace ntp::engine
