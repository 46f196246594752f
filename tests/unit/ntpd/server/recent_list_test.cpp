// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/recent_list.h"

#include <gtest/gtest.h>

#include <cmath>

#include "libntp/config/settings.h"
#include "tests/support/fixed_host.h"

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kBoth = flag::kLimited | flag::kKod;

class RecentListTest : public testing::Test {
 protected:
  RecentList make(config::MruSettings limits = {}, config::LimitSettings rate = {}) {
    return {limits, rate, random_};
  }
  static config::MruSettings depth(std::uint32_t least, std::uint32_t most, int max_age,
                                   int min_age) {
    config::MruSettings limits;
    limits.min_depth = least;
    limits.max_depth = most;
    limits.max_age = max_age;
    limits.min_age = min_age;
    return limits;
  }

  std::uint32_t see(RecentList& list, std::uint32_t address, std::uint32_t flags = 0,
                    std::uint16_t port = 4000) {
    const Kind kind{wire::Mode::Client, 4, false};
    return list.observe({{}, {Address::v4(address), port}, Address::v4(9), clock_.wall()}, kind,
                        flags, clock_.mono());
  }

  struct Burst {
    int served = 0;
    int kissed = 0;
    int dropped = 0;
    friend bool operator==(const Burst&, const Burst&) = default;
  };
  Burst burst(RecentList& list, int packets, std::uint32_t flags) {
    Burst result;
    for (int i = 0; i < packets; ++i) {
      const auto acting = see(list, 1, flags);
      ++((acting & flag::kLimited) == 0 ? result.served
         : (acting & flag::kKod) != 0   ? result.kissed
                                        : result.dropped);
    }
    return result;
  }

  std::vector<std::uint32_t> order(const RecentList& list) {
    std::vector<std::uint32_t> addresses;
    for (const auto* entry = list.oldest(); entry != nullptr; entry = list.newer(*entry)) {
      addresses.push_back(entry->remote.address.v4_value());
    }
    return addresses;
  }

  test::SeededRandom random_;
  test::FixedClock clock_;
};

TEST_F(RecentListTest, NotesWhatItSees) {
  auto list = make();
  const WallTime first = clock_.wall();
  see(list, 1, flag::kNoModify, 4000);
  clock_.advance(seconds(5));
  see(list, 1, flag::kNoModify, 5000);
  const auto* entry = list.find(Address::v4(1));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->first, first);
  EXPECT_EQ(entry->last, clock_.wall());
  EXPECT_EQ(entry->count, 2U);
  EXPECT_EQ(entry->dropped, 0U);
  EXPECT_EQ(entry->remote.port, 5000);
  EXPECT_EQ(entry->local, Address::v4(9));
  EXPECT_EQ(entry->flags, flag::kNoModify);
  EXPECT_EQ(entry->mode, 3);
  EXPECT_EQ(entry->version, 4);
  EXPECT_EQ(list.size(), 1U);
  EXPECT_EQ(list.statistics().exists, 1U);
  EXPECT_EQ(list.statistics().added, 1U);
  EXPECT_EQ(list.find(Address::v4(2)), nullptr);
}

TEST_F(RecentListTest, ServesTwentyOfABurst) {
  auto list = make();
  EXPECT_EQ(burst(list, 45, flag::kLimited), (Burst{20, 0, 25}));
  EXPECT_EQ(list.find(Address::v4(1))->dropped, 25U);
  EXPECT_EQ(list.find(Address::v4(1))->count, 45U);
}

TEST_F(RecentListTest, KissesTenOfABurst) {
  auto list = make();
  EXPECT_EQ(burst(list, 45, kBoth), (Burst{20, 10, 15}));
}

TEST_F(RecentListTest, TakesTheBurstOfTheConfiguration) {
  auto list = make({}, {1.0, 5, 0.5});
  EXPECT_EQ(burst(list, 45, kBoth), (Burst{5, 2, 38}));
}

TEST_F(RecentListTest, LimitsNobodyWithoutTheFlag) {
  auto list = make();
  EXPECT_EQ(burst(list, 100, 0), (Burst{100, 0, 0}));
  EXPECT_EQ(see(list, 1, flag::kKod), 0U) << "kod alone does nothing";
}

TEST_F(RecentListTest, LetsTheScoreDecay) {
  auto list = make();
  burst(list, 45, flag::kLimited);
  clock_.advance(seconds(20));
  see(list, 1, flag::kLimited);
  EXPECT_NEAR(list.find(Address::v4(1))->score, 2.25 * std::exp(-1.0) + 0.05, 1e-6);
  EXPECT_EQ(see(list, 1, flag::kLimited), 0U);
}

TEST_F(RecentListTest, SettlesNearTheRate) {
  auto list = make();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(see(list, 1, kBoth), 0U) << i;
    clock_.advance(milliseconds(1100));
  }
  EXPECT_NEAR(list.find(Address::v4(1))->score, 1 / 1.1, 0.05);
}

TEST_F(RecentListTest, GivesTheSameBurstsToPacketsThatAreNotSimultaneous) {
  auto list = make();
  int served = 0;
  for (int i = 0; i < 45; ++i) {
    served += see(list, 1, flag::kLimited) == 0 ? 1 : 0;
    clock_.advance(std::chrono::microseconds(50));
  }
  EXPECT_EQ(served, 20);
}

TEST_F(RecentListTest, SurvivesALimitThatMakesNoSense) {
  auto list = make({}, {1.0, 0, 0.5});
  EXPECT_EQ(burst(list, 3, kBoth), (Burst{1, 0, 2}));
  EXPECT_TRUE(std::isfinite(list.find(Address::v4(1))->score));
}

TEST_F(RecentListTest, ScoresEachAddressApart) {
  auto list = make();
  burst(list, 45, flag::kLimited);
  EXPECT_EQ(see(list, 2, flag::kLimited), 0U);
}

TEST_F(RecentListTest, NeverLimitsTheFirstPacket) {
  auto list = make({}, {0.01, 1, 0});
  EXPECT_EQ(see(list, 1, kBoth), 0U);
  EXPECT_EQ(see(list, 1, kBoth), flag::kLimited);
}

TEST_F(RecentListTest, KeepsTheOrderOfLastSight) {
  auto list = make();
  for (const std::uint32_t address : {1U, 2U, 3U, 1U, 4U, 2U}) see(list, address);
  EXPECT_EQ(order(list), (std::vector<std::uint32_t>{3, 1, 4, 2}));
}

TEST_F(RecentListTest, ReusesOldEntriesBehindTheMinimum) {
  auto list = make(depth(2, 10, 100, 10));
  for (const std::uint32_t address : {1U, 2U, 3U}) see(list, address);
  clock_.advance(seconds(101));
  see(list, 4);
  see(list, 5);
  EXPECT_EQ(order(list), (std::vector<std::uint32_t>{3, 4, 5}));
  EXPECT_EQ(list.statistics().recycled_old, 2U);
  EXPECT_EQ(list.find(Address::v4(1)), nullptr);
  EXPECT_EQ(list.find(Address::v4(5))->count, 1U);
}

TEST_F(RecentListTest, KeepsTheMinimumHoweverOld) {
  auto list = make(depth(3, 10, 100, 10));
  see(list, 1);
  clock_.advance(std::chrono::hours(100));
  see(list, 2);
  see(list, 3);
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.oldest_age(clock_.mono()), 360'000);
}

TEST_F(RecentListTest, ReusesAFullList) {
  auto list = make(depth(2, 3, 3600, 10));
  for (const std::uint32_t address : {1U, 2U, 3U}) see(list, address);
  EXPECT_EQ(see(list, 4, kBoth | flag::kNoServe), flag::kNoServe) << "no room, so no limit";
  EXPECT_EQ(list.statistics().none, 1U);
  EXPECT_EQ(list.find(Address::v4(4)), nullptr);
  clock_.advance(seconds(10));
  see(list, 4);
  EXPECT_EQ(order(list), (std::vector<std::uint32_t>{2, 3, 4}));
  EXPECT_EQ(list.statistics().recycled_full, 1U);
}

TEST_F(RecentListTest, StaysBoundedUnderAFlood) {
  auto list = make(depth(600, 2000, 3600, 0));
  for (std::uint32_t address = 1; address <= 100'000; ++address) see(list, address, kBoth);
  EXPECT_EQ(list.size(), 2000U);
  EXPECT_EQ(list.statistics().deepest, 2000U);
  EXPECT_EQ(list.statistics().recycled_full, 98'000U);
  EXPECT_EQ(order(list).size(), 2000U);
  for (std::uint32_t address = 98'001; address <= 100'000; ++address) {
    ASSERT_NE(list.find(Address::v4(address)), nullptr);
  }
  EXPECT_EQ(list.find(Address::v4(98'000)), nullptr);
}

TEST_F(RecentListTest, KeepsNothingWhereNothingIsAllowed) {
  auto list = make(depth(0, 0, 3600, 64));
  EXPECT_EQ(see(list, 1, kBoth), 0U);
  EXPECT_EQ(list.size(), 0U);
  EXPECT_EQ(list.oldest(), nullptr);
  EXPECT_EQ(list.oldest_age(clock_.mono()), 0);
}

TEST_F(RecentListTest, ForgetsEverythingWhenCleared) {
  auto list = make();
  for (std::uint32_t address = 1; address < 200; ++address) see(list, address);
  list.clear();
  EXPECT_EQ(list.size(), 0U);
  EXPECT_EQ(list.find(Address::v4(1)), nullptr);
  EXPECT_EQ(list.oldest(), nullptr);
  EXPECT_EQ(list.statistics().used_buckets, 0U);
  see(list, 7);
  EXPECT_EQ(list.find(Address::v4(7))->count, 1U);
  EXPECT_EQ(order(list), (std::vector<std::uint32_t>{7}));
}

TEST_F(RecentListTest, TellsIpv6AddressesAndScopesApart) {
  auto list = make();
  const Kind kind{wire::Mode::Client, 4, false};
  for (const auto* text : {"fe80::1%1", "fe80::1%2", "fd00::1", "fe80::1%1"}) {
    list.observe({{}, {*parse_address(text), 1}, {}, clock_.wall()}, kind, 0, clock_.mono());
  }
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.find(*parse_address("fe80::1%1"))->count, 2U);
}

}  // namespace
}  // namespace ntp::server
