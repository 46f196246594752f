// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "libntp/config/changes.h"
#include "libntp/config/parser.h"

namespace ntp::config {
namespace {

Settings running() {
  return parse_text(
             "server 192.0.2.1 iburst\nserver 192.0.2.2\nrefclock local\ntos maxclock 5\n"
             "unpeer 192.0.2.9\nrestrict default nomodify\nsetvar a = 1\n",
             "ntp.conf")
      .settings;
}

TEST(ParseMore, AddsToWhatRuns) {
  const auto more = parse_more(running(), "server 192.0.2.3\ntos minclock 2\nsetvar b = 2", "x");
  EXPECT_TRUE(more.rejections.empty());
  EXPECT_EQ(more.settings.sources.size(), 4U);
  EXPECT_EQ(more.settings.tos.max_clock, 5);
  EXPECT_EQ(more.settings.tos.min_clock, 2);
  EXPECT_EQ(more.settings.variables.size(), 2U);
  EXPECT_EQ(more.settings.restrictions.size(), 1U);
}

TEST(ParseMore, KnowsTheSourcesThereAre) {
  const auto again = parse_more(running(), "server 192.0.2.1", "x");
  EXPECT_EQ(again.settings.sources.size(), 3U);
  EXPECT_TRUE(again.rejections.empty());
  const auto fewer = parse_more(running(), "unpeer 192.0.2.1", "x");
  EXPECT_EQ(fewer.settings.sources.size(), 2U);
  const auto fudged = parse_more(running(), "fudge 127.127.1.0 stratum 7", "x");
  EXPECT_EQ(fudged.settings.sources.back().stratum, 7);
}

TEST(ParseMore, DoesNotUndoWhatWasDoneBefore) {
  Settings settings = parse_more(running(), "unpeer 192.0.2.1", "x").settings;
  settings = parse_more(std::move(settings), "server 192.0.2.1", "x").settings;
  EXPECT_EQ(settings.sources.size(), 3U);
  EXPECT_EQ(parse_more(settings, "reset sys", "x").settings.reset_counters, reset_target::kSystem);
  EXPECT_EQ(parse_more(settings, "", "x").settings.reset_counters, 0U);
}

TEST(ParseMore, CountsCalibrationToTheClockDiscipline) {
  EXPECT_EQ(changed_sections(running(), parse_more(running(), "enable calibrate", "x").settings),
            std::vector{Section::Discipline});
}

TEST(ParseMore, TellsWhereItWasNotUnderstood) {
  const auto rejected = [](std::string_view text) {
    const auto all = parse_more(Settings(), text, "x").rejections;
    return all.empty() ? "" : all.size() == 1 ? all.front() : "several";
  };
  // As NTPsec: where the word begins, and for the end of the line where the word before it does.
  EXPECT_EQ(rejected("nonsense here"), "column 0 syntax error");
  EXPECT_EQ(rejected("server"), "column 0 syntax error");
  EXPECT_EQ(rejected("tos maxclock seven"), "column 13 syntax error");
  EXPECT_EQ(rejected("tos maxclock 7\ntos maxclock"), "column 4 syntax error");
  EXPECT_EQ(rejected("tos maxclock 7"), "");
}

TEST(ParseMore, LeavesTheFilesOfTheDaemonAlone) {
  for (const char* text :
       {"logfile /tmp/x", "statsdir /tmp/", "driftfile /tmp/x", "driftfile /tmp/x 1e-7",
        "pidfile /tmp/x", "includefile /tmp/x", "includefile /tmp/x server 192.0.2.9",
        "filegen peerstats file x", "filegen peerstats type none", "filegen peerstats nolink",
        "disable stats", "enable stats"}) {
    const auto more = parse_more(running(), text, "x");
    EXPECT_TRUE(changed_sections(running(), more.settings).empty()) << text;
    ASSERT_EQ(more.diagnostics.size(), 1U) << text;
    EXPECT_EQ(more.rejections, std::vector{"column 0 " + more.diagnostics[0].text}) << text;
    EXPECT_TRUE(more.diagnostics[0].text.ends_with(" ignored")) << text;
    EXPECT_NE(more.diagnostics[0].text.find("remote "), std::string::npos) << text;
  }
  const auto more = parse_more(running(), "statistics peerstats\nfilegen peerstats disable", "x");
  EXPECT_TRUE(more.rejections.empty());
}

}  // namespace
}  // namespace ntp::config
