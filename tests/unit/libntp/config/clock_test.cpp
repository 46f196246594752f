// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TosLines, SetEveryItem) {
  const auto tos = settings_of(
                       "tos minclock 4.9 maxclock 11 minsane 0 floor 1 ceiling 14 orphan 8 "
                       "orphanwait 60 mindist 0.005 maxdist 3 maxdisp 20\n")
                       .tos;
  EXPECT_EQ(tos.min_clock, 4);
  EXPECT_EQ(tos.max_clock, 11);
  EXPECT_EQ(tos.min_sane, 0);
  EXPECT_EQ(tos.floor, 1);
  EXPECT_EQ(tos.ceiling, 14);
  EXPECT_EQ(tos.orphan, 8);
  EXPECT_EQ(tos.orphan_wait, 60);
  EXPECT_DOUBLE_EQ(tos.min_dist, 0.005);
  EXPECT_DOUBLE_EQ(tos.max_dist, 3);
  EXPECT_DOUBLE_EQ(tos.max_disp, 20);
}

TEST(TosLines, AskForCorrectedTime) {
  EXPECT_FALSE(settings_of("disable ntp\n").tos.correct);
  EXPECT_TRUE(settings_of("tos correct 1\n").tos.correct);
  EXPECT_FALSE(settings_of("tos correct 1\ntos correct 0\n").tos.correct);
  EXPECT_EQ(errors(parse("tos correct\n")).size(), 1U);
}

TEST(TosLines, CorrectCeilingAndOrphanWait) {
  const auto result = parse("tos ceiling 16 orphanwait 0\n");
  EXPECT_EQ(result.settings.tos.ceiling, 15);
  EXPECT_EQ(result.settings.tos.orphan_wait, 300);
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:13"));
}

TEST(TosLines, AreVoidAfterABadArgument) {
  const auto result = parse("tos minclock 5 floor 2.5\ntos\ntos (minclock 3)\n");
  EXPECT_EQ(result.settings.tos.min_clock, 3);
  EXPECT_THAT(errors(result), ElementsAre("1:22", "2:4", "3:5"));
}

TEST(TosLines, TruncateNumbersOfAnySize) {
  EXPECT_EQ(settings_of("tos maxclock 1e300\n").tos.max_clock, 2147483647);
}

TEST(TinkerLines, SetEveryItem) {
  const auto tinker = settings_of(
                          "tinker step 0.4 stepback 0.3 stepfwd 0.2 panic 0 stepout 900 allan 12 "
                          "dispersion 20 huffpuff 7200 freq -12.5\n")
                          .tinker;
  EXPECT_DOUBLE_EQ(tinker.step_backward, 0.3);
  EXPECT_DOUBLE_EQ(tinker.step_forward, 0.2);
  EXPECT_DOUBLE_EQ(tinker.panic, 0);
  EXPECT_DOUBLE_EQ(tinker.stepout, 900);
  EXPECT_EQ(tinker.allan, 12);
  EXPECT_DOUBLE_EQ(tinker.dispersion, 20);
  EXPECT_DOUBLE_EQ(tinker.huffpuff, 7200);
  EXPECT_DOUBLE_EQ(tinker.frequency.value(), -12.5);
}

TEST(TinkerLines, KeepLeastValues) {
  const auto tinker = settings_of("tinker stepout 0 huffpuff 1\n").tinker;
  EXPECT_DOUBLE_EQ(tinker.stepout, 300);
  EXPECT_DOUBLE_EQ(tinker.huffpuff, 900);
}

TEST(TinkerLines, AreVoidAfterABadArgument) {
  const auto result = parse("tinker step 0.2 panic\ntinker freq -4\ntinker step 0.3 bogus\n");
  EXPECT_DOUBLE_EQ(result.settings.tinker.step_forward, 0.3);
  EXPECT_DOUBLE_EQ(result.settings.tinker.panic, 1000);
  EXPECT_FALSE(result.settings.tinker.frequency);
  EXPECT_THAT(errors(result), ElementsAre("1:22", "2:13", "3:17"));
}

TEST(TinkerLines, TakeTickWithoutEffect) {
  const auto result = parse("tinker tick 10000\ntick 5\n");
  EXPECT_THAT(errors(result), IsEmpty());
  EXPECT_THAT(places(result, Severity::Warning), ElementsAre("1:8", "2:1"));
}

TEST(SwitchLines, LetDisableBeatEnable) {
  const auto settings = settings_of(
      "disable ntp kernel\nenable ntp kernel calibrate\nenable stats\ndisable monitor\n");
  EXPECT_FALSE(settings.discipline);
  EXPECT_FALSE(settings.kernel);
  EXPECT_FALSE(settings.monitor);
  EXPECT_TRUE(settings.calibrate);
  EXPECT_TRUE(settings.stats);
}

TEST(SwitchLines, KeepTheHead) {
  const auto result = parse("disable stats bogus ntp\nenable\n");
  EXPECT_FALSE(result.settings.stats);
  EXPECT_TRUE(result.settings.discipline);
  EXPECT_THAT(errors(result), ElementsAre("1:15", "2:7"));
}

TEST(SwitchLines, FollowTheStepThresholdForTheKernel) {
  EXPECT_FALSE(settings_of("tinker step 0 step 0.1\n").kernel);
  EXPECT_FALSE(settings_of("tinker stepfwd 0.6\n").kernel);
  EXPECT_TRUE(settings_of("tinker step 0.5\n").kernel);
  EXPECT_TRUE(settings_of("enable kernel\ntinker step 0\n").kernel);
}

TEST(DriftFileLines, NameAFileAndAThreshold) {
  const auto settings = settings_of("driftfile /d 1e-6\nnonvolatile 5e-8\n");
  EXPECT_EQ(settings.drift_file, "/d");
  EXPECT_DOUBLE_EQ(settings.wander_threshold, 5e-8);
  EXPECT_DOUBLE_EQ(settings_of("driftfile /d 1.0\n").wander_threshold, 1);
}

TEST(DriftFileLines, KeepThePathBeforeAnIntegerThreshold) {
  const auto result = parse("driftfile /d 1\n");
  EXPECT_EQ(result.settings.drift_file, "/d");
  EXPECT_DOUBLE_EQ(result.settings.wander_threshold, 1e-7);
  EXPECT_THAT(errors(result), ElementsAre("1:14"));
}

TEST(DriftFileLines, TurnItOff) {
  EXPECT_EQ(settings_of("driftfile /d\ndriftfile\n").drift_file, "");
  EXPECT_EQ(settings_of("driftfile /d\ndriftfile \"\"\n").drift_file, "");
}

}  // namespace
}  // namespace ntp::config
