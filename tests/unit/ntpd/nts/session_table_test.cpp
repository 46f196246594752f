// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/session_table.h"

#include <gtest/gtest.h>

namespace ntp::ke {
namespace {

using std::chrono::milliseconds;

constexpr MonoTime kStart{std::chrono::seconds(100)};

SessionLimits small() {
  SessionLimits limits;
  limits.total = 4;
  limits.per_network = 2;
  limits.patience = milliseconds(250);
  return limits;
}

Address v4(std::uint32_t last) { return Address::v4(0x0a000000 + last); }

TEST(SessionTable, HasRoomUpToItsLimit) {
  SessionTable table(small());
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(table.room(kStart).free);
    table.add(v4(i), kStart);
  }
  EXPECT_FALSE(table.room(kStart).free);
  EXPECT_FALSE(table.room(kStart + milliseconds(249)).evict);
  EXPECT_EQ(table.size(), 4U);
}

TEST(SessionTable, NamesTheOldestOnceItHasHadItsTime) {
  SessionTable table(small());
  const auto first = table.add(v4(0), kStart);
  for (std::uint32_t i = 1; i < 4; ++i) table.add(v4(i), kStart + milliseconds(100));
  EXPECT_EQ(table.room(kStart + milliseconds(250)).evict, first);
  table.remove(first);
  EXPECT_TRUE(table.room(kStart + milliseconds(250)).free);
}

TEST(SessionTable, WhoOpensManyLosesHisOwn) {
  SessionTable table(small());
  table.add(v4(9), kStart);
  const auto first = table.add(v4(1), kStart + milliseconds(10));
  EXPECT_TRUE(table.room_for(v4(1), kStart).free);
  table.add(v4(1), kStart + milliseconds(20));
  const auto early = table.room_for(v4(1), kStart + milliseconds(30));
  EXPECT_FALSE(early.free);
  EXPECT_FALSE(early.evict);
  EXPECT_EQ(table.room_for(v4(1), kStart + milliseconds(300)).evict, first);
  EXPECT_TRUE(table.room_for(v4(2), kStart).free);
}

TEST(SessionTable, TakesAnIpv6NetworkOf64BitsForOneClient) {
  SessionTable table(small());
  table.add(*parse_address("2001:db8:0:1::1"), kStart);
  table.add(*parse_address("2001:db8:0:1:ffff::2"), kStart);
  EXPECT_FALSE(table.room_for(*parse_address("2001:db8:0:1::3"), kStart).free);
  EXPECT_TRUE(table.room_for(*parse_address("2001:db8:0:2::1"), kStart).free);
}

TEST(SessionTable, ForgetsWhoHasGone) {
  SessionTable table(small());
  const auto id = table.add(v4(1), kStart);
  table.add(v4(1), kStart);
  table.remove(id);
  table.remove(id);
  EXPECT_TRUE(table.room_for(v4(1), kStart).free);
  EXPECT_EQ(table.size(), 1U);
}

TEST(SessionTable, WithoutAnyRoomThereIsNobodyToGo) {
  SessionLimits none = small();
  none.total = 0;
  const SessionTable table(none);
  EXPECT_FALSE(table.room(kStart).free);
  EXPECT_FALSE(table.room(kStart).evict);
}

}  // namespace
}  // namespace ntp::ke
