// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Servers that are given by name, and pools.
class NameScenario : public Scenario {
 protected:
  void add_servers(int count) {
    for (int i = 0; i < count; ++i) addresses_.push_back(lab_.add_server().address());
  }
  [[nodiscard]] static std::set<Address> members(const SimNode& node) {
    std::set<Address> found;
    for (const std::uint16_t id : node.engine().associations()) {
      const auto view = node.engine().peer(id);
      if (view->remote.address.is_set()) found.insert(view->remote.address);
    }
    return found;
  }

  Lab lab_{GetParam()};
  std::vector<Address> addresses_;
};

TEST_P(NameScenario, TriesAgainUntilANameResolves) {
  add_servers(1);
  SimNode& node = lab_.add_node({"server time.example iburst", kUsualOscillator, {}});
  node.host.resolver.fail_lookups("time.example", "Temporary failure in name resolution");
  node.start();
  lab_.world.run_for(hours(2));
  EXPECT_GE(node.host.resolver.lookups("time.example"), 5);
  EXPECT_LE(node.host.resolver.lookups("time.example"), 30);
  EXPECT_LE(node.host.log.count("Temporary failure"), 2U);
  node.host.resolver.set("time.example", addresses_);
  lab_.world.run_for(minutes(40));
  EXPECT_TRUE(node.synchronized());
}

TEST_P(NameScenario, MovesToANewAddressOfAServerThatDied) {
  add_servers(2);
  SimNode& node = lab_.add_node({"server time.example iburst", kUsualOscillator, {}});
  node.host.resolver.set("time.example", {addresses_[0]});
  node.start();
  lab_.world.run_for(hours(1));
  EXPECT_TRUE(members(node).contains(addresses_[0]));
  lab_.servers.front().behaviour.silent = true;
  node.host.resolver.set("time.example", {addresses_[1]});
  lab_.world.run_for(hours(10));
  EXPECT_TRUE(members(node).contains(addresses_[1]));
  EXPECT_NE(node.peer(addresses_[1])->reach, 0);
}

TEST_P(NameScenario, FillsAPoolAndReplacesTheDead) {
  add_servers(12);
  SimNode& node = lab_.add_node({"pool pool.example iburst\ntos maxclock 5", kUsualOscillator, {}});
  node.host.resolver.set("pool.example", {addresses_.begin(), addresses_.begin() + 4});
  node.start();
  lab_.world.run_for(minutes(10));
  EXPECT_TRUE(node.synchronized());
  EXPECT_EQ(members(node).size(), 4U);
  node.host.resolver.set("pool.example", {addresses_.begin() + 4, addresses_.end()});
  lab_.world.run_for(hours(2));
  const auto full = members(node);
  EXPECT_GE(full.size(), 5U);
  EXPECT_LE(full.size(), 6U);
  lab_.servers.front().behaviour.silent = true;
  lab_.world.run_for(hours(8));
  EXPECT_FALSE(members(node).contains(addresses_[0]));
  EXPECT_GE(members(node).size(), 5U);
  EXPECT_LE(std::abs(node.host.clock.error()), 1e-3);
}

TEST_P(NameScenario, ASilentPoolGetsNoMorePacketsADayThanFromNtpsec) {
  add_servers(4);
  for (PerfectServer& server : lab_.servers) server.behaviour.silent = true;
  SimNode& node = lab_.add_node({"pool pool.example iburst", kUsualOscillator, {}});
  node.host.resolver.set("pool.example", addresses_);
  node.start();
  lab_.world.run_for(hours(24));
  for (PerfectServer& server : lab_.servers) {
    EXPECT_LE(server.requests().size(), 228U);
    server.behaviour.silent = false;
  }
  lab_.world.run_for(minutes(20));
  EXPECT_TRUE(node.synchronized());
}

TEST_P(NameScenario, RunsTheSameForTheSameSeed) {
  const auto trace = [this] {
    Lab lab(seed());
    lab.network.default_path().delay = pareto_delay(1e-3, 1e-3, 2);
    lab.network.default_path().loss = 0.1;
    lab.add_server();
    SimNode& node = lab.add_node({"server 10.0.0.1 iburst", kUsualOscillator, {}});
    node.start();
    lab.world.run_for(hours(3));
    return std::make_pair(node.host.recorder.errors(), lab.servers.front().requests());
  };
  EXPECT_EQ(trace(), trace());
}

TEST_P(NameScenario, APoolThatRefusesForADayDoesNotFillTheLog) {
  add_servers(4);
  for (PerfectServer& server : lab_.servers) server.behaviour.kiss = kiss::kDeny;
  SimNode& node = lab_.add_node({"pool pool.example iburst", kUsualOscillator, {}});
  node.host.resolver.set("pool.example", addresses_);
  node.start();
  lab_.world.run_for(hours(24));
  EXPECT_GE(node.host.resolver.lookups("pool.example"), 100);
  // Taken, refused and dropped: told once an hour of each server.
  EXPECT_LE(node.host.log.written(LogLevel::Info), 4U * 3U * 25U);
  EXPECT_TRUE(node.host.log.contains(" times before)"));
}

SIM_RUN_SEEDS(NameScenario);

}  // namespace
}  // namespace ntp::sim
