// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ClassicWords, GetOneWarningThatNamesTheReplacement) {
  for (const char* line :
       {"autokey", "automax 4", "broadcast 192.0.2.255 ttl 4", "broadcastclient novolley",
        "broadcastdelay 0.1", "calldelay 3", "crypto pw secret", "keysdir /etc/ntp",
        "manycastclient 239.1.2.3", "manycastserver 239.1.2.3", "multicastclient 224.0.1.1",
        "pollskewlist", "revoke 5", "saveconfigdir /v", "simulate { }", "trap 192.0.2.9",
        "ttl 1"}) {
    const auto result = parse(std::string(line) + "\nserver a\n");
    EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:1")) << line;
    EXPECT_THAT(errors(result), IsEmpty()) << line;
    EXPECT_THAT(hosts(result.settings), ElementsAre("a")) << line;
  }
}

TEST(ClassicWords, KeepTheHeadOfTheirLine) {
  const auto result = parse(
      "server a iburst autokey minpoll 4\nrestrict 10.0.0.1 nomodify noepeer noquery\n"
      "disable stats auth ntp\ntos minclock 4 cohort 1\nenable bclient\n");
  EXPECT_THAT(places(result, Severity::Warning),
              ElementsAre("1:17", "2:28", "3:15", "4:16", "5:8"));
  EXPECT_THAT(errors(result), IsEmpty());
  EXPECT_TRUE(result.settings.sources[0].iburst);
  EXPECT_EQ(result.settings.restrictions[0].flags, restrict_flag::kNoModify);
  EXPECT_FALSE(result.settings.stats);
  EXPECT_TRUE(result.settings.discipline);
  EXPECT_EQ(result.settings.tos.min_clock, 4);
}

TEST(ClassicWords, AreStillGoodNames) {
  EXPECT_THAT(hosts(settings_of("server trap\nserver crypto\n")), ElementsAre("trap", "crypto"));
}

TEST(DiscardLines, BecomeTheRateLimit) {
  const auto result = parse("discard average 3 minimum 1 monitor 3000\n");
  EXPECT_DOUBLE_EQ(result.settings.limit.average, 0.125);
  EXPECT_DOUBLE_EQ(result.settings.limit.burst, 64);
  EXPECT_TRUE(says(result, "limit average 0.125 burst 64"));
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:1"));
}

TEST(DiscardLines, LowerTheRateToTheLeastSpacing) {
  EXPECT_DOUBLE_EQ(settings_of("discard minimum 2\n").limit.average, 0.5);
  EXPECT_DOUBLE_EQ(settings_of("discard minimum 0\n").limit.average, 1);
}

TEST(DiscardLines, ServeAClientWhateverTheLeastSpacing) {
  const LimitSettings limit = settings_of("discard minimum 64\n").limit;
  EXPECT_DOUBLE_EQ(limit.average, 1.0 / 64);
  EXPECT_DOUBLE_EQ(limit.burst, 512);
  EXPECT_DOUBLE_EQ(settings_of("discard minimum 4\n").limit.burst, 20);
}

TEST(DiscardLines, AreVoidAfterABadArgument) {
  const auto result = parse("discard average\ndiscard\ndiscard average 3 x\n");
  EXPECT_DOUBLE_EQ(result.settings.limit.average, 0.125);
  EXPECT_THAT(errors(result), ElementsAre("1:16", "2:8", "3:19"));
}

}  // namespace
}  // namespace ntp::config
