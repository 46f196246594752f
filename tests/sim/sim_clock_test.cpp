// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_clock.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ntp::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

ClockCommand rate(double frequency, double slew = 0) {
  ClockCommand command;
  command.frequency = frequency;
  command.slew = slew;
  command.leap = Leap::None;
  return command;
}

ClockCommand step(Duration by) {
  ClockCommand command = rate(0);
  command.step = by;
  return command;
}

ClockCommand leap(Leap kind) {
  ClockCommand command = rate(0);
  command.leap = kind;
  return command;
}

TEST(SimClock, RunsTrueWithAPerfectOscillator) {
  World world(1);
  const SimClock clock(world, {}, "clock");
  const MonoTime start = clock.mono();
  EXPECT_EQ(clock.wall(), world.utc());
  world.run_for(days(3) + Duration(17));
  EXPECT_EQ(clock.wall(), world.utc());
  EXPECT_EQ(clock.mono() - start, days(3) + Duration(17));
}

TEST(SimClock, StartsWithItsOffsetAndDriftsByItsFrequency) {
  World world(1);
  const SimClock clock(world, {.frequency = 100e-6, .offset = 0.1}, "clock");
  EXPECT_DOUBLE_EQ(clock.error(), 0.1);
  world.run_for(seconds(1000));
  EXPECT_NEAR(clock.error(), 0.2, 1e-9);
}

TEST(SimClock, AddsUpAYearWithoutRoundingDrift) {
  World world(1);
  const double frequency = 1.0 / 3 * 1e-9;
  Oscillator oscillator{.frequency = frequency};
  oscillator.interval = std::chrono::milliseconds(7919);
  const SimClock clock(world, oscillator, "clock");
  world.run_for(days(365));
  EXPECT_NEAR(clock.error(), frequency * 365 * 86400, 2e-9);
}

TEST(SimClock, GivesTheSameTimeHoweverOftenItIsRead) {
  const Oscillator oscillator{.frequency = 1e-5, .wander = 1e-8, .temperature = 1e-6};
  World quiet(7);
  World busy(7);
  const SimClock seldom_read(quiet, oscillator, "clock");
  const SimClock often_read(busy, oscillator, "clock");
  WallTime last = often_read.wall();
  busy.every(std::chrono::milliseconds(137), [&] {
    const WallTime now = often_read.wall();
    EXPECT_GT(now, last);
    last = now;
  });
  quiet.run_for(hours(1));
  busy.run_for(hours(1));
  EXPECT_EQ(seldom_read.wall(), often_read.wall());
  EXPECT_EQ(seldom_read.mono(), often_read.mono());
}

TEST(SimClock, ObeysFrequencyAndSlewWhichMultiplyWithTheOscillator) {
  World world(1);
  SimClock clock(world, {.frequency = 1e-4}, "clock");
  ASSERT_TRUE(clock.apply(rate(-1e-4, 5e-4)));
  EXPECT_NEAR(clock.frequency(), 4e-4, 1e-15);
  world.run_for(seconds(1000));
  EXPECT_NEAR(clock.error(), 1000 * (1.0001 * 1.0004 - 1), 2e-9);
  ASSERT_TRUE(clock.apply(rate(-1e-4)));
  const double before = clock.error();
  world.run_for(seconds(1000));
  EXPECT_NEAR(clock.error() - before, -1e-8 * 1000, 2e-9);
}

TEST(SimClock, StepsTheWallClockOnly) {
  World world(1);
  SimClock clock(world, {.offset = -0.25}, "clock");
  const MonoTime before = clock.mono();
  ASSERT_TRUE(clock.apply(step(std::chrono::milliseconds(250))));
  EXPECT_EQ(clock.error(), 0);
  EXPECT_EQ(clock.mono(), before);
  ASSERT_EQ(clock.steps().size(), 1U);
  EXPECT_EQ(clock.steps()[0].by, std::chrono::milliseconds(250));
  clock.set_by_other(seconds(-5));
  EXPECT_EQ(clock.error(), -5);
  EXPECT_EQ(clock.mono(), before);
  EXPECT_EQ(clock.steps().size(), 1U);
}

TEST(SimClock, SlewsTheMonotonicClockToo) {
  World world(1);
  SimClock clock(world, {}, "clock");
  const MonoTime before = clock.mono();
  ASSERT_TRUE(clock.apply(rate(0, 500e-6)));
  world.run_for(seconds(100));
  EXPECT_NEAR(to_seconds(clock.mono() - before), 100.05, 2e-9);
}

TEST(SimClock, WandersAsARandomWalkOfItsFrequency) {
  // After t seconds the frequency deviates by wander * sqrt(t).
  const double wander = 1e-9;
  double squares = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    World world(static_cast<std::uint64_t>(run));
    const SimClock clock(world, {.wander = wander}, "clock");
    world.run_for(seconds(900));
    squares += clock.rate_error() * clock.rate_error();
  }
  EXPECT_NEAR(std::sqrt(squares / kRuns), wander * 30, wander * 30 * 0.12);
}

TEST(SimClock, FollowsTheTemperature) {
  World world(1);
  const SimClock clock(world, {.temperature = 1e-6, .temperature_period = 7200}, "clock");
  world.run_for(seconds(1800));
  EXPECT_NEAR(clock.rate_error(), 1e-6, 1e-12);
  world.run_for(seconds(3600));
  EXPECT_NEAR(clock.rate_error(), -1e-6, 1e-12);
  world.run_for(seconds(1800));
  EXPECT_NEAR(clock.error(), 0, 1e-6);
}

TEST(SimClock, ChangesItsFrequencyFromNowOn) {
  World world(1);
  SimClock clock(world, {}, "clock");
  world.run_for(std::chrono::milliseconds(10'500));
  clock.change_frequency(1e-5);
  EXPECT_EQ(clock.error(), 0);
  world.run_for(seconds(10));
  EXPECT_NEAR(clock.error(), 1e-4, 1e-9);
}

TEST(SimClock, StandsStillWhilePausedAndDoesNotKnow) {
  World world(1);
  SimClock clock(world, {}, "clock");
  const MonoTime before = clock.mono();
  clock.pause(std::chrono::seconds(30));
  world.run_for(std::chrono::seconds(20));
  EXPECT_EQ(clock.mono(), before);
  world.run_for(std::chrono::seconds(15));
  EXPECT_EQ(clock.mono(), before + std::chrono::seconds(5));
  EXPECT_DOUBLE_EQ(clock.error(), -30);
  EXPECT_EQ(clock.suspended(), Duration::zero());
}

TEST(SimClock, GoesOnByAnotherClockWhileSuspended) {
  World world(1);
  SimClock clock(world, {}, "clock");
  const MonoTime before = clock.mono();
  clock.suspend(std::chrono::seconds(30), 0.25);
  world.run_for(std::chrono::seconds(40));
  EXPECT_EQ(clock.mono(), before + std::chrono::seconds(10));
  EXPECT_DOUBLE_EQ(clock.error(), 0.25);
  EXPECT_EQ(clock.suspended(), std::chrono::seconds(30));
}

TEST(SimClock, RoundsDownToItsGranularity) {
  World world(1);
  Oscillator oscillator{.offset = 1e-9 * 1234};
  oscillator.granularity = std::chrono::microseconds(1);
  const SimClock clock(world, oscillator, "clock");
  EXPECT_EQ(clock.wall() - world.utc(), std::chrono::microseconds(1));
  world.run_for(Duration(765));
  EXPECT_EQ(clock.wall().time_since_epoch().count() % 1000, 0);
  EXPECT_EQ(clock.mono().time_since_epoch().count() % 1000, 0);
}

TEST(SimClock, AcceptsCommandsWithoutEffectIfItMayNotBeAdjusted) {
  World world(1);
  SimClock clock(world, {}, "clock");
  clock.set_adjustable(false);
  EXPECT_FALSE(clock.adjustable());
  ASSERT_TRUE(clock.apply(step(seconds(1))));
  EXPECT_EQ(clock.error(), 0);
  EXPECT_EQ(clock.commands(), 0U);
}

TEST(SimClock, FailsWhenToldTo) {
  World world(1);
  SimClock clock(world, {}, "clock");
  clock.fail_commands("Operation not permitted");
  const auto refused = clock.apply(rate(1e-6));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "Operation not permitted");
  EXPECT_EQ(clock.frequency(), 0);
  clock.fail_commands(std::nullopt);
  EXPECT_TRUE(clock.apply(rate(1e-6)));
  EXPECT_FALSE(clock.apply(rate(0.2)));
  EXPECT_FALSE(clock.apply(rate(std::nan(""))));
}

class SimClockLeap : public testing::Test {
 protected:
  const TrueTime midnight_ = at_utc(2026, 7, 1);
  World world_{1, midnight_ - hours(1)};
  SimClock clock_{world_, {.offset = 0.002}, "clock"};
};

TEST_F(SimClockLeap, RepeatsASecondOnceWhenArmed) {
  world_.set_leap(midnight_, Leap::Insert);
  ASSERT_TRUE(clock_.apply(leap(Leap::Insert)));
  double largest = 0;
  world_.every(std::chrono::microseconds(199'900),
               [&] { largest = std::max(largest, std::abs(clock_.error())); });
  world_.run_until(midnight_ + seconds(10));
  EXPECT_NEAR(largest, 0.002, 1e-12);
  EXPECT_EQ(clock_.leaps_done(), 1);
  EXPECT_TRUE(clock_.steps().empty());
  // The flag still stands; only when it has been taken back can the kernel leap again.
  ASSERT_TRUE(clock_.apply(leap(Leap::Insert)));
  world_.run_for(days(2));
  EXPECT_EQ(clock_.leaps_done(), 1);
  ASSERT_TRUE(clock_.apply(leap(Leap::None)));
  ASSERT_TRUE(clock_.apply(leap(Leap::Insert)));
  world_.run_for(days(2));
  EXPECT_EQ(clock_.leaps_done(), 2);
}

TEST_F(SimClockLeap, IsASecondOffWhenNotArmed) {
  world_.set_leap(midnight_, Leap::Insert);
  world_.run_until(midnight_ + seconds(10));
  EXPECT_NEAR(clock_.error(), 1.002, 1e-12);
}

TEST_F(SimClockLeap, LeavesASecondOutWhenArmed) {
  world_.set_leap(midnight_ - seconds(1), Leap::Delete);
  ASSERT_TRUE(clock_.apply(leap(Leap::Delete)));
  world_.run_until(midnight_ - std::chrono::milliseconds(1100));
  EXPECT_EQ(clock_.leaps_done(), 0);
  EXPECT_NEAR(clock_.error(), 0.002, 1e-12);
  world_.run_until(midnight_);
  EXPECT_NEAR(clock_.error(), 0.002, 1e-12);
  EXPECT_EQ(clock_.leaps_done(), 1);
}

TEST_F(SimClockLeap, IsDisarmedInTime) {
  ASSERT_TRUE(clock_.apply(leap(Leap::Insert)));
  world_.run_for(seconds(60));
  ASSERT_TRUE(clock_.apply(leap(Leap::None)));
  world_.run_until(midnight_ + seconds(10));
  EXPECT_NEAR(clock_.error(), 0.002, 1e-12);
}

TEST_F(SimClockLeap, WaitsForTheMidnightOfTheClockThatWasStepped) {
  ASSERT_TRUE(clock_.apply(leap(Leap::Insert)));
  clock_.set_by_other(hours(2));
  world_.run_until(midnight_ + hours(21));
  EXPECT_EQ(clock_.wall(), world_.utc() + hours(2) + std::chrono::milliseconds(2));
  world_.run_until(midnight_ + hours(23));
  EXPECT_EQ(clock_.wall(), world_.utc() + hours(2) + std::chrono::milliseconds(2) - seconds(1));
  EXPECT_EQ(clock_.leaps_done(), 1);
}

}  // namespace
}  // namespace ntp::sim
