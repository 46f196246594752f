// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SourceLines, HaveNtpsecsDefaults) {
  const auto result = parse("server 192.0.2.1\n");
  ASSERT_THAT(hosts(result.settings), ElementsAre("192.0.2.1"));
  const SourceSettings& source = result.settings.sources[0];
  EXPECT_EQ(source.type, SourceType::Server);
  EXPECT_EQ(source.min_poll, 6);
  EXPECT_EQ(source.max_poll, 10);
  EXPECT_EQ(source.version, 4);
  EXPECT_EQ(source.where.line, 1);
  EXPECT_THAT(result.diagnostics, IsEmpty());
}

TEST(SourceLines, TakeEveryOption) {
  const auto settings = settings_of(
      "pool -6 p.example iburst burst prefer noselect true minpoll 4 maxpoll 0x8 version 3 key 7 "
      "bias -0.5 nts noval ca /etc/ca aead AES_SIV_CMAC_512 holdover 3\n");
  ASSERT_EQ(settings.sources.size(), 1U);
  const SourceSettings& source = settings.sources[0];
  EXPECT_EQ(source.type, SourceType::Pool);
  EXPECT_EQ(source.family, Family::V6);
  EXPECT_TRUE(source.iburst && source.burst && source.prefer && source.noselect);
  EXPECT_TRUE(source.truechimer && source.nts && source.nts_no_validation);
  EXPECT_EQ(source.min_poll, 4);
  EXPECT_EQ(source.max_poll, 8);
  EXPECT_EQ(source.version, 3);
  EXPECT_EQ(source.key, 7U);
  EXPECT_DOUBLE_EQ(source.bias, -0.5);
  EXPECT_EQ(source.nts_ca, "/etc/ca");
  EXPECT_EQ(source.nts_aead, "AES_SIV_CMAC_512");
}

TEST(SourceLines, TakeTheLastOfARepeatedOption) {
  EXPECT_EQ(settings_of("server a minpoll 4 minpoll 5\n").sources[0].min_poll, 5);
}

TEST(SourceLines, BringPollsIntoTheirRange) {
  const auto result = parse("server a minpoll 30 maxpoll -2\nserver b maxpoll 99\n");
  EXPECT_EQ(result.settings.sources[0].min_poll, 0);
  EXPECT_EQ(result.settings.sources[0].max_poll, 0);
  EXPECT_EQ(result.settings.sources[1].max_poll, 17);
  EXPECT_THAT(errors(result), IsEmpty());
}

TEST(SourceLines, LowerMinpollToMaxpoll) {
  const auto result = parse("server a minpoll 12\nserver b maxpoll 4\n");
  EXPECT_EQ(result.settings.sources[0].min_poll, 10);
  EXPECT_EQ(result.settings.sources[1].min_poll, 4);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:1", "2:1"));
}

TEST(SourceLines, DropALineWhoseVersionOrKeyIsOutOfRange) {
  const auto result = parse(
      "server a version 255\nserver b key 65535\nserver c key -1\nserver d cert x\n"
      "server e version 254 key 65534\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("e"));
  EXPECT_THAT(errors(result), ElementsAre("1:18", "2:14", "3:14", "4:10"));
  EXPECT_EQ(result.syntax_errors, 0U);
}

TEST(SourceLines, KeepTheHeadBeforeAnUnknownWord) {
  const auto result = parse("server a iburst bogus minpoll 4\n");
  ASSERT_EQ(result.settings.sources.size(), 1U);
  EXPECT_TRUE(result.settings.sources[0].iburst);
  EXPECT_EQ(result.settings.sources[0].min_poll, 6);
  EXPECT_THAT(errors(result), ElementsAre("1:17"));
}

TEST(SourceLines, AreVoidAfterABadArgument) {
  const auto result = parse(
      "server a iburst minpoll\nserver b minpoll +5\nserver c key 0x\nserver d bias -4\n"
      "server e minpoll \"4\"\nserver\n");
  EXPECT_THAT(hosts(result.settings), IsEmpty());
  EXPECT_THAT(errors(result), ElementsAre("1:24", "2:18", "3:14", "4:15", "5:18", "6:7"));
}

TEST(SourceLines, IgnoreAnUnknownAead) {
  EXPECT_EQ(parse("server a aead AES_128_GCM_SIV\n").settings.sources[0].nts_aead,
            "AES_128_GCM_SIV");
  const auto result = parse("server a aead aes_siv_cmac_256\n");
  EXPECT_EQ(result.settings.sources[0].nts_aead, "");
  EXPECT_THAT(errors(result), ElementsAre("1:15"));
}

TEST(SourceLines, TreatPeerAsServer) {
  const auto result = parse("peer 192.0.2.1\n");
  EXPECT_EQ(result.settings.sources[0].type, SourceType::Server);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:1"));
}

TEST(SourceLines, DropDuplicates) {
  const auto result = parse(
      "server 2001:db8::1\nserver [2001:DB8:0::1] iburst\nserver n.example\npool N.EXAMPLE\n"
      "server -4 m.example\nserver -6 m.example\nserver m.example\n");
  EXPECT_THAT(hosts(result.settings),
              ElementsAre("2001:db8::1", "n.example", "m.example", "m.example"));
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("2:1", "4:1", "7:1"));
}

TEST(SourceLines, RefuseAddressesThatCantBeAsked) {
  const auto result = parse(
      "server 224.0.1.1\nserver ff02::101\nserver 127.0.0.2\nserver 127.0.0.1\nserver 0.0.0.0\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("127.0.0.1", "0.0.0.0"));
  EXPECT_THAT(errors(result), ElementsAre("1:1", "2:1", "3:1"));
}

TEST(SourceLines, SplitOffPortsOnlyForNts) {
  const auto result = parse(
      "server n.example:123 nts\nserver [2001:db8::2]:99 nts\nserver [2001:db8::3]:99\n"
      "server 192.0.2.1:123\nserver o.example:0 nts\n");
  EXPECT_THAT(hosts(result.settings),
              ElementsAre("n.example", "2001:db8::2", "2001:db8::3", "192.0.2.1:123", "o.example"));
  EXPECT_EQ(result.settings.sources[0].nts_port, 123);
  EXPECT_EQ(result.settings.sources[1].nts_port, 99);
  EXPECT_EQ(result.settings.sources[2].nts_port, kNtsKePort);
  EXPECT_EQ(result.settings.sources[4].nts_port, kNtsKePort);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("4:1"));
  EXPECT_THAT(errors(result), ElementsAre("5:1"));
}

TEST(RefclockLines, NameADriverInAnyCase) {
  const auto settings = settings_of(
      "refclock LOCAL stratum 12\n"
      "refclock shm unit 3 refid GPSXY time1 0.1 time2 1g flag1 1 flag3 true flag1 0 path /p "
      "ppspath /q baud 9600 mode 2 minpoll 3\n");
  ASSERT_EQ(settings.sources.size(), 2U);
  const SourceSettings& local = settings.sources[0];
  EXPECT_EQ(local.type, SourceType::Refclock);
  EXPECT_EQ(local.driver, "local");
  EXPECT_EQ(local.driver_type, 1);
  EXPECT_EQ(local.unit, 0);
  EXPECT_EQ(local.stratum, 12);
  EXPECT_EQ(local.max_poll, 6);
  const SourceSettings& shm = settings.sources[1];
  EXPECT_EQ(shm.unit, 3);
  EXPECT_EQ(shm.refid, "GPSX");
  EXPECT_DOUBLE_EQ(shm.time1, 0.1);
  EXPECT_DOUBLE_EQ(shm.time2, 1 + 1024.0 * 604800);
  EXPECT_EQ(shm.flags, 4U);
  EXPECT_EQ(shm.path, "/p");
  EXPECT_EQ(shm.pps_path, "/q");
  EXPECT_EQ(shm.baud, 9600);
  EXPECT_EQ(shm.mode, 2);
  EXPECT_EQ(shm.min_poll, 3);
  EXPECT_EQ(shm.max_poll, 3);
}

TEST(RefclockLines, ComeAsAddressesToo) {
  const auto settings = settings_of("server 127.127.1.7 minpoll 4\n");
  ASSERT_EQ(settings.sources.size(), 1U);
  EXPECT_EQ(settings.sources[0].type, SourceType::Refclock);
  EXPECT_EQ(settings.sources[0].driver, "local");
  EXPECT_EQ(settings.sources[0].unit, 7);
  EXPECT_EQ(settings.sources[0].host, "");
  EXPECT_EQ(settings.sources[0].max_poll, 4);
}

TEST(RefclockLines, ReportUnknownDriversAndUnitsAndReadOn) {
  const auto result = parse(
      "refclock sundial unit 0\nrefclock shm unit 256\nserver 127.127.2.0\nrefclock shm flag1 "
      "false\nserver a\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("a"));
  EXPECT_THAT(errors(result), ElementsAre("1:10", "2:1", "3:1", "4:20"));
}

TEST(RefclockLines, IgnoreAStratumOutOfRange) {
  const auto result = parse("refclock shm stratum 17 flag2 5\n");
  ASSERT_EQ(result.settings.sources.size(), 1U);
  EXPECT_FALSE(result.settings.sources[0].stratum);
  EXPECT_EQ(result.settings.sources[0].flags, 2U);
  EXPECT_THAT(errors(result), ElementsAre("1:22", "1:31"));
}

TEST(RefclockLines, AreDuplicatesInEitherForm) {
  EXPECT_EQ(settings_of("refclock shm unit 1\nserver 127.127.28.1\n").sources.size(), 1U);
}

TEST(FudgeLines, ChangeTheirClockWhereverTheyStand) {
  const auto result = parse(
      "fudge 127.127.28.0 time1 +0.5 refid PPSXY flag2 0 stratum 3\n"
      "server 127.127.28.0 flag2 1 flag4 1\nfudge 127.127.28.9 time1 1\n");
  ASSERT_EQ(result.settings.sources.size(), 1U);
  const SourceSettings& clock = result.settings.sources[0];
  EXPECT_DOUBLE_EQ(clock.time1, 0.5);
  EXPECT_EQ(clock.refid, "PPSX");
  EXPECT_EQ(clock.stratum, 3);
  EXPECT_EQ(clock.flags, 8U);
  EXPECT_EQ(result.settings.fudges.size(), 2U);
  EXPECT_THAT(result.diagnostics, IsEmpty());
}

TEST(FudgeLines, NeedAClockAndAFactor) {
  const auto result = parse(
      "fudge 192.0.2.1 stratum 3\nfudge 127.127.1.0\nfudge 127.127.1.0 time1 -4\n"
      "fudge 127.127.1.0 stratum 99\n");
  EXPECT_THAT(errors(result), ElementsAre("1:7", "2:18", "3:25", "4:27"));
  EXPECT_EQ(result.settings.fudges.size(), 1U);
}

TEST(UnpeerLines, RemoveSourcesMadeAnywhere) {
  const auto result = parse(
      "unpeer 192.0.2.1\nserver 192.0.2.1\nserver n.example\nserver 127.127.1.0\nserver b\n"
      "unconfig N.example\nunpeer 127.127.1.0\nunpeer 4711\nunpeer -4 nobody\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("b"));
  EXPECT_EQ(result.settings.unpeers.size(), 5U);
  EXPECT_EQ(result.settings.unpeers[3].association, 4711);
  EXPECT_THAT(errors(result), IsEmpty());
}

TEST(UnpeerLines, DontKnowClocksByDriver) {
  const auto result = parse("refclock shm\nunpeer clock shm unit 0\n");
  EXPECT_EQ(result.settings.sources.size(), 1U);
  EXPECT_THAT(errors(result), ElementsAre("2:14"));
}

}  // namespace
}  // namespace ntp::config
