// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/pool_association.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fakes.h"

namespace ntp::association {
namespace {

class PoolAssociationTest : public ::testing::Test {
 protected:
  PoolAssociationTest() {
    source_.type = config::SourceType::Pool;
    source_.host = "pool.example.net";
    limits_.max_clock = 4;
    pool_.emplace(9, source_, context(), MonoTime{}, [this](const Endpoint& server) {
      return std::find(used_.begin(), used_.end(), server.address) != used_.end();
    });
  }
  Context context() {
    return Context{.mono = MonoTime(elapsed_),
                   .wall = WallTime(elapsed_),
                   .survivors = survivors_,
                   .active_sources = &active_sources_,
                   .dead_sources = &dead_sources_,
                   .limits = limits_,
                   .random = random_};
  }
  bool asks() {
    elapsed_ = std::max(elapsed_, pool_->due().time_since_epoch());
    const Actions actions = pool_->on_timer(context());
    return std::any_of(actions.begin(), actions.end(),
                       [](const Action& a) { return std::holds_alternative<Resolve>(a); });
  }
  /// Hands an answer over and mobilizes what the pool wants; gives how many that were.
  int answer(std::initializer_list<const char*> texts) {
    std::vector<Address> addresses;
    for (const char* text : texts) addresses.push_back(*parse_address(text));
    int spawned = 0;
    for (const Action& action : pool_->resolved(addresses, context())) {
      if (const auto* spawn = std::get_if<Spawn>(&action)) {
        used_.push_back(spawn->address);
        ++spawned;
      }
    }
    return spawned;
  }

  config::SourceSettings source_;
  config::TosSettings limits_;
  test::CountingRandom random_;
  std::vector<Address> used_;
  std::function<int()> active_sources_ = [this] { return static_cast<int>(used_.size()); };
  int dead_ = 0;
  std::function<int()> dead_sources_ = [this] { return dead_; };
  int survivors_ = 3;
  Duration elapsed_{};
  std::optional<PoolAssociation> pool_;
};

TEST_F(PoolAssociationTest, FillsUpToMaxclockAndThenRests) {
  ASSERT_TRUE(asks());
  EXPECT_EQ(answer({"192.0.2.1", "192.0.2.2"}), 2);
  ASSERT_TRUE(asks());
  EXPECT_EQ(answer({"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}), 2);
  EXPECT_EQ(used_.size(), 4U);
  EXPECT_FALSE(asks());
}

TEST_F(PoolAssociationTest, ReplacesTheDead) {
  asks();
  answer({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
  ASSERT_FALSE(asks());
  used_.pop_back();
  ASSERT_TRUE(asks());
  EXPECT_EQ(answer({"192.0.2.9"}), 1);
}

TEST_F(PoolAssociationTest, TakesOthersInThePlaceOfTheDeadUpToTwiceMaxclock) {
  asks();
  answer({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
  dead_ = 1;
  ASSERT_TRUE(asks());
  EXPECT_EQ(answer({"192.0.2.5", "192.0.2.6"}), 1);
  EXPECT_FALSE(asks());
  dead_ = 5;
  ASSERT_TRUE(asks());
  EXPECT_EQ(answer({"192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9"}), 3);
  dead_ = 8;
  EXPECT_FALSE(asks());
}

TEST_F(PoolAssociationTest, TakesMoreWhileTheSelectionKeepsTooFew) {
  asks();
  answer({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
  survivors_ = 1;
  ASSERT_TRUE(asks());
  answer({"192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9"});
  EXPECT_EQ(used_.size(), 8U);
  EXPECT_FALSE(asks());
}

TEST_F(PoolAssociationTest, RetriesAfterFailureWithGrowingWaits) {
  double last = 0;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(asks());
    (void)pool_->resolved(fail("server failure"), context());
    const double wait = to_seconds(pool_->due() - MonoTime(elapsed_));
    EXPECT_GE(wait, last);
    EXPECT_GE(wait, 8);
    EXPECT_LE(wait, 1024);
    last = wait;
  }
  EXPECT_EQ(last, 1024);
}

TEST_F(PoolAssociationTest, ShowsItselfAsNtpsecDoes) {
  const auto view = pool_->view(context());
  EXPECT_EQ(view.host_name, "pool.example.net");
  EXPECT_FALSE(view.remote.address.is_set());
  EXPECT_EQ(view.reference_id, refid::kPool);
  EXPECT_EQ(view.stratum, 16);
  EXPECT_EQ(view.flash, 0x1400U);
}

}  // namespace
}  // namespace ntp::association
