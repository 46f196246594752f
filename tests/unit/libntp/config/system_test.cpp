// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(PathLines, NameFiles) {
  const auto settings =
      settings_of("logfile /l\nleapfile \"/a b\"\npidfile /p\npidfile /q\nlogfile /m\n");
  EXPECT_EQ(settings.log_file, "/m");
  EXPECT_EQ(settings.leap_file, "/a b");
  EXPECT_THAT(settings.pid_files,
              ElementsAre(Field(&NamedFile::path, "/p"), Field(&NamedFile::path, "/q")));
  EXPECT_EQ(settings.pid_files[1].where.line, 4);
}

TEST(NumberLines, SetTheirNumber) {
  const auto settings = settings_of("dscp 0\nmdnstries 3\nleapsmearinterval 3600\n");
  EXPECT_EQ(settings.dscp, 0);
  EXPECT_EQ(settings.mdns_tries, 3);
  EXPECT_EQ(settings.leap_smear_interval, 3600);
  EXPECT_THAT(errors(parse("dscp 4.5\nleapsmearinterval -1\nmdnstries x\n")),
              ElementsAre("1:6", "2:19", "3:11"));
}

TEST(InterfaceLines, KeepTheirOrder) {
  const auto rules = settings_of(
                         "interface ignore all\nnic listen 192.0.2.7/24\ninterface drop wildcard\n"
                         "interface listen eth*\nnic ignore ipv6\nnic listen ipv4\n"
                         "nic listen ::1\n")
                         .interfaces;
  using Match = InterfaceRule::Match;
  ASSERT_EQ(rules.size(), 7U);
  EXPECT_EQ(rules[0].action, InterfaceRule::Action::Ignore);
  EXPECT_EQ(rules[0].match, Match::All);
  EXPECT_EQ(rules[1].prefix.to_string(), "192.0.2.0/24");
  EXPECT_EQ(rules[2].action, InterfaceRule::Action::Drop);
  EXPECT_EQ(rules[2].match, Match::Wildcard);
  EXPECT_EQ(rules[3].name, "eth*");
  EXPECT_EQ(rules[4].match, Match::V6);
  EXPECT_EQ(rules[5].match, Match::V4);
  EXPECT_EQ(rules[6].prefix.length, 128);
}

TEST(InterfaceLines, BringPrefixLengthsIntoRange) {
  const auto length = [](const char* text) {
    return settings_of(text).interfaces[0].prefix.length;
  };
  EXPECT_EQ(length("nic listen 10.0.0.0/99\n"), 32);
  EXPECT_EQ(length("nic listen 10.0.0.0/x\n"), 32);
  EXPECT_EQ(length("nic listen 10.0.0.0/-3\n"), 32);
  EXPECT_EQ(length("nic listen 10.0.0.0/0\n"), 0);
}

TEST(InterfaceLines, NeedAnActionAndAMatch) {
  EXPECT_THAT(errors(parse("interface\ninterface all\nnic listen\nnic listen -4\n")),
              ElementsAre("1:10", "2:11", "3:11", "4:12"));
}

TEST(ExtraLines, NameAPort) {
  EXPECT_EQ(settings_of("extra port 1123\n").extra_port, 1123);
  const auto result = parse("extra port 70000\nextra\n");
  EXPECT_EQ(result.settings.extra_port, 4464);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:12"));
  EXPECT_THAT(errors(result), ElementsAre("2:6"));
}

TEST(SetvarLines, NeedABlankBeforeTheEqualsSign) {
  const auto result = parse(
      "setvar a=\"x\"\nsetvar b=c\nsetvar d = \"e f\" default\nsetvar g =h\nsetvar i = \"-4\"\n");
  ASSERT_EQ(result.settings.variables.size(), 2U);
  EXPECT_EQ(result.settings.variables[0].name, "d");
  EXPECT_EQ(result.settings.variables[0].value, "e f");
  EXPECT_TRUE(result.settings.variables[0].is_default);
  EXPECT_EQ(result.settings.variables[1].value, "h");
  EXPECT_THAT(errors(result), ElementsAre("1:13", "2:11", "5:12"));
}

TEST(PhoneLines, KeepNine) {
  const auto result = parse("phone 1 2 3 4 5\nphone 6 7 8 9 10 11\nphone\n");
  EXPECT_EQ(result.settings.phones.size(), 9U);
  EXPECT_EQ(result.settings.phones[8], "9");
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("2:15", "2:18"));
  EXPECT_THAT(errors(result), ElementsAre("3:6"));
}

TEST(RlimitLines, SetLimits) {
  const auto result = parse("rlimit memlock 32 filenum 300 stacksize 64\nrlimit\n");
  EXPECT_EQ(result.settings.limits.descriptors, 300);
  EXPECT_EQ(result.settings.limits.stack_pages, 64);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:8"));
  EXPECT_THAT(errors(result), ElementsAre("2:7"));
}

TEST(ResetLines, NameCounters) {
  const auto settings = settings_of("reset allpeers io\nreset auth ctl mem sys timer\n");
  EXPECT_EQ(settings.reset_counters, 127U);
  EXPECT_THAT(errors(parse("reset\nreset all\n")), ElementsAre("1:6", "2:7"));
}

TEST(HardwareStampLines, AddInterfaces) {
  EXPECT_THAT(settings_of("hwtimestamp eth0 eth1\nhwtimestamp *\n").hardware_stamps,
              ElementsAre("eth0", "eth1", "*"));
  EXPECT_THAT(errors(parse("hwtimestamp\n")), testing::SizeIs(1));
}

}  // namespace
}  // namespace ntp::config
