// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StatisticsLines, EnableSets) {
  const auto settings = settings_of(
      "statistics clockstats loopstats peerstats protostats rawstats sysstats usestats ntsstats "
      "ntskestats ntskelog\n");
  for (const auto& set : settings.statistics) EXPECT_TRUE(set.enabled);
  const Settings without = settings_of("");
  EXPECT_FALSE(statistics_of(without, StatisticsSet::Loop).enabled);
}

TEST(StatisticsLines, RefuseUnknownSets) {
  const auto result = parse("statistics loopstats timingstats\nstatistics\n");
  EXPECT_TRUE(statistics_of(result.settings, StatisticsSet::Loop).enabled);
  EXPECT_THAT(errors(result), ElementsAre("1:22", "2:11"));
}

TEST(FilegenLines, ShapeASet) {
  const auto settings = settings_of("filegen loopstats file loops type month nolink\n");
  const auto& loop = statistics_of(settings, StatisticsSet::Loop);
  EXPECT_TRUE(loop.enabled);
  EXPECT_EQ(loop.file, "loops");
  EXPECT_EQ(loop.type, FileGeneration::Month);
  EXPECT_FALSE(loop.link);
}

TEST(FilegenLines, KeepTypeAndLinkButForgetTheName) {
  const auto settings =
      settings_of("filegen peerstats file p type age nolink\nfilegen peerstats link\n");
  const auto& peer = statistics_of(settings, StatisticsSet::Peer);
  EXPECT_EQ(peer.file, "");
  EXPECT_EQ(peer.type, FileGeneration::Age);
  EXPECT_TRUE(peer.link);
}

TEST(FilegenLines, DecideOverStatisticsLines) {
  const auto settings = settings_of("filegen rawstats disable\nstatistics rawstats\n");
  EXPECT_FALSE(statistics_of(settings, StatisticsSet::Raw).enabled);
}

TEST(FilegenLines, KeepNamesInsideStatsdir) {
  const auto result = parse("filegen loopstats file deep/loops type none\n");
  const auto& loop = statistics_of(result.settings, StatisticsSet::Loop);
  EXPECT_TRUE(loop.enabled);
  EXPECT_EQ(loop.file, "");
  EXPECT_EQ(loop.type, FileGeneration::None);
  EXPECT_THAT(errors(result), ElementsAre("1:24"));
}

TEST(FilegenLines, AreVoidAfterABadArgument) {
  const auto result =
      parse("filegen loopstats nolink type daily\nfilegen x\nfilegen usestats file\n");
  EXPECT_FALSE(statistics_of(result.settings, StatisticsSet::Loop).enabled);
  EXPECT_TRUE(statistics_of(result.settings, StatisticsSet::Loop).link);
  EXPECT_FALSE(statistics_of(result.settings, StatisticsSet::Use).enabled);
  EXPECT_THAT(errors(result), ElementsAre("1:31", "2:9", "3:22"));
}

TEST(StatsdirLines, EndInASlash) {
  EXPECT_EQ(settings_of("statsdir /var/s\n").stats_dir, "/var/s/");
  EXPECT_EQ(settings_of("statsdir /var/s/\n").stats_dir, "/var/s/");
  const auto result = parse("statsdir /" + std::string(254, 'x') + "\n");
  EXPECT_EQ(result.settings.stats_dir, "");
  EXPECT_THAT(errors(result), ElementsAre("1:10"));
}

TEST(LogconfigLines, NameClassesAndItems) {
  const auto mask = [](const char* text) { return settings_of(text).log_classes; };
  EXPECT_EQ(mask(""), 0xf000U);
  EXPECT_EQ(mask("logconfig =allall\n"), 0xffffU);
  EXPECT_EQ(mask("logconfig peerevents\n"), 0x20U);
  EXPECT_EQ(mask("logconfig =clockall -clockstatus\n"), 0xb00U);
  EXPECT_EQ(mask("logconfig =allclock\n"), 0xf00U);
  EXPECT_EQ(mask("logconfig =allevents +info\n"), 0x2223U);
  EXPECT_EQ(mask("logconfig +sysstatistics\nlogconfig -syncall\n"), 0x8U);
}

TEST(LogconfigLines, ClearTheMaskAtAnUnknownWord) {
  const auto result = parse("logconfig = syncall\nlogconfig +everything =\nlogconfig\n");
  EXPECT_EQ(result.settings.log_classes, 0U);
  EXPECT_THAT(errors(result), ElementsAre("1:11", "2:11", "2:23", "3:10"));
}

}  // namespace
}  // namespace ntp::config
