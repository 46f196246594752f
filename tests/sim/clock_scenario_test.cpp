// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kFollowServer[] = "server 10.0.0.1 iburst minpoll 4 maxpoll 6\ndriftfile /drift";
constexpr char kFollowNode[] = "server 10.0.1.1 iburst minpoll 4 maxpoll 6";

/// What happens to a host's clock, and to its daemon.
class ClockScenario : public Scenario {
 protected:
  /// A scripted server, a daemon that follows it, and one that follows that daemon.
  void set_up(TrueTime start) {
    lab_ = std::make_unique<Lab>(seed(), start);
    lab_->network.default_path().delay = exponential_delay(200e-6, 20e-6);
    lab_->add_server();
    first_ = &lab_->add_node({kFollowServer, kUsualOscillator, {}});
    second_ = &lab_->add_node({kFollowNode, kUsualOscillator, {}});
    first_->start();
    second_->start();
  }
  /// The largest error of a daemon's clock from `from` on.
  static double worst(const SimNode& node, TrueTime from) {
    return node.host.recorder.summary({from, std::nullopt}).maximum;
  }

  std::unique_ptr<Lab> lab_;
  SimNode* first_ = nullptr;
  SimNode* second_ = nullptr;
};

TEST_P(ClockScenario, PassesThroughALeapSecond) {
  const TrueTime leap = at_utc(2026, 7, 1);
  set_up(leap - hours(8));
  lab_->world.set_leap(leap, Leap::Insert);
  lab_->world.run_until(leap - minutes(10));
  EXPECT_EQ(second_->system().leap, Leap::Insert);
  lab_->world.run_until(leap + hours(3));
  for (const SimNode* node : {first_, second_}) {
    EXPECT_LE(worst(*node, leap - hours(4)), 2e-3);
    EXPECT_EQ(node->host.clock.leaps_done(), 1);
    EXPECT_TRUE(node->host.clock.steps().empty()) << node->host.log.text();
    EXPECT_EQ(node->system().leap, Leap::None);
    EXPECT_EQ(node->host.clock.last_command().leap, Leap::None);
  }
}

TEST_P(ClockScenario, LeavesOutASecondThatIsDeleted) {
  const TrueTime leap = at_utc(2026, 7, 1) - seconds(1);
  set_up(leap - hours(8));
  lab_->world.set_leap(leap, Leap::Delete);
  lab_->world.run_until(leap + hours(3));
  for (const SimNode* node : {first_, second_}) {
    EXPECT_LE(worst(*node, leap - hours(4)), 2e-3);
    EXPECT_EQ(node->host.clock.leaps_done(), 1);
    EXPECT_TRUE(node->host.clock.steps().empty()) << node->host.log.text();
  }
}

TEST_P(ClockScenario, CrossesTheEraOf2036) {
  const TrueTime rollover = at_utc(2036, 2, 7) + hours(6) + minutes(28) + seconds(16);
  set_up(rollover - hours(4));
  lab_->world.run_until(rollover + hours(4));
  for (const SimNode* node : {first_, second_}) {
    EXPECT_LE(worst(*node, rollover - hours(2)), 2e-3);
    EXPECT_TRUE(node->host.clock.steps().empty()) << node->host.log.text();
    EXPECT_TRUE(node->synchronized());
  }
}

TEST_P(ClockScenario, StartsInTheNextEra) {
  set_up(at_utc(2040, 3, 1));
  lab_->world.run_for(hours(4));
  EXPECT_LE(worst(*second_, lab_->world.now() - hours(1)), 2e-3);
}

TEST_P(ClockScenario, CorrectsWhatSomebodyElseSetWrong) {
  set_up(at_utc(2026, 1, 1));
  lab_->world.run_for(hours(3));
  const double frequency = first_->system().frequency;
  first_->host.clock.set_by_other(seconds(42));
  lab_->world.run_for(minutes(10));
  EXPECT_LE(std::abs(first_->host.clock.error()), 10e-3);
  EXPECT_NEAR(first_->system().frequency, frequency, 5e-6);
  EXPECT_TRUE(first_->host.log.contains("set by somebody else"));
  lab_->world.run_for(hours(3));
  EXPECT_LE(worst(*first_, lab_->world.now() - hours(1)), 2e-3);
  EXPECT_LE(worst(*second_, lab_->world.now() - hours(1)), 2e-3);
}

TEST_P(ClockScenario, WhoWantsNoStepsGetsNoFastSlewsEither) {
  lab_ = std::make_unique<Lab>(seed());
  lab_->add_server();
  const NodeOptions never{std::string(kFollowServer) + "\ntinker step 0", kUsualOscillator, {}};
  NodeOptions slewed{kFollowServer, kUsualOscillator, {}};
  slewed.engine.slew_only = true;
  for (const NodeOptions& options : {never, slewed}) lab_->add_node(options).start();
  const TrueTime set = lab_->world.now() + hours(1);
  double fastest = 0;
  for (int second = 0; second < 7200; ++second) {
    lab_->world.run_for(seconds(1));
    for (SimNode& node : lab_->nodes) {
      if (lab_->world.now() == set) node.host.clock.set_by_other(milliseconds(300));
      fastest = std::max(fastest, std::abs(node.host.clock.frequency()));
    }
  }
  EXPECT_LE(fastest, 500.1e-6);
  EXPECT_GE(fastest, 400e-6);
  for (const SimNode& node : lab_->nodes) {
    EXPECT_TRUE(node.host.clock.steps().empty());
    EXPECT_LE(worst(node, lab_->world.now() - minutes(20)), 2e-3);
  }
}

TEST_P(ClockScenario, SlewsAwayASmallStepOfSomebodyElse) {
  set_up(at_utc(2026, 1, 1));
  lab_->world.run_for(hours(3));
  first_->host.clock.set_by_other(-milliseconds(20));
  lab_->world.run_for(hours(2));
  EXPECT_TRUE(first_->host.clock.steps().empty());
  EXPECT_LE(worst(*first_, lab_->world.now() - hours(1)), 2e-3);
}

TEST_P(ClockScenario, FollowsAChangeOfTemperature) {
  set_up(at_utc(2026, 1, 1));
  lab_->world.run_for(hours(3));
  const TrueTime jump = lab_->world.now();
  first_->host.clock.change_frequency(5e-6);
  lab_->world.run_for(hours(3));
  EXPECT_LE(worst(*first_, jump), 5e-3);
  EXPECT_LE(worst(*first_, lab_->world.now() - hours(1)), 1e-3);
}

TEST_P(ClockScenario, SurvivesARestartOfTheServer) {
  set_up(at_utc(2026, 1, 1));
  lab_->world.run_for(hours(3));
  first_->stop();
  const TrueTime stopped = lab_->world.now();
  lab_->world.run_for(hours(1));
  EXPECT_EQ(second_->peer(first_->host.address())->reach, 0);
  EXPECT_LE(worst(*second_, stopped), 10e-3);
  first_->start();
  lab_->world.run_for(hours(1));
  EXPECT_NE(second_->peer(first_->host.address())->reach, 0);
  EXPECT_TRUE(second_->synchronized());
  EXPECT_TRUE(second_->host.clock.steps().empty());
  EXPECT_LE(worst(*second_, lab_->world.now() - minutes(20)), 3e-3);
}

TEST_P(ClockScenario, StartsAgainFromItsDriftFile) {
  set_up(at_utc(2026, 1, 1));
  lab_->world.run_for(hours(6));
  first_->stop();
  ASSERT_TRUE(first_->host.files.content("/drift").has_value());
  EXPECT_NEAR(std::stod(*first_->host.files.content("/drift")), -10, 1);
  lab_->world.run_for(minutes(5));
  const TrueTime again = lab_->world.now();
  first_->start();
  lab_->world.run_for(hours(2));
  EXPECT_LE(worst(*first_, again), 2e-3);
}

TEST_P(ClockScenario, OnlyWatchesAClockItMayNotSet) {
  lab_ = std::make_unique<Lab>(seed());
  lab_->add_server();
  SimNode& node =
      lab_->add_node({"server 10.0.0.1 iburst", {.frequency = 1e-6, .offset = 0.05}, {}});
  node.host.clock.set_adjustable(false);
  node.start();
  lab_->world.run_for(hours(2));
  EXPECT_TRUE(node.synchronized());
  EXPECT_NEAR(node.host.clock.error(), 0.05 + 7200 * 1e-6, 1e-6);
  EXPECT_NEAR(node.system().offset, -node.host.clock.error(), 2e-3);
}

TEST_P(ClockScenario, ReportsAClockThatRefusesOnlyOnce) {
  set_up(at_utc(2026, 1, 1));
  first_->host.clock.fail_commands("Operation not permitted");
  lab_->world.run_for(hours(6));
  EXPECT_EQ(first_->host.log.count("Operation not permitted"), 1U);
}

TEST_P(ClockScenario, EndsWhenTheOffsetIsBeyondPanic) {
  lab_ = std::make_unique<Lab>(seed());
  lab_->add_server();
  SimNode& node = lab_->add_node({"server 10.0.0.1 iburst", {.offset = 5000}, {}});
  node.start();
  lab_->world.run_for(minutes(30));
  EXPECT_FALSE(node.running());
  EXPECT_EQ(node.exit_status(), 1);
  EXPECT_NEAR(node.host.clock.error(), 5000, 0.1);
}

TEST_P(ClockScenario, SetsAWildClockWhenAllowedTo) {
  lab_ = std::make_unique<Lab>(seed());
  lab_->add_server();
  NodeOptions options{"server 10.0.0.1 iburst", {.offset = -86400.0 * 400}, {}};
  options.engine.allow_panic = true;
  SimNode& node = lab_->add_node(options);
  node.start();
  lab_->world.run_for(minutes(30));
  EXPECT_TRUE(node.synchronized());
  EXPECT_EQ(node.host.clock.steps().size(), 1U);
  EXPECT_LE(std::abs(node.host.clock.error()), 5e-3);
}

SIM_RUN_SEEDS(ClockScenario);

}  // namespace
}  // namespace ntp::sim
