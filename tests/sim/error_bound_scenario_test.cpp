// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// While a daemon says that it is synchronized, its root distance holds the true error of its
/// clock.
class ErrorBoundScenario : public Scenario {
 protected:
  /// A daemon with so many servers over paths of 1 ms and 0.1 ms of queues, watched each second.
  void set_up(int servers) {
    lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    std::string config;
    for (int i = 0; i < servers; ++i) {
      config += "server " + lab_.add_server().address().to_string() + " iburst\n";
    }
    node_ = &lab_.add_node({config, kUsualOscillator, {}});
    node_->start();
    lab_.world.every(seconds(1), [this] { look(); });
  }
  void look() {
    if (!node_->synchronized()) return;
    const auto system = node_->system();
    ++seconds_;
    const double distance = system.root_delay / 2 + system.root_dispersion;
    outside_ += std::abs(node_->host.clock.error()) > distance;
  }
  void TearDown() override {
    EXPECT_GT(seconds_, 20'000) << "it is synchronized most of the time";
    EXPECT_LE(outside_, seconds_ / 1000);
    Scenario::TearDown();
  }

  Lab lab_{seed()};
  SimNode* node_ = nullptr;
  int seconds_ = 0;
  int outside_ = 0;
};

TEST_P(ErrorBoundScenario, InQuietTimes) {
  set_up(1);
  lab_.world.run_for(hours(8));
}

TEST_P(ErrorBoundScenario, WithAWanderingOscillatorAndLostPackets) {
  lab_.network.default_path().loss = 0.5;
  lab_.network.default_path().delay = pareto_delay(5e-3, 1e-3, 1.5);
  lab_.add_server();
  node_ = &lab_.add_node(
      {"server 10.0.0.1 iburst", {.frequency = 10e-6, .offset = 0.01, .wander = 1e-7}, {}});
  node_->start();
  lab_.world.every(seconds(1), [this] { look(); });
  lab_.world.run_for(hours(8));
}

TEST_P(ErrorBoundScenario, WhenOneSourceOfFourLeaps) {
  for (const double leap : {0.05, 0.2, 2000.0}) {
    SCOPED_TRACE(leap);
    if (node_ == nullptr) set_up(4);
    lab_.world.run_for(hours(2));
    lab_.servers.front().behaviour.offset = leap;
    lab_.world.run_for(hours(2));
    EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3);
    EXPECT_TRUE(node_->host.clock.steps().empty());
    EXPECT_LE(node_->peer(Lab::server_address(1))->selection, 1) << "a falseticker";
    lab_.servers.front().behaviour.offset = 0;
    lab_.world.run_for(hours(1));
  }
}

TEST_P(ErrorBoundScenario, WhenTheWayThereGetsLonger) {
  set_up(1);
  lab_.world.run_for(hours(3));
  lab_.network.path(Lab::node_address(1), Lab::server_address(1)).delay =
      exponential_delay(31e-3, 100e-6);
  lab_.world.run_for(hours(8));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3) << "nothing but the path has moved";
}

TEST_P(ErrorBoundScenario, WhenSomebodySetsTheClock) {
  set_up(1);
  for (const int by : {42, -900, 1}) {
    lab_.world.run_for(hours(4));
    node_->host.clock.set_by_other(seconds(by));
  }
  lab_.world.run_for(hours(30));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3);
}

SIM_RUN_SEEDS(ErrorBoundScenario);

}  // namespace
}  // namespace ntp::sim
