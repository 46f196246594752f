// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/poll_schedule.h"

#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace ntp::association {
namespace {

using std::chrono::seconds;

constexpr MonoTime at(int s) { return MonoTime(seconds(s)); }

/// Sends as a daemon does: each time the schedule is due, without answers; gives the times.
std::vector<double> send_times(PollSchedule& schedule, Random& random, int count, bool iburst) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const MonoTime now = schedule.due();
    times.push_back(to_seconds(now.time_since_epoch()));
    if (!schedule.in_burst()) {
      schedule.begin_poll(now);
      if (iburst) schedule.arm_burst();
    }
    schedule.packet_sent(now);
    schedule.update(now, schedule.poll(), random);
  }
  return times;
}

TEST(PollSchedule, StartsAtMinpollAndStaysWithinLimits) {
  test::CountingRandom random;
  PollSchedule schedule(4, 6, at(100));
  EXPECT_EQ(schedule.due(), at(100));
  EXPECT_EQ(schedule.poll(), 4);
  schedule.update(at(100), 10, random);
  EXPECT_EQ(schedule.poll(), 6);
  schedule.update(at(100), 1, random);
  EXPECT_EQ(schedule.poll(), 4);
}

TEST(PollSchedule, RegularPollsAreAnIntervalApartAndUpToAThirtysecondMore) {
  test::CountingRandom random;
  PollSchedule schedule(6, 10, at(0));
  const auto times = send_times(schedule, random, 20, false);
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], 64);
    EXPECT_LE(times[i] - times[i - 1], 66);
  }
}

TEST(PollSchedule, AnAnsweredInitialBurstIsSevenPacketsEverFartherApart) {
  test::CountingRandom random;
  PollSchedule schedule(6, 10, at(0));
  schedule.begin_poll(at(0));
  schedule.arm_burst();
  schedule.packet_sent(at(0));
  schedule.update(at(0), 6, random);
  const MonoTime answer = MonoTime(std::chrono::milliseconds(20));
  schedule.answer_received(answer, PollSchedule::kInitialBurst, true);
  schedule.update(answer, 6, random);
  std::vector<MonoTime> times{at(0)};
  while (schedule.in_burst()) {
    times.push_back(schedule.due());
    schedule.packet_sent(schedule.due());
    schedule.update(times.back(), 6, random);
  }
  ASSERT_EQ(times.size(), 7U);
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], PollSchedule::kSpacing);
    EXPECT_LE(times[i] - times[i - 1],
              std::min(PollSchedule::kSpacing * (1 << std::max(0, int(i) - 2)),
                       PollSchedule::kWidestSpacing) +
                  seconds(1));
  }
  EXPECT_GE(schedule.due() - times.back(), PollSchedule::kSpacing);
}

TEST(PollSchedule, ABurstIsNoSlowerThanThePolls) {
  constexpr int kPoll = 2;
  test::CountingRandom random;
  PollSchedule schedule(kPoll, 10, at(0));
  schedule.arm_burst();
  schedule.packet_sent(at(0));
  schedule.answer_received(at(0), PollSchedule::kInitialBurst, true);
  schedule.update(at(0), kPoll, random);
  MonoTime last = at(0);
  while (schedule.in_burst()) {
    EXPECT_LE(schedule.due() - last, seconds(1 << kPoll));
    last = schedule.due();
    schedule.packet_sent(last);
    schedule.update(last, kPoll, random);
  }
}

TEST(PollSchedule, AnUnansweredBurstIsTriedAtMinpollAndThenAtThePollInterval) {
  test::CountingRandom random;
  PollSchedule schedule(4, 10, at(0));
  for (int i = 0; i < 10; ++i) {
    const MonoTime now = schedule.due();
    schedule.begin_poll(now);
    schedule.arm_burst();
    schedule.packet_sent(now);
    schedule.update(now, 10, random);
    const double wait = to_seconds(schedule.due() - now);
    if (i + 1 < PollSchedule::kBurstRetries) {
      EXPECT_LE(wait, 17) << i;
    } else {
      EXPECT_GE(wait, 1024) << i;
    }
  }
  EXPECT_TRUE(schedule.burst_armed());
  schedule.answer_received(schedule.due(), 6, true);
  EXPECT_FALSE(schedule.burst_armed());
  EXPECT_TRUE(schedule.in_burst());
}

TEST(PollSchedule, MeanDistanceNeverFallsBelowMinpollForLong) {
  test::CountingRandom random;
  PollSchedule schedule(6, 6, at(0));
  // Every poll is answered with a full burst, as no honest configuration asks for.
  MonoTime now = at(0);
  int packets = 0;
  while (now < at(86400)) {
    now = std::max(now, schedule.due());
    if (!schedule.in_burst()) {
      schedule.begin_poll(now);
      schedule.arm_burst();
    }
    schedule.packet_sent(now);
    ++packets;
    schedule.update(now, 6, random);
    schedule.answer_received(now, PollSchedule::kFullBurst, false);
    schedule.update(now, 6, random);
  }
  // The guard lets 62 s pass for each packet beyond its credit.
  EXPECT_LE(packets, 86400 / 62 + 2 * PollSchedule::kFullBurst);
}

TEST(PollSchedule, AKissSlowsDownForGoodButNotBeyondItsLimit) {
  test::CountingRandom random;
  PollSchedule schedule(6, 6, at(0));
  schedule.packet_sent(at(0));
  schedule.slow_down(at(1), 6, random);
  EXPECT_EQ(schedule.poll(), 7);
  EXPECT_GE(schedule.due() - at(1), seconds(128));
  schedule.slow_down(at(200), 127, random);
  EXPECT_EQ(schedule.poll(), 10);
  schedule.slow_down(at(300), -5, random);
  EXPECT_EQ(schedule.poll(), 10);
  schedule.update(at(300), 4, random);
  EXPECT_EQ(schedule.poll(), 10);
}

TEST(PollSchedule, AKissEndsABurst) {
  test::CountingRandom random;
  PollSchedule schedule(6, 10, at(0));
  schedule.arm_burst();
  schedule.packet_sent(at(0));
  schedule.answer_received(at(0), 6, true);
  ASSERT_TRUE(schedule.in_burst());
  schedule.slow_down(at(0), 8, random);
  EXPECT_FALSE(schedule.in_burst());
  EXPECT_EQ(schedule.poll(), 8);
}

}  // namespace
}  // namespace ntp::association
