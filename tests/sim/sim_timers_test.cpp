// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_timers.h"

#include <gtest/gtest.h>

#include <string>

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

class SimTimersTest : public testing::Test {
 protected:
  World world_{1};
  SimClock clock_{world_, {.frequency = 200e-6, .wander = 1e-8}, "clock"};
  SimTimers timers_{world_, clock_};

  /// Arms a timer and gives where to see when it went off, by the monotonic clock.
  const MonoTime& armed(MonoTime when) {
    fired_.push_back(std::make_unique<MonoTime>());
    timers_.at(when, [this, at = fired_.back().get()] { *at = clock_.mono(); });
    return *fired_.back();
  }

  std::vector<std::unique_ptr<MonoTime>> fired_;
};

TEST_F(SimTimersTest, GoesOffWhenTheMonotonicClockShowsItsTime) {
  for (const Duration delay : {Duration(1), Duration(microseconds(50)), Duration(seconds(1)),
                               Duration(seconds(1024)), Duration(hours(36))}) {
    const MonoTime due = clock_.mono() + delay;
    const MonoTime& fired = armed(due);
    world_.run_for(delay + seconds(60));
    EXPECT_GE(fired, due);
    EXPECT_LE(fired, due + microseconds(1));
  }
}

TEST_F(SimTimersTest, KeepsItsTimeWhenTheRateChanges) {
  const MonoTime due = clock_.mono() + seconds(1000);
  const MonoTime& fired = armed(due);
  ClockCommand command;
  for (const double slew : {500e-6, -500e-6, 0.08, -0.08}) {
    world_.run_for(seconds(200));
    command.slew = slew;
    ASSERT_TRUE(clock_.apply(command));
  }
  clock_.change_frequency(1e-4);
  world_.run_for(seconds(400));
  EXPECT_GE(fired, due);
  EXPECT_LE(fired, due + microseconds(1));
}

TEST_F(SimTimersTest, IsNotMovedByAStep) {
  const MonoTime due = clock_.mono() + seconds(100);
  const MonoTime& fired = armed(due);
  world_.run_for(seconds(50));
  clock_.set_by_other(hours(5));
  world_.run_for(seconds(10));
  clock_.set_by_other(-hours(20));
  world_.run_for(seconds(60));
  EXPECT_GE(fired, due);
  EXPECT_LE(fired, due + microseconds(1));
}

TEST_F(SimTimersTest, CallsBackInOrderAndOnce) {
  std::string order;
  const MonoTime now = clock_.mono();
  timers_.at(now + seconds(2), [&] { order += 'c'; });
  timers_.at(now + seconds(1), [&] { order += 'a'; });
  timers_.at(now + seconds(1), [&] { order += 'b'; });
  EXPECT_EQ(timers_.pending(), 3U);
  world_.run_for(hours(1));
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(timers_.pending(), 0U);
  EXPECT_EQ(timers_.wakeups(), 2U);
}

TEST_F(SimTimersTest, NeverCallsBackFromInsideAt) {
  bool called = false;
  timers_.at(clock_.mono() - seconds(1), [&] { called = true; });
  EXPECT_FALSE(called);
  world_.run_for(microseconds(1));
  EXPECT_TRUE(called);
}

TEST_F(SimTimersTest, ForgetsCancelledTimersEvenFromACallback) {
  int calls = 0;
  const MonoTime due = clock_.mono() + seconds(1);
  Timers::Id second = Timers::kNone;
  const Timers::Id first = timers_.at(due, [&] {
    ++calls;
    timers_.cancel(second);
  });
  second = timers_.at(due, [&] { calls += 10; });
  const Timers::Id third = timers_.at(due, [&] { calls += 100; });
  timers_.cancel(third);
  timers_.cancel(Timers::kNone);
  world_.run_for(seconds(2));
  EXPECT_EQ(calls, 1);
  timers_.cancel(first);
}

TEST_F(SimTimersTest, RearmsFromItsOwnCallback) {
  int calls = 0;
  std::function<void()> tick = [&] {
    ++calls;
    timers_.at(clock_.mono() + seconds(1), tick);
  };
  tick();
  world_.run_for(std::chrono::milliseconds(10'500));
  EXPECT_EQ(calls, 11);
}

TEST_F(SimTimersTest, LetsTimeGoOnForACallbackThatIsAlwaysDue) {
  std::uint64_t calls = 0;
  std::function<void()> spin = [&] {
    ++calls;
    timers_.at(clock_.mono(), spin);
  };
  spin();
  world_.run_for(std::chrono::milliseconds(1));
  EXPECT_GT(calls, 100U);
  EXPECT_LE(calls, 10'001U);
}

TEST(SimTimersDestructor, LeavesNothingBehind) {
  World world(1);
  SimClock clock(world, {}, "clock");
  bool called = false;
  {
    SimTimers timers(world, clock);
    timers.at(clock.mono() + seconds(1), [&] { called = true; });
  }
  ClockCommand command;
  command.frequency = 1e-6;
  ASSERT_TRUE(clock.apply(command));
  world.run_for(seconds(5));
  EXPECT_FALSE(called);
}

TEST(SimTimersGranularity, WaitsForTheClockThatReadsCoarsely) {
  World world(1);
  Oscillator oscillator;
  oscillator.granularity = std::chrono::milliseconds(4);
  SimClock clock(world, oscillator, "clock");
  SimTimers timers(world, clock);
  MonoTime fired{};
  const MonoTime due = clock.mono() + microseconds(5500);
  timers.at(due, [&] { fired = clock.mono(); });
  world.run_for(seconds(1));
  EXPECT_EQ(fired, due + microseconds(2500));
  EXPECT_LT(world.events_run(), 10U);
}

}  // namespace
}  // namespace ntp::sim
