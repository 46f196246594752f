// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <iterator>

#include "tests/sim/lab.h"
#include "tests/sim/scene.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// Seconds in which a daemon says that it is synchronized, and those of them in which its root
/// distance does not hold the true error of its clock.
struct Holding {
  std::uint64_t synchronized = 0;
  std::uint64_t outside = 0;

  void operator+=(const Holding& other) {
    synchronized += other.synchronized;
    outside += other.outside;
  }
  [[nodiscard]] double share_outside() const {
    return static_cast<double>(outside) /
           static_cast<double>(std::max<std::uint64_t>(synchronized, 1));
  }
};

Holding watch(const Scene& scene, std::uint64_t seed) {
  Lab lab(seed);
  const SimNode& node = start(scene, lab);
  Holding holding;
  lab.world.every(seconds(1), [&] {
    if (node.host.clock.stands_still() || !node.synchronized()) return;
    const auto system = node.system();
    const double distance = system.root_delay / 2 + system.root_dispersion;
    ++holding.synchronized;
    holding.outside += std::abs(node.host.clock.error()) > distance;
  });
  lab.world.run_for(scene.span);
  return holding;
}

void print(const std::string& name, const Holding& holding, const std::string& more) {
  std::printf("%-10s %11llu s, outside %8llu: %.5f %%%s\n", name.c_str(),
              static_cast<unsigned long long>(holding.synchronized),
              static_cast<unsigned long long>(holding.outside), holding.share_outside() * 100,
              more.c_str());
  std::fflush(stdout);
}

/// All seeds of a scene.
Holding watch_all(const Scene& scene) {
  Holding all;
  double worst = -1;
  std::uint64_t worst_seed = 0;
  int bad_seeds = 0;
  for (const std::uint64_t seed : seeds()) {
    const Holding one = watch(scene, seed);
    all += one;
    bad_seeds += one.share_outside() > 1e-3 ? 1 : 0;
    if (one.share_outside() <= worst) continue;
    worst = one.share_outside();
    worst_seed = seed;
  }
  char more[80];
  std::snprintf(more, sizeof more, "; seed %llu: %.3f %%; %d seeds above 0.1 %%",
                static_cast<unsigned long long>(worst_seed), worst * 100, bad_seeds);
  print(scene.name, all, more);
  return all;
}

/// While a daemon says that it is synchronized, its root distance holds the true error of its
/// clock: in all but one second of a thousand, over all conditions and in each of them.
/// REGULATOR_SIM_SEEDS=200 is for a thorough look.
TEST(ErrorBound, HoldsTheTrueErrorUnderAllConditions) {
  std::vector<Scene> scenes = usual_scenes();
  std::ranges::move(trouble_scenes(), std::back_inserter(scenes));
  Holding total;
  for (const Scene& scene : scenes) {
    const Holding all = watch_all(scene);
    total += all;
    EXPECT_GT(all.synchronized, 0U) << scene.name;
    // Of a pause nobody can know before the next answer comes.
    EXPECT_LE(all.share_outside(), scene.name == "paused" ? 0.02 : 1e-3) << scene.name;
  }
  print("all", total, "");
  EXPECT_LE(total.share_outside(), 1e-3);
}

/// What else is to be true when a source, a path or a clock leaps.
class LeapingScenario : public Scenario {
 protected:
  void set_up(int servers) {
    lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    std::string config;
    for (int i = 0; i < servers; ++i) {
      config += "server " + lab_.add_server().address().to_string() + " iburst\n";
    }
    node_ = &lab_.add_node({config, kUsualOscillator, {}});
    node_->start();
  }

  Lab lab_{seed()};
  SimNode* node_ = nullptr;
};

TEST_P(LeapingScenario, OneSourceOfFourIsOutvoted) {
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

TEST_P(LeapingScenario, ALongerWayThereMovesNoClock) {
  set_up(1);
  lab_.world.run_for(hours(3));
  lab_.network.path(Lab::node_address(1), Lab::server_address(1)).delay =
      exponential_delay(31e-3, 100e-6);
  lab_.world.run_for(hours(8));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3) << "nothing but the path has moved";
}

TEST_P(LeapingScenario, AWayThatGetsLongerAgainOrShorterMovesNoClock) {
  set_up(1);
  lab_.world.run_for(hours(3));
  for (const double way : {31e-3, 32e-3, 22e-3, 1e-3}) {
    SCOPED_TRACE(way);
    lab_.network.path(Lab::node_address(1), Lab::server_address(1)).delay =
        exponential_delay(way, 100e-6);
    lab_.world.run_for(hours(12));
    EXPECT_LE(std::abs(node_->host.clock.error()), 2e-3);
  }
}

TEST_P(LeapingScenario, AFrequencyThatIsForetoldWronglyIsLearnt) {
  for (const char* foretold : {"tinker freq 70\n", "tinker freq -300\n", ""}) {
    SCOPED_TRACE(foretold);
    Lab lab(seed());
    lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    Oscillator oscillator = kUsualOscillator;
    if (*foretold == 0) oscillator.frequency = 450e-6;
    lab.add_server();
    SimNode& node = lab.add_node({std::string(foretold) + "server 10.0.0.1\n", oscillator, {}});
    node.start();
    lab.world.run_for(hours(3));
    EXPECT_LE(std::abs(node.host.clock.error()), 1e-3);
  }
}

TEST_P(LeapingScenario, AServerNearbyThatIsFarFromItsOwnSourceCountsForLittle) {
  lab_.network.default_path().delay = exponential_delay(1e-2, 1e-3);
  std::string config;
  for (int i = 0; i < 3; ++i) {
    config += "server " + lab_.add_server().address().to_string() + " iburst\n";
  }
  for (const bool there : {true, false}) {
    const Address near = Lab::server_address(1), us = Lab::node_address(1);
    lab_.network.path(there ? us : near, there ? near : us).delay = exponential_delay(1e-4, 1e-5);
  }
  auto& nearby = lab_.servers.front().behaviour;
  nearby.stratum = 2;
  nearby.root_dispersion = 0.05;
  nearby.offset = 0.03;
  node_ = &lab_.add_node({config, kUsualOscillator, {}});
  node_->start();
  lab_.world.run_for(hours(8));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3);
}

TEST_P(LeapingScenario, AClockSetBySomebodyIsSetBack) {
  set_up(1);
  for (const int by : {42, -900, 1}) {
    lab_.world.run_for(hours(4));
    node_->host.clock.set_by_other(seconds(by));
  }
  lab_.world.run_for(hours(4));
  EXPECT_LE(std::abs(node_->host.clock.error()), 1e-3);
}

SIM_RUN_SEEDS(LeapingScenario);

}  // namespace
}  // namespace ntp::sim
