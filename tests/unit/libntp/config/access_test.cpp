// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Subject = RestrictSettings::Subject;

RestrictSettings only(std::string_view text) {
  const auto settings = settings_of(text);
  EXPECT_EQ(settings.restrictions.size(), 1U) << text;
  return settings.restrictions.at(0);
}

TEST(RestrictLines, NameTheDefault) {
  EXPECT_EQ(only("restrict default nomodify\n").subject, Subject::Default);
  EXPECT_EQ(only("restrict default\n").family, Family::Any);
  EXPECT_EQ(only("restrict -4 default\n").family, Family::V4);
  EXPECT_EQ(only("restrict -6 default\n").family, Family::V6);
}

TEST(RestrictLines, NameAddressesAndNetworks) {
  const auto network = only("restrict 192.0.2.99/24 noquery\n");
  EXPECT_EQ(network.subject, Subject::Address);
  EXPECT_EQ(network.host, "192.0.2.99");
  EXPECT_EQ(network.prefix_length, 24);
  EXPECT_EQ(only("restrict 2001:db8::/48\n").prefix_length, 48);
  EXPECT_FALSE(only("restrict 192.0.2.1\n").prefix_length);
  const auto masked = only("restrict 192.0.2.4 mask 255.0.255.0 flake\n");
  EXPECT_EQ(masked.mask, Address::v4(0xff00ff00));
  EXPECT_EQ(only("restrict -6 n.example\n").family, Family::V6);
  EXPECT_EQ(only("restrict \"source\"\n").host, "source");
}

TEST(RestrictLines, HaveATemplateForSources) {
  EXPECT_EQ(only("restrict source nomodify\n").subject, Subject::Source);
}

TEST(RestrictLines, TakeEveryFlag) {
  using namespace restrict_flag;
  const auto entry = only(
      "restrict default flake ignore kod limited mssntp nomodify nomrulist noquery noserve notrust "
      "version ntpport\n");
  EXPECT_EQ(entry.flags, kFlake | kIgnore | kKod | kLimited | kMsSntp | kNoModify | kNoMruList |
                             kNoQuery | kNoServe | kNoTrust | kVersion);
  EXPECT_TRUE(entry.ntp_port);
}

TEST(RestrictLines, ReportFlagsWithoutMeaning) {
  const auto result = parse("restrict default nopeer notrap nomodify\nrestrict 10.0.0.1 kod\n");
  EXPECT_EQ(result.settings.restrictions[0].flags, restrict_flag::kNoModify);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:18", "1:25", "2:1"));
}

TEST(RestrictLines, KeepTheHeadBeforeAnUnknownFlag) {
  const auto result = parse(
      "restrict 10.0.0.0/8 nomodify bogus noquery\nrestrict default nomodify, noquery\n"
      "restrict -4 10.0.0.1 mask 255.0.0.0\n");
  ASSERT_EQ(result.settings.restrictions.size(), 3U);
  EXPECT_EQ(result.settings.restrictions[0].flags, restrict_flag::kNoModify);
  EXPECT_EQ(result.settings.restrictions[1].flags, restrict_flag::kNoModify);
  EXPECT_FALSE(result.settings.restrictions[2].mask);
  EXPECT_THAT(errors(result), ElementsAre("1:30", "2:26", "3:22"));
}

TEST(RestrictLines, ShrinkToAHostWithABadPrefixLength) {
  for (const char* suffix : {"/0", "/-1", "/33", "/x", "/"}) {
    const auto result = parse(std::string("restrict 10.0.0.0") + suffix + " ignore\n");
    ASSERT_EQ(result.settings.restrictions.size(), 1U) << suffix;
    EXPECT_EQ(result.settings.restrictions[0].host, "10.0.0.0");
    EXPECT_FALSE(result.settings.restrictions[0].prefix_length);
    EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:1")) << suffix;
  }
}

TEST(RestrictLines, HitTheDefaultWithAMaskOfTheOtherFamily) {
  const auto result = parse("restrict 10.0.0.1 mask ffff:: ignore\n");
  ASSERT_EQ(result.settings.restrictions.size(), 1U);
  EXPECT_EQ(result.settings.restrictions[0].subject, Subject::Default);
  EXPECT_EQ(result.settings.restrictions[0].family, Family::V4);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:1"));
}

TEST(RestrictLines, PreferThePrefixLengthToTheMask) {
  const auto entry = only("restrict 10.0.0.0/8 mask 255.255.0.0\n");
  EXPECT_EQ(entry.prefix_length, 8);
  EXPECT_FALSE(entry.mask);
}

TEST(RestrictLines, AreVoidWithoutASubjectOrWithABadMask) {
  const auto result = parse(
      "restrict\nrestrict kod\nrestrict 127\nrestrict 10.0.0.1 mask\nrestrict 10.0.0.1 mask x\n");
  EXPECT_THAT(result.settings.restrictions, IsEmpty());
  EXPECT_THAT(errors(result), ElementsAre("1:9", "2:10", "3:10", "4:23", "5:1"));
}

TEST(RestrictLines, AreVoidWithAnAddressOfTheOtherFamily) {
  const ParseResult result = parse("unrestrict -4 ffff:: kod\nrestrict -6 192.0.2.0/24 kod\n");
  EXPECT_TRUE(result.settings.restrictions.empty());
  EXPECT_EQ(errors(result), (std::vector<std::string>{"1:1", "2:1"}));
}

TEST(UnrestrictLines, AreMarked) {
  EXPECT_TRUE(only("unrestrict default limited\n").remove);
  EXPECT_FALSE(only("restrict default limited\n").remove);
}

TEST(LimitLines, SetTheRate) {
  const auto settings = settings_of("limit average 2 burst 40 kod 0.25\nlimit average 3\n");
  EXPECT_DOUBLE_EQ(settings.limit.average, 3);
  EXPECT_DOUBLE_EQ(settings.limit.burst, 40);
  EXPECT_DOUBLE_EQ(settings.limit.kod, 0.25);
}

TEST(LimitLines, AreVoidAfterABadNumber) {
  const auto result = parse("limit average 2 burst\nlimit\nlimit average 1e999\n");
  EXPECT_DOUBLE_EQ(result.settings.limit.average, 1);
  EXPECT_THAT(errors(result), ElementsAre("1:22", "2:6", "3:15"));
}

TEST(MruLines, CountKibibytesAsEntries) {
  const auto mru =
      settings_of("mru maxmem 8192 mindepth 10 maxage 7200 minage -1 initmem 4 incmem 8\n").mru;
  EXPECT_EQ(mru.max_depth, 87381U);
  EXPECT_EQ(mru.min_depth, 10U);
  EXPECT_EQ(mru.max_age, 7200);
  EXPECT_EQ(mru.min_age, -1);
  EXPECT_EQ(mru.initial, 42U);
  EXPECT_EQ(mru.increment, 85U);
}

TEST(MruLines, TakeNegativeSizesAsUnlimitedOrRefuseThem) {
  const auto result = parse("mru maxdepth -1\nmru mindepth -1 initalloc -5 incalloc 7\n");
  EXPECT_EQ(result.settings.mru.max_depth, MruSettings::kUnlimited);
  EXPECT_EQ(result.settings.mru.min_depth, 600U);
  EXPECT_EQ(result.settings.mru.increment, 7U);
  EXPECT_THAT(errors(result), ElementsAre("2:14", "2:27"));
}

}  // namespace
}  // namespace ntp::config
