// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::seconds;

/// `ntpd -q`: sets the clock once and ends.
class OnceScenario : public Scenario {
 protected:
  SimNode& start(const std::string& config, double offset = 0.010) {
    Oscillator oscillator = kUsualOscillator;
    oscillator.offset = offset;
    engine::EngineOptions options;
    options.quit_when_set = true;
    options.on_clock_set = [this](engine::Setting setting, double by) {
      ++settings_;
      setting_ = setting;
      by_ = by;
    };
    SimNode& node = lab_.add_node({config, oscillator, options});
    node.start();
    return node;
  }

  Lab lab_{GetParam()};
  int settings_ = 0;
  engine::Setting setting_ = engine::Setting::None;
  double by_ = 0;
};

TEST_P(OnceScenario, SlewsASmallOffset) {
  lab_.add_server();
  const SimNode& node = start("server 10.0.0.1");
  lab_.world.run_for(seconds(60));
  EXPECT_EQ(node.exit_status(), 0);
  EXPECT_EQ(settings_, 1);
  EXPECT_EQ(setting_, engine::Setting::Slew);
  EXPECT_NEAR(std::abs(by_), 0.010, 0.005);
  EXPECT_TRUE(node.host.log.contains("CLOCK: time slew ")) << node.host.log.text();
  EXPECT_TRUE(node.host.clock.steps().empty());
  EXPECT_LE(std::abs(node.host.clock.error()), 2e-3) << "the kernel goes on slewing";
}

TEST_P(OnceScenario, SaysThatTheClockCouldNotBeSet) {
  lab_.add_server();
  lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  SimNode& node = start("server 10.0.0.1", 0.05);
  node.host.clock.set_adjustable(false);
  lab_.world.run_for(seconds(60));
  EXPECT_EQ(node.exit_status(), 1);
  EXPECT_EQ(settings_, 0);
  EXPECT_EQ(node.host.log.count("could not be set"), 1U);
}

TEST_P(OnceScenario, StepsALargeOffset) {
  lab_.add_server();
  const SimNode& node = start("server 10.0.0.1", 5);
  lab_.world.run_for(seconds(60));
  EXPECT_EQ(node.exit_status(), 0);
  EXPECT_EQ(setting_, engine::Setting::Step);
  EXPECT_NEAR(std::abs(by_), 5, 0.1);
  EXPECT_LT(std::abs(node.host.clock.error()), 0.1);
}

TEST_P(OnceScenario, GivesUpWhenNothingAnswers) {
  lab_.add_server().behaviour.silent = true;
  const SimNode& node = start("server 10.0.0.1");
  lab_.world.run_for(seconds(170));
  EXPECT_FALSE(node.exit_status());
  lab_.world.run_for(seconds(20));
  EXPECT_EQ(node.exit_status(), 1);
  EXPECT_EQ(settings_, 0);
  EXPECT_TRUE(node.host.log.contains("SYNC: no servers found: after 181 s nothing has answered"))
      << node.host.log.text();
}

TEST_P(OnceScenario, GivesUpWhenNoNameResolves) {
  const SimNode& node = start("server nowhere.example\npool nothing.example");
  lab_.world.run_for(seconds(190));
  EXPECT_EQ(node.exit_status(), 1);
}

TEST_P(OnceScenario, GivesUpWhenNoAnswerIsOfUse) {
  lab_.add_server().behaviour.leap = Leap::Unsynchronized;
  const SimNode& node = start("server 10.0.0.1");
  lab_.world.run_for(seconds(190));
  EXPECT_EQ(node.exit_status(), 1);
  EXPECT_EQ(settings_, 0);
  EXPECT_TRUE(node.host.log.contains("no answer gives a usable time")) << node.host.log.text();
}

TEST_P(OnceScenario, AsksAgainWhoDoesNotAnswerAtFirst) {
  PerfectServer& server = lab_.add_server();
  server.behaviour.silent = true;
  const SimNode& node = start("server 10.0.0.1");
  lab_.world.run_for(seconds(40));
  server.behaviour.silent = false;
  lab_.world.run_for(seconds(80));
  EXPECT_EQ(node.exit_status(), 0);
  EXPECT_EQ(settings_, 1);
}

TEST_P(OnceScenario, OnlySaysTheOffsetOfAClockThatIsNotToBeSet) {
  lab_.add_server();
  const SimNode& node = start("disable ntp\nserver 10.0.0.1", 2);
  lab_.world.run_for(seconds(60));
  EXPECT_EQ(node.exit_status(), 0);
  EXPECT_EQ(setting_, engine::Setting::None);
  EXPECT_NEAR(std::abs(by_), 2, 0.1);
  EXPECT_TRUE(node.host.log.contains("not set: 'disable ntp'")) << node.host.log.text();
}

TEST_P(OnceScenario, GivesUpAtOnceWithoutServers) {
  const SimNode& node = start("restrict default");
  lab_.world.run_for(seconds(1));
  EXPECT_EQ(node.exit_status(), 1);
  EXPECT_TRUE(node.host.log.contains("none is configured"));
}

TEST_P(OnceScenario, KeepsTheVariablesOfTheAdministrator) {
  SimNode& node = lab_.add_node(
      {"setvar a = 1\nsetvar ab = 2 default\nsetvar a = \"x y\" default\n", kUsualOscillator, {}});
  node.start();
  const auto variables = node.engine().user_variables();
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[0].text, "a=x y");
  EXPECT_TRUE(variables[0].by_default);
  EXPECT_EQ(variables[1].text, "ab=2");
}

SIM_RUN_SEEDS(OnceScenario);

}  // namespace
}  // namespace ntp::sim
