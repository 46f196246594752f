// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/poll_policy.h"

#include <gtest/gtest.h>

namespace ntp::sync {
namespace {

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

/// Updates as often as it says for so long; gives their number.
int run(PollPolicy& policy, double& now, double seconds, int wish, int min_poll = 6,
        int max_poll = 10) {
  int updates = 0;
  for (const double end = now + seconds; now < end; ++updates) {
    policy.update(at(now), wish, min_poll, max_poll);
    now += log2_seconds(policy.exponent());
  }
  return updates;
}

TEST(PollPolicy, BeginsAtTheShortest) {
  PollPolicy policy;
  policy.update(at(1000), 17, 4, 10);
  EXPECT_EQ(policy.exponent(), 4);
}

TEST(PollPolicy, StaysAWhileAtEachIntervalOnItsWayUp) {
  PollPolicy policy;
  double now = 1000;
  run(policy, now, 300, 17);
  EXPECT_EQ(policy.exponent(), 6);
  EXPECT_LE(run(policy, now, 10'000, 17), 36);
  EXPECT_EQ(policy.exponent(), 10);
}

TEST(PollPolicy, GoesNoFartherThanTheWish) {
  PollPolicy policy;
  double now = 1000;
  run(policy, now, 100'000, 8);
  EXPECT_EQ(policy.exponent(), 8);
  run(policy, now, 10'000, 7);
  EXPECT_EQ(policy.exponent(), 7);
}

TEST(PollPolicy, ComesDownSooner) {
  PollPolicy policy;
  double now = 1000;
  run(policy, now, 100'000, 10);
  ASSERT_EQ(policy.exponent(), 10);
  run(policy, now, 2500, 6);
  EXPECT_EQ(policy.exponent(), 6);
}

TEST(PollPolicy, KeepsToThePeersLimits) {
  PollPolicy policy;
  policy.update(at(1000), 6, 3, 4);
  EXPECT_LE(policy.exponent(), 4);
  policy.update(at(1010), 6, 9, 9);
  EXPECT_EQ(policy.exponent(), 9);
}

TEST(PollPolicy, BeginsAnewAfterARestart) {
  PollPolicy policy;
  double now = 1000;
  run(policy, now, 100'000, 10);
  policy.restart(at(now));
  policy.update(at(now), 10, 6, 10);
  EXPECT_EQ(policy.exponent(), 6);
}

}  // namespace
}  // namespace ntp::sync
