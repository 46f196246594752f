// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/refclock_association.h"

#include <gtest/gtest.h>

#include "tests/support/fake_devices.h"
#include "tests/support/fakes.h"

namespace ntp::association {
namespace {

class RefclockAssociationTest : public ::testing::Test {
 protected:
  RefclockAssociationTest() {
    source_.type = config::SourceType::Refclock;
    source_.driver = "local";
    source_.min_poll = source_.max_poll = 3;
  }
  Context context() {
    return Context{.mono = MonoTime(elapsed_),
                   .wall = WallTime(elapsed_),
                   .system_peer = system_peer_,
                   .limits = limits_,
                   .random = random_};
  }
  void make() {
    clock_.emplace(5, source_, context(), MonoTime{},
                   std::move(*refclock::make_unit(source_, &devices_)));
  }
  Actions poll() {
    elapsed_ = std::max(elapsed_, clock_->due().time_since_epoch());
    return clock_->on_timer(context());
  }

  config::SourceSettings source_;
  config::TosSettings limits_;
  test::FakeDevices devices_;
  test::CountingRandom random_;
  Id system_peer_ = 0;
  Duration elapsed_{};
  std::optional<RefclockAssociation> clock_;
};

TEST_F(RefclockAssociationTest, PollsItsDriverEachInterval) {
  make();
  for (int i = 0; i < 9; ++i) poll();
  EXPECT_EQ(elapsed_, std::chrono::seconds(64));
  EXPECT_EQ(clock_->reach(), 0xff);
  const auto candidate = clock_->candidate(context());
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->kind, sync::SourceKind::Local);
  EXPECT_EQ(candidate->stratum, 5);
  EXPECT_EQ(candidate->offset, 0);
}

TEST_F(RefclockAssociationTest, PollsAreThoseThatTheDriverInsistsOn) {
  const auto polls_of = [&](const std::string& driver, int mode) {
    source_.driver = driver;
    source_.mode = mode;
    source_.phones = {"042-000-0000"};
    make();
    const auto view = clock_->view(context());
    clock_->reconfigure(source_, context());
    const auto after = clock_->view(context());
    EXPECT_EQ(after.host_poll, view.host_poll);
    return view.host_poll;
  };
  EXPECT_EQ(polls_of("oncore", 0), 4);
  EXPECT_EQ(polls_of("trimble", 2), 4);
  EXPECT_EQ(polls_of("trimble", 6), 4);
  EXPECT_EQ(polls_of("trimble", 0), 5) << "an edge takes two seconds";
  source_.flags = 4;
  EXPECT_EQ(polls_of("trimble", 0), 4);
  EXPECT_EQ(polls_of("jjy", 4), 3);
  EXPECT_EQ(polls_of("jjy", 140), 8);
}

TEST_F(RefclockAssociationTest, TakesOtherOptionsOverAsItRuns) {
  make();
  for (int i = 0; i < 9; ++i) poll();
  source_.refid = "GPS";
  source_.stratum = 2;
  clock_->reconfigure(source_, context());
  EXPECT_EQ(clock_->reference_id().to_text(), "GPS");
  EXPECT_EQ(clock_->stratum(), 2);
  EXPECT_EQ(clock_->reach(), 0xff);
  source_.time1 = 0.001;
  clock_->reconfigure(source_, context());
  EXPECT_EQ(clock_->reach(), 0) << "the samples of before do not fit";
}

TEST_F(RefclockAssociationTest, StratumAndRefidCanBeSet) {
  source_.stratum = 0;
  source_.refid = "GPS";
  source_.unit = 3;
  make();
  const auto view = clock_->view(context());
  EXPECT_EQ(view.stratum, 0);
  EXPECT_EQ(view.reference_id.to_text(), "GPS");
  EXPECT_EQ(view.remote.address.to_string(), "127.127.1.3");
  EXPECT_EQ(view.host_name, "LOCAL(3)");
  EXPECT_EQ(view.peer_poll, 3);
}

TEST_F(RefclockAssociationTest, LocalClockKeepsSilentWhileOthersLead) {
  make();
  for (int i = 0; i < 8; ++i) poll();
  system_peer_ = 99;
  for (int i = 0; i < 8; ++i) poll();
  EXPECT_EQ(clock_->reach(), 0);
  system_peer_ = 0;
  poll();
  EXPECT_EQ(clock_->reach(), 1);
}

TEST_F(RefclockAssociationTest, UnknownDriversAreRefusedByName) {
  source_.driver = "sundial";
  const auto driver = refclock::make_unit(source_, &devices_);
  ASSERT_FALSE(driver);
  EXPECT_NE(driver.error().message.find("sundial"), std::string::npos);
}

}  // namespace
}  // namespace ntp::association
