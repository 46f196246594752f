// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kServers = 8;

/// A random ntp.conf of sources, each with its line, and other directives.
struct RandomConfig {
  explicit RandomConfig(RandomStream& random) {
    for (int number = 1; number <= kServers; ++number) {
      if (random.chance(0.5)) add_source(number, random);
    }
    if (random.chance(0.3)) others += "pool pool.example iburst\n";
    if (random.chance(0.3)) others += "refclock local stratum 10\n";
    if (random.chance(0.3)) others += "restrict 192.0.2.0/24 ignore\n";
    if (random.chance(0.3)) others += "restrict default kod limited\n";
    if (random.chance(0.3)) others += "restrict name.example nomodify\n";
    if (random.chance(0.3)) others += "tos maxclock 6 minsane 2\n";
    if (random.chance(0.3)) others += "tinker panic 0 stepout 600\n";
    if (random.chance(0.3)) others += "limit average 3 burst 10\n";
    if (random.chance(0.3)) others += "mru maxdepth 700\n";
    if (random.chance(0.3)) others += "driftfile /var/lib/other/drift\n";
    if (random.chance(0.2)) others += "disable ntp\n";
  }

  void add_source(int number, RandomStream& random) {
    const Address address = Lab::server_address(number);
    std::string line = "server " + address.to_string();
    if (random.chance(0.3)) line += " minpoll 4";
    if (random.chance(0.3)) line += " maxpoll 7";
    if (random.chance(0.2)) line += " prefer";
    if (random.chance(0.2)) line += " noselect";
    if (random.chance(0.1)) line += " bias 0.001";
    if (random.chance(0.5)) line += " iburst";
    sources[address] = line;
  }

  [[nodiscard]] std::string text() const {
    std::string all = others;
    for (const auto& [address, line] : sources) all += line + '\n';
    return all;
  }

  std::map<Address, std::string> sources;
  std::string others;
};

/// What a client loses when its source begins anew.
struct Samples {
  std::uint16_t id;
  std::uint64_t received;
  std::uint8_t reach;
  std::array<double, 8> delays;
  std::array<double, 8> offsets;

  explicit Samples(const control::PeerView& view)
      : id(view.id),
        received(view.packets_received),
        reach(view.reach),
        delays(view.filter_delay),
        offsets(view.filter_offset) {}
  friend bool operator==(const Samples&, const Samples&) = default;
};

class ReloadScenario : public Scenario {
 protected:
  ReloadScenario() {
    lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    std::vector<Address> pool;
    for (int number = 1; number <= kServers + 3; ++number) lab.add_server();
    for (int number = kServers + 1; number <= kServers + 3; ++number) {
      pool.push_back(Lab::server_address(number));
    }
    node_ = &lab.add_node({"", kUsualOscillator, {}});
    node_->host.resolver.set("pool.example", pool);
    node_->host.resolver.set("name.example", {Address::v4(0xc0000207)});
    node_->start();
  }

  [[nodiscard]] std::map<Address, Samples> samples() const {
    std::map<Address, Samples> all;
    for (const std::uint16_t id : node_->engine().associations()) {
      const auto view = node_->engine().peer(id);
      if (view->remote.address.is_set()) all.emplace(view->remote.address, Samples(*view));
    }
    return all;
  }

  Lab lab{GetParam()};
  SimNode* node_ = nullptr;
};

TEST_P(ReloadScenario, KeepsTheSamplesOfUnchangedSourcesOver40RandomPairs) {
  RandomStream random = lab.world.random("configurations");
  RandomConfig running(random);
  ASSERT_TRUE(node_->reload(running.text()));
  std::size_t kept = 0;
  for (int pair = 0; pair < 40; ++pair) {
    lab.world.run_for(minutes(20));
    const auto before = samples();
    RandomConfig wanted(random);
    for (const auto& [address, line] : running.sources) {
      if (random.chance(0.5)) wanted.sources[address] = line;
    }
    ASSERT_TRUE(node_->reload(wanted.text()));
    const auto after = samples();
    for (const auto& [address, line] : wanted.sources) {
      ASSERT_TRUE(after.contains(address)) << line;
      const auto same = running.sources.find(address);
      if (same == running.sources.end() || same->second != line) continue;
      EXPECT_EQ(after.at(address), before.at(address)) << line;
      ++kept;
    }
    for (const auto& [address, line] : running.sources) {
      EXPECT_EQ(after.contains(address), wanted.sources.contains(address)) << line;
    }
    running = wanted;
  }
  EXPECT_GT(kept, 40U);
}

TEST_P(ReloadScenario, ChangesNothingWhereThereIsAnError) {
  RandomStream random = lab.world.random("configurations");
  RandomConfig running(random);
  running.add_source(1, random);
  ASSERT_TRUE(node_->reload(running.text()));
  lab.world.run_for(hours(1));
  const std::vector<std::string> mistakes{"servre 10.0.0.1\n", "server 10.0.0.1 minpoll x\n",
                                          "restrict 10.0.0.0 mask 1.2.3 ignore\n", "tos foo 3\n",
                                          "includefile /nowhere\n"};
  for (const std::string& mistake : mistakes) {
    const auto before = samples();
    const auto settings = node_->engine().settings();
    const auto channels = node_->host.stack.open_channels();
    const auto timers = node_->host.timers.pending();
    EXPECT_FALSE(node_->reload(RandomConfig(random).text() + mistake)) << mistake;
    EXPECT_EQ(samples(), before);
    EXPECT_TRUE(config::changed_sections(settings, node_->engine().settings()).empty());
    EXPECT_EQ(node_->host.stack.open_channels(), channels);
    EXPECT_EQ(node_->host.timers.pending(), timers);
  }
  EXPECT_EQ(node_->host.log.count("the running one is kept whole"), mistakes.size());
}

TEST_P(ReloadScenario, LeavesNothingBehindAfterGoingThereAndBack) {
  RandomStream random = lab.world.random("configurations");
  const RandomConfig home(random);
  ASSERT_TRUE(node_->reload(home.text()));
  lab.world.run_for(hours(2));
  const auto resting = [&] {
    return std::pair(node_->host.stack.open_channels(), node_->engine().associations().size());
  };
  const auto channels = resting();
  std::size_t memory = 0;
  for (int journey = 0; journey < 30; ++journey) {
    ASSERT_TRUE(node_->reload(RandomConfig(random).text()));
    lab.world.run_for(minutes(10));
    ASSERT_TRUE(node_->reload(home.text()));
    lab.world.run_for(minutes(50));
    EXPECT_EQ(resting(), channels) << "after journey " << journey;
    if (journey == 9) memory = mallinfo2().uordblks;
  }
  EXPECT_LE(node_->host.timers.pending(), channels.second + 3);
  // The simulation itself records errors and log lines; a leak of a source a journey would show.
  EXPECT_LE(mallinfo2().uordblks, memory + 2'000'000);
}

TEST_P(ReloadScenario, AppliesOptionsUnderWay) {
  ASSERT_TRUE(
      node_->reload("server 10.0.0.1 iburst minpoll 6 maxpoll 6\n"
                    "server 10.0.0.2 iburst minpoll 6 maxpoll 6 noselect\n"));
  lab.world.run_for(hours(1));
  const auto before = samples();
  ASSERT_TRUE(
      node_->reload("server 10.0.0.1 minpoll 4 maxpoll 4 noselect\n"
                    "server 10.0.0.2 minpoll 6 maxpoll 6 prefer\n"));
  EXPECT_EQ(samples(), before);
  EXPECT_EQ(node_->system().peer_address.address, Lab::server_address(2));
  lab.world.run_for(minutes(20));
  EXPECT_EQ(node_->peer(Lab::server_address(1))->host_poll, 4);
  EXPECT_GE(samples().at(Lab::server_address(1)).received,
            before.at(Lab::server_address(1)).received + 60);
  EXPECT_EQ(node_->host.log.count("CONFIG: reloaded: 2 sources changed (10.0.0.1, 10.0.0.2)"), 1U);
}

TEST_P(ReloadScenario, RemovesAPoolWithItsMembers) {
  ASSERT_TRUE(node_->reload("pool pool.example iburst\nserver 10.0.0.1 iburst\n"));
  lab.world.run_for(minutes(30));
  EXPECT_EQ(node_->engine().associations().size(), 5U);
  ASSERT_TRUE(node_->reload("server 10.0.0.1 iburst\n"));
  EXPECT_EQ(node_->engine().associations().size(), 1U);
  EXPECT_EQ(node_->host.stack.open_channels(), 1U);
  lab.world.run_for(hours(1));
  EXPECT_TRUE(node_->synchronized());
  EXPECT_EQ(node_->engine().associations().size(), 1U);
}

TEST_P(ReloadScenario, StopsAndTakesUpTheDiscipline) {
  ASSERT_TRUE(node_->reload("server 10.0.0.1 iburst minpoll 6 maxpoll 6\n"));
  lab.world.run_for(hours(6));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3);
  ASSERT_TRUE(node_->reload("server 10.0.0.1 iburst minpoll 6 maxpoll 6\ndisable ntp\n"));
  const auto steps = node_->host.clock.steps().size();
  lab.world.run_for(hours(24));
  ASSERT_TRUE(node_->reload("server 10.0.0.1 iburst minpoll 6 maxpoll 6\n"));
  lab.world.run_for(hours(6));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3);
  EXPECT_LE(node_->host.clock.steps().size(), steps + 1);
}

SIM_RUN_SEEDS(ReloadScenario);

}  // namespace
}  // namespace ntp::sim
