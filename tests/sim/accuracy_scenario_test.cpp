// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr int kRejected = 0;
constexpr int kFalseticker = 1;
constexpr int kSystemPeer = 6;

/// The true error of the last three quarters of `span`, of a daemon with this configuration.
ErrorRecorder::Summary run(Lab& lab, const NodeOptions& options, Duration span) {
  SimNode& node = lab.add_node(options);
  node.start();
  lab.world.run_for(span);
  return node.host.recorder.summary(node.host.recorder.after_fraction(0.25));
}

double lan_error(std::uint64_t seed) {
  Lab lab(seed);
  lab.network.default_path().delay = exponential_delay(100e-6, 10e-6);
  lab.add_server();
  return run(lab, {"server 10.0.0.1 minpoll 6 maxpoll 6", kUsualOscillator, {}}, seconds(40'000))
      .rms;
}

TEST(LanScenario, KeepsWithin4MicrosecondsForTheMedianOf20Seeds) {
  std::vector<double> errors;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) errors.push_back(lan_error(seed));
  std::sort(errors.begin(), errors.end());
  RecordProperty("median_ns", static_cast<int>((errors[9] + errors[10]) / 2 * 1e9));
  EXPECT_LE((errors[9] + errors[10]) / 2, 4e-6);
  EXPECT_LE(errors.back(), 8e-6);
}

TEST(LanScenario, ServesAClientFromAClientForADay) {
  Lab lab(1);
  lab.add_server();
  SimNode& server = lab.add_node({"server 10.0.0.1 iburst", kUsualOscillator, {}});
  SimNode& client =
      lab.add_node({"server 10.0.1.1 iburst minpoll 6 maxpoll 6", kUsualOscillator, {}});
  server.start();
  client.start();
  lab.world.run_for(hours(24));
  EXPECT_TRUE(client.synchronized());
  EXPECT_EQ(client.system().stratum, 3);
  EXPECT_LE(client.host.recorder.summary(client.host.recorder.after_fraction(0.25)).rms, 1e-3);
}

class AccuracyScenario : public Scenario {};

TEST_P(AccuracyScenario, KeepsTimeOverAWideAreaNetwork) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(10e-3, 1e-3);
  lab.add_server();
  const auto error =
      run(lab, {"server 10.0.0.1 minpoll 6 maxpoll 6", kUsualOscillator, {}}, seconds(40'000));
  EXPECT_LE(error.rms, 150e-6);
  EXPECT_LE(error.maximum, 1e-3);
}

TEST_P(AccuracyScenario, CombinesFourServers) {
  Lab lab(seed());
  std::string config;
  for (int number = 1; number <= 4; ++number) {
    const Address address = lab.add_server().address();
    config += "server " + address.to_string() + " minpoll 6 maxpoll 6\n";
    Path path;
    path.delay = exponential_delay(5e-3 * number, 1e-3 * number);
    lab.network.connect(address, Lab::node_address(1), path);
  }
  const auto error = run(lab, {config, kUsualOscillator, {}}, seconds(40'000));
  EXPECT_LE(error.rms, 100e-6);
  EXPECT_LE(error.maximum, 1e-3);
}

TEST_P(AccuracyScenario, OutvotesOneFalsetickerOfFour) {
  Lab lab(seed());
  std::string config;
  for (int number = 1; number <= 4; ++number) {
    config += "server " + lab.add_server().address().to_string() + " minpoll 6 maxpoll 6\n";
  }
  lab.servers.back().behaviour.offset = 0.050;
  lab.network.default_path().delay = exponential_delay(5e-3, 1e-3);
  const auto error = run(lab, {config, kUsualOscillator, {}}, seconds(40'000));
  EXPECT_LE(error.rms, 100e-6);
  EXPECT_LE(error.maximum, 1e-3);
  const SimNode& node = lab.nodes.front();
  EXPECT_EQ(node.peer(Lab::server_address(4))->selection, kFalseticker);
  EXPECT_NE(node.system().peer_address.address, Lab::server_address(4));
  EXPECT_EQ(node.peer(node.system().peer_address.address)->selection, kSystemPeer);
}

TEST_P(AccuracyScenario, TrustsNobodyWhenTwoDisagree) {
  Lab lab(seed());
  lab.add_server();
  lab.add_server().behaviour.offset = 0.5;
  SimNode& node =
      lab.add_node({"server 10.0.0.1 iburst\nserver 10.0.0.2 iburst\ntos minsane 2", {}, {}});
  node.start();
  lab.world.run_for(hours(2));
  EXPECT_LE(node.host.recorder.summary({}).maximum, 1e-3);
  EXPECT_LE(node.peer(Lab::server_address(2))->selection, kFalseticker);
  EXPECT_GE(node.peer(Lab::server_address(2))->selection, kRejected);
  EXPECT_EQ(node.system().peer, 0);
}

TEST_P(AccuracyScenario, KeepsTimeWhenHalfThePacketsAreLost) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(1e-3, 500e-6);
  lab.network.default_path().loss = 0.5;
  lab.add_server();
  const auto error =
      run(lab, {"server 10.0.0.1 minpoll 6 maxpoll 6", kUsualOscillator, {}}, seconds(40'000));
  // Each way: three polls in four go unanswered. chrony keeps within 151 us of RMS there.
  EXPECT_LE(error.rms, 151e-6);
  EXPECT_LE(error.maximum, 1e-3);
}

TEST_P(AccuracyScenario, ToleratesDuplicatesReorderingAndLatePackets) {
  Lab lab(seed());
  Path& path = lab.network.default_path();
  path.delay = spiky_delay(exponential_delay(5e-3, 200e-6), 0.1, 0.020);
  path.duplication = 0.2;
  path.reordering = 0.1;
  path.hold = seconds(3);
  lab.add_server();
  const auto error =
      run(lab, {"server 10.0.0.1 minpoll 6 maxpoll 6", kUsualOscillator, {}}, seconds(40'000));
  EXPECT_LE(error.rms, 1e-3);
  EXPECT_LE(error.maximum, 10e-3);
}

TEST_P(AccuracyScenario, SettlesFrom100PpmAnd100Milliseconds) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  lab.add_server();
  SimNode& node =
      lab.add_node({"server 10.0.0.1", {.frequency = 100e-6, .offset = 0.1, .wander = 1e-9}, {}});
  node.start();
  lab.world.run_for(seconds(20'000));
  const auto settled = node.host.recorder.settled_within(1e-3);
  ASSERT_TRUE(settled.has_value());
  RecordProperty("settled_s", static_cast<int>(to_seconds(*settled)));
  EXPECT_LE(*settled, seconds(200));
  EXPECT_NEAR(node.system().frequency, -100e-6, 0.3e-6);
}

TEST_P(AccuracyScenario, IsWithinAMillisecondAfterEightSecondsOfIburst) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  PerfectServer& server = lab.add_server();
  SimNode& node = lab.add_node(
      {"server 10.0.0.1 iburst", {.frequency = 20e-6, .offset = 0.05, .wander = 1e-9}, {}});
  node.start();
  lab.world.run_for(seconds(5000));
  const auto settled = node.host.recorder.settled_within(1e-3);
  ASSERT_TRUE(settled.has_value());
  EXPECT_LE(*settled, seconds(8));
  EXPECT_LE(server.requests().size(), 40U) << "chrony sends 32 to 40, as the seed has it";
  EXPECT_TRUE(node.host.clock.steps().empty());
}

TEST_P(AccuracyScenario, FollowsAnOscillatorThatWanders) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  lab.add_server();
  const auto error = run(lab,
                         {"server 10.0.0.1 minpoll 6 maxpoll 6",
                          {.frequency = 10e-6, .offset = 0.010, .wander = 1e-7},
                          {}},
                         seconds(40'000));
  EXPECT_LE(error.rms, 100e-6);
}

TEST_P(AccuracyScenario, FollowsTheTemperature) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  lab.add_server();
  const auto error = run(lab,
                         {"server 10.0.0.1 minpoll 6 maxpoll 6",
                          {.frequency = 10e-6, .temperature = 1e-6, .temperature_period = 7200},
                          {}},
                         seconds(40'000));
  EXPECT_LE(error.rms, 40e-6);
}

TEST_P(AccuracyScenario, SeesThroughQueuesOfOneWay) {
  Lab lab(seed());
  lab.add_server();
  lab.network.path(Lab::node_address(1), Lab::server_address(1)).delay =
      exponential_delay(1e-3, 1e-3);
  lab.network.path(Lab::server_address(1), Lab::node_address(1)).delay =
      exponential_delay(1e-3, 10e-6);
  const auto error =
      run(lab, {"server 10.0.0.1 minpoll 6 maxpoll 6", kUsualOscillator, {}}, seconds(40'000));
  EXPECT_LE(error.rms, 20e-6);
}

TEST_P(AccuracyScenario, SetsTheClockSoonWithIburst) {
  Lab lab(seed());
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  lab.add_server();
  SimNode& node = lab.add_node(
      {"server 10.0.0.1 iburst", {.frequency = 20e-6, .offset = 0.4, .wander = 1e-9}, {}});
  node.start();
  EXPECT_TRUE(
      lab.world.run_until([&] { return node.synchronized(); }, lab.world.start() + seconds(60)));
  EXPECT_LE(std::abs(node.host.clock.error()), 5e-3);
  EXPECT_EQ(node.host.clock.steps().size(), 1U);
}

SIM_RUN_SEEDS(AccuracyScenario);

}  // namespace
}  // namespace ntp::sim
