// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kThreeServers[] =
    "server 10.0.0.1 iburst minpoll 4 maxpoll 6\nserver 10.0.0.2 iburst minpoll 4 maxpoll 6\n"
    "server 10.0.0.3 iburst minpoll 4 maxpoll 6\n";

class TroubleScenario : public Scenario {
 protected:
  SimNode& start(const std::string& config = kThreeServers) {
    lab_ = std::make_unique<Lab>(GetParam());
    lab_->network.default_path().delay = exponential_delay(200e-6, 20e-6);
    for (int i = 0; i < 3; ++i) lab_->add_server();
    SimNode& node = lab_->add_node({config, kUsualOscillator, {}});
    node.start();
    return node;
  }
  void silence(bool silent) {
    for (auto& each : lab_->servers) each.behaviour.silent = silent;
  }
  double error(const SimNode& node) { return std::abs(node.host.clock.error()); }
  double distance(const SimNode& node) {
    const auto system = node.system();
    return system.root_delay / 2 + system.root_dispersion;
  }

  std::unique_ptr<Lab> lab_;
};

TEST_P(TroubleScenario, ASuspendedHostIsRightAgainWithinAMinute) {
  SimNode& node = start();
  lab_->world.run_for(hours(2));
  node.host.clock.suspend(hours(8), 3.5);
  lab_->world.run_for(hours(8) + seconds(15));
  EXPECT_EQ(node.host.log.count("the host was suspended for 28800 s"), 1U) << node.host.log.text();
  lab_->world.run_for(minutes(1));
  EXPECT_TRUE(node.synchronized());
  EXPECT_LE(error(node), 5e-3);
  EXPECT_EQ(node.host.log.count("somebody else"), 0U);
}

TEST_P(TroubleScenario, TheKernelIsNeverToldOfAnExactClock) {
  SimNode& node = start("server 10.0.0.1 minpoll 4 maxpoll 4\n");
  const auto least_error = [&] {
    double least = 1;
    for (int i = 0; i < 120; ++i) {
      lab_->world.run_for(seconds(1));
      const ClockCommand& told = node.host.clock.last_command();
      if (told.leap != Leap::Unsynchronized) least = std::min(least, told.estimated_error);
    }
    return least;
  };
  EXPECT_GE(least_error(), 1e-6);
  node.host.clock.suspend(hours(1), 0.09);
  lab_->world.run_for(hours(1));
  EXPECT_GE(least_error(), 1e-6) << "also by the first measurement afterwards";
  EXPECT_TRUE(node.synchronized());
}

TEST_P(TroubleScenario, TellsNoTimeBetweenTheResumptionAndTheNextMeasurement) {
  SimNode& node = start();
  lab_->world.run_for(hours(2));
  silence(true);
  node.host.clock.suspend(hours(1), 0.5);
  lab_->world.run_for(hours(1) + seconds(20));
  EXPECT_FALSE(node.synchronized());
  EXPECT_EQ(node.system().stratum, 16);
}

TEST_P(TroubleScenario, APausedMachineStepsWhenItsSourcesInsist) {
  SimNode& node = start();
  lab_->world.run_for(hours(2));
  node.host.clock.pause(seconds(20));
  lab_->world.run_for(minutes(15));
  EXPECT_EQ(node.host.clock.steps().size(), 1U);
  EXPECT_LE(error(node), 5e-3);
  EXPECT_TRUE(node.running());
}

TEST_P(TroubleScenario, AMachinePausedForLongPanics) {
  SimNode& node = start();
  lab_->world.run_for(hours(2));
  node.host.clock.pause(hours(1));
  lab_->world.run_for(hours(2));
  EXPECT_FALSE(node.running());
  EXPECT_EQ(node.exit_status(), 1);
  EXPECT_EQ(node.host.log.count("CLOCK: Panic: offset too big: 3"), 1U) << node.host.log.text();
}

TEST_P(TroubleScenario, AMachinePausedForLongGoesOnWithoutPanic) {
  SimNode& node = start(std::string(kThreeServers) + "tinker panic 0\n");
  lab_->world.run_for(hours(2));
  node.host.clock.pause(hours(1));
  lab_->world.run_for(hours(2));
  EXPECT_TRUE(node.running());
  EXPECT_LE(error(node), 5e-3);
}

TEST_P(TroubleScenario, SilentServersGetNoMorePacketsADayThanFromNtpsec) {
  start("server 10.0.0.1\nserver 10.0.0.2 iburst\nserver 10.0.0.3 burst iburst minpoll 4\n");
  silence(true);
  lab_->world.run_for(hours(24));
  auto server = lab_->servers.begin();
  // What NTPsec sends: one poll in three at maxpoll with iburst.
  for (const std::size_t ntpsec : {93, 228, 249}) {
    EXPECT_LE(server->requests().size(), ntpsec);
    EXPECT_GE(server++->requests().size(), 80U);
  }
}

TEST_P(TroubleScenario, WithoutSourcesTheBoundGrowsAndHolds) {
  SimNode& node = start();
  lab_->world.run_for(hours(4));
  silence(true);
  const double before = distance(node);
  lab_->world.run_for(minutes(4));
  EXPECT_TRUE(node.synchronized()) << "as long as the samples are good";
  EXPECT_EQ(node.system().stratum, 2);
  EXPECT_GE(distance(node), before + 15e-6 * 180);
  EXPECT_GE(distance(node), error(node));
  // Eight polls until the last source is unreachable, and orphanwait.
  bool bounded = true;
  for (int i = 0; i < 60 && node.synchronized(); ++i) {
    bounded &= distance(node) >= error(node);
    lab_->world.run_for(minutes(1));
  }
  EXPECT_TRUE(bounded);
  EXPECT_FALSE(node.synchronized());
  EXPECT_EQ(node.system().stratum, 16);
  EXPECT_EQ(node.host.log.count("no peer for too long, server running free now"), 1U);
  EXPECT_EQ(node.host.clock.last_command().leap, Leap::Unsynchronized);
  silence(false);
  lab_->world.run_for(hours(1));
  EXPECT_TRUE(node.synchronized());
  EXPECT_LE(error(node), 2e-3);
}

TEST_P(TroubleScenario, AnOrphanServesAtItsStratum) {
  SimNode& node = start(std::string(kThreeServers) + "tos orphan 6 orphanwait 60\n");
  lab_->world.run_for(hours(1));
  EXPECT_EQ(node.system().stratum, 2);
  silence(true);
  lab_->world.run_for(minutes(30));
  EXPECT_EQ(node.system().stratum, 6);
  EXPECT_EQ(node.system().reference_id.to_quad(), "127.0.0.1");
  EXPECT_EQ(node.system().leap, Leap::None);
  silence(false);
  lab_->world.run_for(minutes(30));
  EXPECT_EQ(node.system().stratum, 2);
}

TEST_P(TroubleScenario, AnOrphanNeedsNoSourceEver) {
  SimNode& node = start("tos orphan 6 orphanwait 60\n");
  lab_->world.run_for(seconds(50));
  EXPECT_EQ(node.system().stratum, 16);
  lab_->world.run_for(seconds(60));
  EXPECT_EQ(node.system().stratum, 6);
  EXPECT_EQ(node.system().leap, Leap::None);
}

TEST_P(TroubleScenario, AKernelThatRefusesForAnHourIsSteeredAfterwards) {
  SimNode& node = start();
  lab_->world.run_for(hours(1));
  node.host.clock.fail_commands("adjtimex: Invalid argument");
  lab_->world.run_for(hours(1));
  EXPECT_TRUE(node.running());
  EXPECT_EQ(node.host.log.count("adjtimex: Invalid argument"), 1U) << node.host.log.text();
  node.host.clock.fail_commands(std::nullopt);
  lab_->world.run_for(hours(2));
  EXPECT_TRUE(node.synchronized());
  EXPECT_LE(error(node), 2e-3);
}

TEST_P(TroubleScenario, LosingTheRightToSetTheClockLeavesTheDaemonServing) {
  SimNode& node = start();
  lab_->world.run_for(hours(1));
  node.host.clock.fail_commands("adjtimex: Operation not permitted");
  node.host.clock.set_adjustable(false);
  lab_->world.run_for(hours(1));
  EXPECT_TRUE(node.running());
  EXPECT_TRUE(node.synchronized());
  EXPECT_EQ(node.system().stratum, 2);
}

/// Half an hour of a client of a node that may not set its clock, which is off by 0.5 s and 40 ppm.
class ReadOnlyScenario : public TroubleScenario {
 protected:
  double error_of_client(const std::string& option) {
    lab_ = std::make_unique<Lab>(GetParam());
    lab_->network.default_path().delay = exponential_delay(200e-6, 20e-6);
    lab_->add_server();
    SimNode& middle = lab_->add_node({"server 10.0.0.1 iburst minpoll 4 maxpoll 4\n" + option,
                                      Oscillator{.frequency = 40e-6, .offset = 0.5},
                                      {}});
    middle.start();
    lab_->world.run_for(minutes(10));
    SimNode& client =
        lab_->add_node({"server 10.0.1.1 iburst minpoll 4 maxpoll 4\n", kUsualOscillator, {}});
    client.start();
    lab_->world.run_for(minutes(30));
    EXPECT_NEAR(middle.host.clock.error(), 0.5, 0.2) << "it is only read";
    EXPECT_TRUE(client.synchronized());
    distance_ = distance(middle);
    return error(client);
  }

  double distance_ = 0;
};

TEST_P(ReadOnlyScenario, ServesWhatItsClockShows) {
  EXPECT_NEAR(error_of_client("disable ntp\n"), 0.5, 0.2);
  EXPECT_GE(distance_, 0.4) << "and says how far off that may be";
}

TEST_P(ReadOnlyScenario, ServesTheEstimatedTimeIfToldTo) {
  EXPECT_LE(error_of_client("disable ntp\ntos correct 1\n"), 2e-3);
  EXPECT_LE(distance_, 0.1);
}

SIM_RUN_SEEDS(TroubleScenario);
SIM_RUN_SEEDS(ReadOnlyScenario);

}  // namespace
}  // namespace ntp::sim
