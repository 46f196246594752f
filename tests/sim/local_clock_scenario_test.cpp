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

constexpr char kServerAndLocal[] =
    "server 127.127.1.0\nfudge 127.127.1.0 stratum 10\nserver 10.0.0.1 iburst\n";

/// The local clock as the fallback that many old configurations have.
class LocalClockScenario : public Scenario {
 protected:
  SimNode& add_node(double offset, bool allow_panic = false) {
    lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    lab_.add_server();
    NodeOptions options{
        kServerAndLocal, {.frequency = 10e-6, .offset = offset, .wander = 1e-9}, {}};
    options.engine.allow_panic = allow_panic;
    return lab_.add_node(options);
  }

  Lab lab_{GetParam()};
};

TEST_P(LocalClockScenario, DoesNotKeepAServerFromSettingTheClock) {
  SimNode& node = add_node(10);
  node.start();
  lab_.world.run_for(seconds(30));
  EXPECT_LE(std::abs(node.host.clock.error()), 5e-3);
  lab_.world.run_for(hours(3));
  EXPECT_LE(std::abs(node.host.clock.error()), 1e-3);
  EXPECT_NEAR(node.system().frequency, -10e-6, 1e-6);
  EXPECT_EQ(node.system().stratum, 2);
}

TEST_P(LocalClockScenario, LeavesThePanicGateToTheServer) {
  SimNode& node = add_node(2000, true);
  lab_.servers.front().behaviour.silent = true;
  node.start();
  lab_.world.run_for(minutes(20));
  EXPECT_EQ(node.system().stratum, 11);
  lab_.servers.front().behaviour.silent = false;
  lab_.world.run_for(hours(2));
  EXPECT_FALSE(node.exit_status().has_value()) << node.host.log.text();
  EXPECT_LE(std::abs(node.host.clock.error()), 5e-3);
}

TEST_P(LocalClockScenario, LeadsOnlyWhenNobodyElseDidForLong) {
  SimNode& node = add_node(0.001);
  lab_.servers.front().behaviour.silent = true;
  node.start();
  lab_.world.run_for(minutes(4));
  EXPECT_FALSE(node.synchronized());
  lab_.world.run_for(minutes(4));
  EXPECT_TRUE(node.synchronized());
  EXPECT_EQ(node.system().stratum, 11);
}

SIM_RUN_SEEDS(LocalClockScenario);

}  // namespace
}  // namespace ntp::sim
