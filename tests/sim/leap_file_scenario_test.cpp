// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr char kConfig[] = "server 10.0.0.1 iburst minpoll 4 maxpoll 6\nleapfile /leap\n";
// A leap second at the end of June 2026, known until the end of June 2027.
constexpr char kFile[] = "#@ 4023129600\n3692217600 37\n3991852800 38\n";

class LeapFileScenario : public Scenario {
 protected:
  SimNode& start(TrueTime at, const char* file) {
    lab_ = std::make_unique<Lab>(GetParam(), at);
    lab_->network.default_path().delay = exponential_delay(200e-6, 20e-6);
    lab_->add_server();
    SimNode& node = lab_->add_node({kConfig, kUsualOscillator, {}});
    node.host.files.put("/leap", file);
    node.start();
    return node;
  }

  std::unique_ptr<Lab> lab_;
};

TEST_P(LeapFileScenario, AnnouncesALeapSecondThatNoSourceKnows) {
  const TrueTime leap = at_utc(2026, 7, 1);
  SimNode& node = start(leap - hours(30), kFile);
  lab_->world.set_leap(leap, Leap::Insert);
  lab_->servers.front().behaviour.leap = Leap::None;
  lab_->world.run_until(leap - hours(25));
  EXPECT_EQ(node.system().leap, Leap::None);
  EXPECT_EQ(node.system().tai, 37);
  lab_->world.run_until(leap - hours(1));
  EXPECT_EQ(node.system().leap, Leap::Insert);
  lab_->world.run_until(leap + hours(2));
  EXPECT_EQ(node.host.clock.leaps_done(), 1);
  EXPECT_EQ(node.system().leap, Leap::None);
  EXPECT_EQ(node.system().tai, 38);
  EXPECT_EQ(node.host.clock.last_command().tai_offset, 38);
  EXPECT_LE(std::abs(node.host.clock.error()), 1e-3);
}

TEST_P(LeapFileScenario, OverrulesSourcesWhileItIsInForce) {
  SimNode& node = start(at_utc(2026, 5, 31) + hours(6), kFile);
  lab_->servers.front().behaviour.leap = Leap::Insert;
  lab_->world.run_for(hours(6));
  EXPECT_EQ(node.system().leap, Leap::None);
}

TEST_P(LeapFileScenario, LeavesTheWordToTheSourcesWhenItHasExpired) {
  SimNode& node = start(at_utc(2027, 7, 31) + hours(6), kFile);
  lab_->servers.front().behaviour.leap = Leap::Insert;
  lab_->world.run_for(hours(6));
  EXPECT_EQ(node.system().leap, Leap::Insert);
  EXPECT_EQ(node.host.log.count("leapsecond file ('/leap'): expired less than 34 days ago"), 1U)
      << node.host.log.text();
}

TEST_P(LeapFileScenario, KeepsTheOldTableWhenTheNewFileIsBad) {
  SimNode& node = start(at_utc(2026, 3, 1), kFile);
  node.host.files.put("/leap", "3692217600 37\n#h 1 2 3 4 5\n");
  lab_->world.run_for(hours(3));
  EXPECT_EQ(node.host.log.count("signature mismatch"), 1U);
  EXPECT_EQ(node.system().tai, 37);
  node.host.files.put("/leap", "#@ 4023129600\n3644697600 36\n");
  lab_->world.run_for(hours(3));
  EXPECT_EQ(node.system().tai, 36);
}

TEST_P(LeapFileScenario, WarnsDailyBeforeTheFileExpires) {
  SimNode& node = start(at_utc(2027, 6, 10), kFile);
  lab_->world.run_for(days(5));
  const auto warnings = node.host.log.count("will expire in less than");
  EXPECT_GE(warnings, 4U);
  EXPECT_LE(warnings, 6U);
}

TEST_P(LeapFileScenario, SaysOnceThatTheFileIsMissing) {
  SimNode& node = start(at_utc(2026, 3, 1), kFile);
  ASSERT_TRUE(node.host.files.remove("/leap"));
  lab_->world.run_for(hours(10));
  EXPECT_EQ(node.host.log.count("/leap"), 3U) << node.host.log.text();
  EXPECT_EQ(node.system().tai, 37);
}

SIM_RUN_SEEDS(LeapFileScenario);

}  // namespace
}  // namespace ntp::sim
