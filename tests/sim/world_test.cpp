// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/world.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(World, RunsEventsInTheOrderOfTimeThenScheduling) {
  World world(1);
  std::string order;
  world.after(seconds(2), [&] { order += 'c'; });
  world.after(seconds(1), [&] { order += 'a'; });
  world.after(seconds(2), [&] { order += 'd'; });
  world.after(seconds(1), [&] {
    order += 'b';
    world.after(seconds(1), [&] { order += 'e'; });
  });
  world.run_for(seconds(2));
  EXPECT_EQ(order, "abcde");
  EXPECT_EQ(world.elapsed(), seconds(2));
}

TEST(World, StopsAtTheEndAskedFor) {
  World world(1);
  int runs = 0;
  world.every(seconds(1), [&] { ++runs; });
  world.run_for(std::chrono::milliseconds(3500));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(world.elapsed(), std::chrono::milliseconds(3500));
  world.run_for(seconds(1));
  EXPECT_EQ(runs, 4);
}

TEST(World, ForgetsCancelledEventsAndIgnoresSpentOnes) {
  World world(1);
  int runs = 0;
  const auto spent = world.after(seconds(1), [&] { ++runs; });
  const auto cancelled = world.after(seconds(2), [&] { runs += 10; });
  world.run_for(seconds(1));
  world.cancel(spent);
  world.cancel(cancelled);
  world.cancel(World::kNone);
  world.after(seconds(1), [&] { runs += 100; });
  world.cancel(cancelled);
  world.run_for(seconds(5));
  EXPECT_EQ(runs, 101);
}

TEST(World, RunsPastEventsNowAndNeverTurnsBack) {
  World world(1);
  world.run_for(seconds(10));
  TrueTime seen{};
  world.at(world.start(), [&] { seen = world.now(); });
  world.run_for(seconds(1));
  EXPECT_EQ(seen, world.start() + seconds(10));
}

TEST(World, RunsUntilAConditionHolds) {
  World world(1);
  int runs = 0;
  world.every(seconds(1), [&] { ++runs; });
  EXPECT_TRUE(world.run_until([&] { return runs == 7; }, world.start() + hours(1)));
  EXPECT_EQ(world.elapsed(), seconds(7));
  EXPECT_FALSE(world.run_until([] { return false; }, world.start() + seconds(20)));
  EXPECT_EQ(world.elapsed(), seconds(20));
}

TEST(World, NoticesThatTimeStandsStill) {
  World world(1);
  std::function<void()> again = [&] { world.after(Duration::zero(), again); };
  again();
  EXPECT_THROW(world.run_for(seconds(1)), std::runtime_error);
}

TEST(World, ShowsTheLastSecondTwiceOnInsert) {
  World world(1);
  const TrueTime leap = at_utc(2027, 1, 1);
  world.set_leap(leap, Leap::Insert);
  const auto half = std::chrono::milliseconds(500);
  const WallTime midnight(leap.time_since_epoch());
  EXPECT_EQ(world.utc(leap - half), midnight - half);
  EXPECT_EQ(world.utc(leap), midnight - seconds(1));
  EXPECT_EQ(world.utc(leap + half), midnight - half);
  EXPECT_EQ(world.utc(leap + seconds(1)), midnight);
}

TEST(World, LeavesASecondOutOnDelete) {
  World world(1);
  const TrueTime leap = at_utc(2027, 1, 1) - seconds(1);
  world.set_leap(leap, Leap::Delete);
  const WallTime midnight(at_utc(2027, 1, 1).time_since_epoch());
  EXPECT_EQ(world.utc(leap - Duration(1)), midnight - seconds(1) - Duration(1));
  EXPECT_EQ(world.utc(leap), midnight);
}

TEST(World, GivesEachPartItsOwnRandomNumbers) {
  const World world(1);
  const World same(1);
  const World other(2);
  EXPECT_EQ(world.random("a").bits(), same.random("a").bits());
  EXPECT_NE(world.random("a").bits(), world.random("b").bits());
  EXPECT_NE(world.random("a").bits(), other.random("a").bits());
}

}  // namespace
}  // namespace ntp::sim
