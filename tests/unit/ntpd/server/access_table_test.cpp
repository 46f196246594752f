// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/access_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;
using config::RestrictSettings;
using Lines = std::vector<RestrictSettings>;
using Subject = RestrictSettings::Subject;

constexpr std::uint32_t kBuiltIn = flag::kNoQuery | flag::kLimited;

RestrictSettings host(const std::string& name, std::uint32_t flags) {
  RestrictSettings line;
  line.host = name;
  line.flags = flags;
  return line;
}
RestrictSettings prefix(const std::string& name, int length, std::uint32_t flags) {
  auto line = host(name, flags);
  line.prefix_length = length;
  return line;
}
RestrictSettings masked(const std::string& name, const std::string& mask, std::uint32_t flags) {
  auto line = host(name, flags);
  line.mask = parse_address(mask);
  return line;
}
RestrictSettings default_line(std::uint32_t flags, Family family = Family::Any) {
  RestrictSettings line;
  line.subject = Subject::Default;
  line.family = family;
  line.flags = flags;
  return line;
}
RestrictSettings source_line(std::uint32_t flags) {
  RestrictSettings line;
  line.subject = Subject::Source;
  line.flags = flags;
  return line;
}
RestrictSettings removed(RestrictSettings line) {
  line.remove = true;
  return line;
}
RestrictSettings ntp_port(RestrictSettings line) {
  line.ntp_port = true;
  return line;
}

Endpoint at(const std::string& address, std::uint16_t port = 4000) {
  return {*parse_address(address), port};
}
std::uint32_t flags_of(const Lines& lines, const std::string& address, std::uint16_t port = 4000) {
  return AccessTable::build(lines).flags_for(at(address, port));
}

TEST(AccessTable, HasADefaultForEachFamily) {
  const AccessTable table;
  EXPECT_EQ(table.entries().size(), 2U);
  EXPECT_EQ(table.flags_for(at("192.0.2.1")), kBuiltIn);
  EXPECT_EQ(table.flags_for(at("2001:db8::1")), kBuiltIn);
  EXPECT_TRUE(table.has_limits());
}

TEST(AccessTable, IgnoresMulticastAndUnknownSources) {
  const Lines lines{host("224.0.0.1", 0), host("ff02::1", 0)};
  EXPECT_EQ(flags_of(lines, "224.0.0.1"), flag::kIgnore);
  EXPECT_EQ(flags_of(lines, "ff02::1"), flag::kIgnore);
  EXPECT_EQ(AccessTable().flags_for({}), flag::kIgnore);
}

TEST(AccessTable, AddsFlagsToTheDefault) {
  EXPECT_EQ(flags_of({default_line(flag::kKod)}, "192.0.2.1"), kBuiltIn | flag::kKod);
  EXPECT_EQ(flags_of({default_line(flag::kKod)}, "::1"), kBuiltIn | flag::kKod);
  const Lines lines{default_line(flag::kIgnore, Family::V6)};
  EXPECT_EQ(flags_of(lines, "192.0.2.1"), kBuiltIn);
  EXPECT_EQ(flags_of(lines, "::1"), kBuiltIn | flag::kIgnore);
}

TEST(AccessTable, TakesFlagsFromTheDefaultButNeverTheEntry) {
  EXPECT_EQ(flags_of({removed(default_line(flag::kNoQuery))}, "192.0.2.1"), flag::kLimited);
  EXPECT_EQ(flags_of({removed(default_line(0))}, "192.0.2.1"), kBuiltIn);
  const auto table = AccessTable::build({removed(default_line(kBuiltIn))});
  EXPECT_FALSE(table.has_limits());
}

TEST(AccessTable, PrefersTheLongestPrefixAndAsksNoOther) {
  const Lines lines{prefix("10.0.0.0", 8, flag::kNoServe), host("10.1.2.3", 0),
                    prefix("10.1.0.0", 16, flag::kNoModify)};
  EXPECT_EQ(flags_of(lines, "10.9.9.9"), flag::kNoServe);
  EXPECT_EQ(flags_of(lines, "10.1.9.9"), flag::kNoModify);
  EXPECT_EQ(flags_of(lines, "10.1.2.3"), 0U);
  EXPECT_EQ(flags_of(lines, "11.0.0.1"), kBuiltIn);
}

TEST(AccessTable, WorksForIpv6) {
  const Lines lines{prefix("2001:db8:ffff::1", 33, flag::kNoServe), host("fe80::1%3", flag::kKod)};
  EXPECT_EQ(flags_of(lines, "2001:db8:8000::5"), flag::kNoServe);
  EXPECT_EQ(flags_of(lines, "2001:db8:7fff::5"), kBuiltIn);
  EXPECT_EQ(flags_of(lines, "fe80::1%7"), flag::kKod);
}

TEST(AccessTable, TakesImpossibleLengthsForHosts) {
  for (const int length : {0, -1, 33, 1000}) {
    const Lines lines{prefix("10.0.0.0", length, flag::kIgnore)};
    EXPECT_EQ(flags_of(lines, "10.0.0.0"), flag::kIgnore) << length;
    EXPECT_EQ(flags_of(lines, "10.0.0.1"), kBuiltIn) << length;
  }
}

TEST(AccessTable, LetsAPrefixLengthOverrideAMask) {
  auto line = masked("10.0.0.0", "255.0.0.0", flag::kIgnore);
  line.prefix_length = 24;
  EXPECT_EQ(flags_of({line}, "10.0.0.9"), flag::kIgnore);
  EXPECT_EQ(flags_of({line}, "10.0.1.9"), kBuiltIn);
}

TEST(AccessTable, TakesMasksOfAnyBitPattern) {
  const Lines lines{masked("10.7.0.1", "255.0.0.255", flag::kNoServe)};
  EXPECT_EQ(flags_of(lines, "10.200.30.1"), flag::kNoServe);
  EXPECT_EQ(flags_of(lines, "10.7.0.2"), kBuiltIn);
}

TEST(AccessTable, TakesAMaskOfTheOtherFamilyForNoBits) {
  EXPECT_EQ(flags_of({masked("10.0.0.1", "ffff::", flag::kKod)}, "192.0.2.1"),
            kBuiltIn | flag::kKod);
}

TEST(AccessTable, IsSortedFromHighToLow) {
  const auto table =
      AccessTable::build({prefix("10.0.0.0", 8, 0), host("192.0.2.1", 0), prefix("10.0.0.0", 16, 0),
                          ntp_port(prefix("10.0.0.0", 16, 0)), host("::1", 0)});
  std::vector<std::string> shown;
  for (const auto& entry : table.entries()) {
    shown.push_back(entry.address.to_string() + '/' + entry.mask.to_string() +
                    (entry.ntp_port ? " ntpport" : ""));
  }
  EXPECT_EQ(shown, (std::vector<std::string>{
                       "192.0.2.1/255.255.255.255", "10.0.0.0/255.255.0.0 ntpport",
                       "10.0.0.0/255.255.0.0", "10.0.0.0/255.0.0.0", "0.0.0.0/0.0.0.0",
                       "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/::"}));
}

TEST(AccessTable, AddsUpTheFlagsOfEqualLines) {
  const Lines lines{prefix("10.0.0.0", 8, flag::kNoServe), prefix("10.1.1.1", 8, flag::kKod)};
  EXPECT_EQ(flags_of(lines, "10.2.2.2"), flag::kNoServe | flag::kKod);
  EXPECT_EQ(AccessTable::build(lines).entries().size(), 3U);
}

// The order decides, whatever way the table is searched.
TEST(AccessTable, FindsTheFirstEntryThatCoversAnAddress) {
  std::mt19937 random(7);
  const auto address = [&] { return Address::v4(0x0a000000 + random() % 64); };
  constexpr std::uint32_t kMasks[] = {0xffffffff, 0xfffffffc, 0xfffffff0, 0xffffffc0, 0xff000005};
  for (int round = 0; round < 50; ++round) {
    Lines lines;
    for (int i = 0; i < 20; ++i) {
      auto line = host(address().to_string(), flag::kNoServe << (random() % 3));
      line.mask = Address::v4(kMasks[random() % std::size(kMasks)]);
      line.ntp_port = random() % 3 == 0;
      line.remove = random() % 4 == 0;
      if (random() % 5 == 0) line.flags = 0;
      lines.push_back(line);
    }
    const auto table = AccessTable::build(lines);
    const auto& entries = table.entries();
    for (std::uint32_t last = 0; last < 64; ++last) {
      for (const std::uint16_t port : {kNtpPort, std::uint16_t{1024}}) {
        const std::uint32_t value = 0x0a000000 + last;
        const auto covering =
            std::find_if(entries.begin(), entries.end(), [&](const AccessEntry& entry) {
              return entry.address.is_v4() && (!entry.ntp_port || port == kNtpPort) &&
                     (value & entry.mask.v4_value()) == entry.address.v4_value();
            });
        const auto index = table.match({Address::v4(value), port});
        ASSERT_TRUE(index);
        EXPECT_EQ(*index, static_cast<std::size_t>(covering - entries.begin()));
      }
    }
  }
}

TEST(AccessTable, HoldsABlockListOfAHundredThousandLines) {
  Lines lines;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    lines.push_back(host(Address::v4(0x0a000000 + i).to_string(), flag::kIgnore));
  }
  const auto table = AccessTable::build(lines);
  EXPECT_EQ(table.entries().size(), 100'002U);
  EXPECT_EQ(table.flags_for({Address::v4(0x0a000000 + 77'777), 123}), flag::kIgnore);
  EXPECT_EQ(table.flags_for({Address::v4(0x0a000000 + 100'000), 123}), kBuiltIn);
}

TEST(AccessTable, ClearsFlagsAndRemovesEntries) {
  const auto line = host("10.0.0.1", flag::kNoServe | flag::kKod);
  EXPECT_EQ(flags_of({line, removed(host("10.0.0.1", flag::kKod))}, "10.0.0.1"), flag::kNoServe);
  EXPECT_EQ(flags_of({line, removed(host("10.0.0.1", 0))}, "10.0.0.1"), kBuiltIn);
  EXPECT_EQ(flags_of({line, removed(host("10.0.0.2", 0))}, "10.0.0.1"), line.flags);
}

TEST(AccessTable, MatchesPort123OnlyWithNtpport) {
  const Lines lines{ntp_port(host("10.0.0.1", flag::kIgnore)), host("10.0.0.1", flag::kKod)};
  EXPECT_EQ(flags_of(lines, "10.0.0.1", 123), flag::kIgnore);
  EXPECT_EQ(flags_of(lines, "10.0.0.1", 124), flag::kKod);
}

TEST(AccessTable, CannotRemoveAnEntryWithNtpport) {
  const auto line = ntp_port(host("10.0.0.1", flag::kIgnore));
  for (const auto& attempt :
       {removed(host("10.0.0.1", 0)), removed(ntp_port(host("10.0.0.1", 0)))}) {
    EXPECT_EQ(flags_of({line, attempt}, "10.0.0.1", 123), flag::kIgnore);
  }
}

TEST(AccessTable, AsksForTheAddressesOfNames) {
  std::vector<std::pair<std::string, Family>> asked;
  const auto lookup = [&](const std::string& name, Family family) {
    asked.emplace_back(name, family);
    if (name == "nowhere") return std::vector<Address>{};
    return std::vector<Address>{*parse_address("10.1.0.1"), *parse_address("10.2.0.1"),
                                *parse_address("fd00::1"), Address()};
  };
  auto line = masked("time.example", "255.255.0.0", flag::kNoServe);
  line.family = Family::V4;
  const auto table = AccessTable::build(
      {line, host("nowhere", flag::kIgnore), host("10.9.9.9", flag::kIgnore)}, lookup);
  EXPECT_EQ(asked, (std::vector<std::pair<std::string, Family>>{{"time.example", Family::V4},
                                                                {"nowhere", Family::Any}}));
  EXPECT_EQ(table.flags_for(at("10.1.7.7")), flag::kNoServe);
  EXPECT_EQ(table.flags_for(at("10.2.0.1")), flag::kNoServe);
  EXPECT_EQ(table.flags_for(at("10.2.0.2")), kBuiltIn) << "the mask is the first one's";
  EXPECT_EQ(table.flags_for(at("fd00::1")), flag::kNoServe);
  EXPECT_EQ(table.entries().size(), 6U);
}

TEST(AccessTable, LeavesNamesOutWithoutALookup) {
  EXPECT_EQ(AccessTable::build({host("time.example", flag::kIgnore)}).entries().size(), 2U);
}

TEST(AccessTable, PokesAHoleWhereASourceIsLockedOut) {
  auto table = AccessTable::build({default_line(flag::kIgnore), source_line(flag::kNoModify)});
  const auto source = at("192.0.2.1", 123);
  EXPECT_EQ(table.poke_hole(source, true), AccessTable::Hole::Poked);
  EXPECT_EQ(table.flags_for(source), flag::kNoModify);
  EXPECT_EQ(table.flags_for(at("192.0.2.2")), kBuiltIn | flag::kIgnore);
  EXPECT_TRUE(table.entries().front().source);
  EXPECT_EQ(table.poke_hole(source, true), AccessTable::Hole::NotNeeded);
}

TEST(AccessTable, PokesNoHoleWithoutNeed) {
  auto table = AccessTable::build(
      {default_line(flag::kNoServe | flag::kNoTrust), source_line(flag::kNoModify)});
  EXPECT_EQ(table.poke_hole(at("192.0.2.1"), true), AccessTable::Hole::NotNeeded);
  EXPECT_EQ(table.poke_hole(at("192.0.2.1"), false), AccessTable::Hole::Poked);
}

TEST(AccessTable, SaysWhyItPokesNoHole) {
  auto table = AccessTable::build({default_line(flag::kIgnore), host("10.0.0.1", flag::kIgnore)});
  EXPECT_EQ(table.poke_hole(at("10.0.0.1"), false), AccessTable::Hole::SpecificEntry);
  EXPECT_EQ(table.poke_hole(at("10.0.0.2"), false), AccessTable::Hole::NoTemplate);
  EXPECT_EQ(table.entries().size(), 3U);
}

TEST(AccessTable, LetsUnrestrictSourceActAsRestrictSource) {
  auto table =
      AccessTable::build({default_line(flag::kIgnore), removed(source_line(flag::kNoQuery))});
  EXPECT_EQ(table.poke_hole(at("10.0.0.2"), false), AccessTable::Hole::Poked);
  EXPECT_EQ(table.flags_for(at("10.0.0.2")), flag::kNoQuery);
}

TEST(FlagWords, StandInTheirOrder) {
  namespace bits = config::restrict_flag;
  AccessEntry entry;
  EXPECT_EQ(flag_words(entry), "");
  entry.flags = bits::kKod | bits::kLimited | bits::kNoModify | bits::kNoQuery | bits::kNoMruList;
  EXPECT_EQ(flag_words(entry), "noquery nomodify limited kod");
  entry.flags = ~0U;
  entry.ntp_port = entry.source = true;
  EXPECT_EQ(flag_words(entry),
            "ntpport source ignore noserve notrust noquery nomodify nopeer limited version kod "
            "flake");
}

}  // namespace
}  // namespace ntp::server
