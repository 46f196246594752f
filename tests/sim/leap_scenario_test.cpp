// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "libntp/leap/leap_second.h"
#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const TrueTime kLeap = at_utc(2026, 7, 1);
constexpr char kThreeServers[] =
    "server 10.0.0.1 iburst minpoll 4 maxpoll 6\nserver 10.0.0.2 iburst minpoll 4 maxpoll 6\n"
    "server 10.0.0.3 iburst minpoll 4 maxpoll 6\n";
// A leap second at the end of June 2026, known until the end of June 2027.
constexpr char kFile[] = "#@ 4023129600\n3692217600 37\n3991852800 38\n";
// None is known, until the end of June 2027.
constexpr char kEmptyFile[] = "#@ 4023129600\n3692217600 37\n";

class LeapScenario : public Scenario {
 protected:
  void prepare(TrueTime at, Leap kind = Leap::Insert, int servers = 3) {
    lab_ = std::make_unique<Lab>(GetParam(), at);
    lab_->network.default_path().delay = exponential_delay(200e-6, 20e-6);
    lab_->world.set_leap(kind == Leap::Delete ? kLeap - seconds(1) : kLeap, kind);
    for (int i = 0; i < servers; ++i) lab_->add_server();
  }
  SimNode& start(const std::string& config, const Oscillator& oscillator = kUsualOscillator) {
    SimNode& node = lab_->add_node({config, oscillator, {}});
    node.host.files.put("/leap", kFile);
    node.start();
    return node;
  }
  PerfectServer& server(int number) { return *std::next(lab_->servers.begin(), number); }
  /// The greatest error of the node's clock until `end`, s, looked at each half second.
  double greatest_error(const SimNode& node, TrueTime end) {
    double greatest = 0;
    while (lab_->world.now() < end) {
      lab_->world.run_for(Duration(500'000'000));
      greatest = std::max(greatest, std::abs(node.host.clock.error()));
    }
    return greatest;
  }
  void expect_quiet_leap(SimNode& node) {
    EXPECT_EQ(node.host.clock.leaps_done(), 1);
    EXPECT_TRUE(node.host.clock.steps().empty());
    EXPECT_EQ(node.host.log.count("somebody else"), 0U) << node.host.log.text();
    EXPECT_EQ(node.host.log.count("leap_event"), 1U) << node.host.log.text();
    EXPECT_EQ(node.system().leap, Leap::None);
  }

  std::unique_ptr<Lab> lab_;
};

TEST_P(LeapScenario, KeepsTimeOnTheDaysAroundAnInsertion) {
  prepare(kLeap - hours(26));
  SimNode& node = start(kThreeServers);
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + hours(24)), 1e-3);
  expect_quiet_leap(node);
}

TEST_P(LeapScenario, KeepsTimeOnTheDaysAroundADeletion) {
  prepare(kLeap - hours(26), Leap::Delete);
  SimNode& node = start(kThreeServers);
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + hours(24)), 1e-3);
  expect_quiet_leap(node);
}

TEST_P(LeapScenario, FollowsTheMajorityWhenOneServerDoesItNotAtAll) {
  prepare(kLeap - hours(6));
  SimNode& node = start(kThreeServers);
  server(2).behaviour.leap = Leap::None;
  lab_->world.at(kLeap, [this] { server(2).behaviour.offset = 1; });
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + hours(3)), 1e-3);
  expect_quiet_leap(node);
  EXPECT_EQ(node.host.log.count("10.0.0.3 disagrees with the others around a leap second"), 1U)
      << node.host.log.text();
}

TEST_P(LeapScenario, ServersThatDoItLateCostNothing) {
  prepare(kLeap - hours(6));
  SimNode& node = start(kThreeServers);
  lab_->world.at(kLeap, [this] {
    for (auto& each : lab_->servers) each.behaviour.offset = 1;
  });
  lab_->world.at(kLeap + minutes(3), [this] {
    for (auto& each : lab_->servers) each.behaviour.offset = 0;
  });
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + hours(3)), 2e-3);
  expect_quiet_leap(node);
}

TEST_P(LeapScenario, AFileOverrulesServersThatAllAnnounceWrongly) {
  prepare(kLeap - hours(6), Leap::None);
  lab_->world.set_leap(kLeap + hours(24 * 365), Leap::Insert);
  SimNode& node =
      lab_->add_node({kThreeServers + std::string("leapfile /leap\n"), kUsualOscillator, {}});
  node.host.files.put("/leap", kEmptyFile);
  node.start();
  for (auto& each : lab_->servers) each.behaviour.leap = Leap::Insert;
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + hours(1)), 1e-3);
  EXPECT_EQ(node.host.clock.leaps_done(), 0);
}

TEST_P(LeapScenario, OneWrongAnnouncementOfThreeIsNotFollowed) {
  prepare(kLeap - hours(6), Leap::None);
  lab_->world.set_leap(kLeap + hours(24 * 365), Leap::Insert);
  SimNode& node = start(kThreeServers);
  server(0).behaviour.leap = Leap::Delete;
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + hours(1)), 1e-3);
  EXPECT_EQ(node.host.clock.leaps_done(), 0);
}

TEST_P(LeapScenario, IsDoneByAClientThatStartsInTheLastMinute) {
  for (const char* more : {"", "leapfile /leap\n"}) {
    prepare(kLeap - seconds(45));
    SimNode& node = start(kThreeServers + std::string(more));
    lab_->world.run_until(kLeap + hours(1));
    EXPECT_EQ(node.host.clock.leaps_done(), 1) << more << node.host.log.text();
    EXPECT_TRUE(node.host.clock.steps().empty()) << more;
    EXPECT_LE(std::abs(node.host.clock.error()), 2e-3) << more;
  }
}

TEST_P(LeapScenario, IsDoneThoughAllSourcesAreLostBefore) {
  prepare(kLeap - hours(6));
  SimNode& node = start(kThreeServers);
  lab_->world.at(kLeap - minutes(2), [this] {
    for (auto& each : lab_->servers) each.behaviour.silent = true;
  });
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(node, kLeap + minutes(3)), 1e-3);
  EXPECT_EQ(node.host.clock.leaps_done(), 1);
}

class SmearScenario : public LeapScenario {
 protected:
  static constexpr int kInterval = 36000;

  SimNode& start_smearing_server() {
    return start(
        "server 10.0.0.1 iburst minpoll 4 maxpoll 6\nleapfile /leap\n"
        "leapsmearinterval 36000\n");
  }
  /// What a perfect smear adds to UTC at `now`, s.
  [[nodiscard]] double smear_now() const {
    const double left = to_seconds(kLeap - lab_->world.now());
    return left <= 0 || left > kInterval ? 0 : -(kInterval - left) / kInterval;
  }
};

TEST_P(SmearScenario, ClientsOfASmearingServerNeedNoLeapSecond) {
  prepare(kLeap - hours(12), Leap::Insert, 1);
  SimNode& smearing = start_smearing_server();
  lab_->world.run_for(minutes(20));
  SimNode& client = start("server 10.0.1.1 iburst minpoll 4 maxpoll 6\n");
  lab_->world.run_for(minutes(90));
  double greatest = 0;
  double of_server = 0;
  while (lab_->world.now() < kLeap + hours(2)) {
    lab_->world.run_for(seconds(10));
    greatest = std::max(greatest, std::abs(client.host.clock.error() - smear_now()));
    of_server = std::max(of_server, std::abs(smearing.host.clock.error()));
    // At the moment itself either is right.
    if (std::abs(to_seconds(kLeap - lab_->world.now())) < 1) continue;
    ASSERT_NEAR(smearing.engine().quantity("leapsmearoffset").value_or(0), smear_now() * 1e3, 0.1);
  }
  EXPECT_LE(of_server, 1e-3) << "its own clock is not smeared";
  // 28 ppm come and go in an instant.
  EXPECT_LE(greatest, 0.02);
  EXPECT_EQ(client.host.clock.leaps_done(), 0);
  EXPECT_EQ(smearing.host.clock.leaps_done(), 1);
  EXPECT_TRUE(client.host.clock.steps().empty());
  EXPECT_EQ(client.system().leap, Leap::None);
}

TEST_P(SmearScenario, AClientOfSmearedTimeDoesNotDoTheLeapOfItsFile) {
  prepare(kLeap - hours(12), Leap::Insert, 1);
  start_smearing_server();
  lab_->world.run_for(minutes(20));
  SimNode& client = start("server 10.0.1.1 iburst minpoll 4 maxpoll 6\nleapfile /leap\n");
  lab_->world.run_until(kLeap + hours(2));
  EXPECT_EQ(client.host.clock.leaps_done(), 0);
  EXPECT_TRUE(client.host.clock.steps().empty());
  EXPECT_GE(client.host.log.count("all sources smear the leap second"), 1U);
}

TEST_P(SmearScenario, IsNotMixedWithSourcesThatDoNotSmear) {
  prepare(kLeap - hours(12), Leap::Insert, 1);
  start_smearing_server();
  lab_->add_server();
  lab_->add_server();
  lab_->world.run_for(minutes(20));
  SimNode& client = start(
      "server 10.0.1.1 iburst minpoll 4 maxpoll 6\n"
      "server 10.0.0.2 iburst minpoll 4 maxpoll 6\n");
  lab_->world.run_for(hours(2));
  EXPECT_LE(greatest_error(client, kLeap + hours(2)), 2e-3);
  EXPECT_EQ(client.host.clock.leaps_done(), 1);
  EXPECT_GE(client.host.log.count("10.0.1.1 smears the leap second, and other sources do not"), 1U)
      << client.host.log.text();
}

SIM_RUN_SEEDS(LeapScenario);
SIM_RUN_SEEDS(SmearScenario);

}  // namespace
}  // namespace ntp::sim
