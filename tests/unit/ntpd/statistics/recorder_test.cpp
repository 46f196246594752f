// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"
#include "tests/support/fixed_host.h"
#include "tests/support/memory_files.h"

namespace ntp::statistics {
namespace {

using config::FileGeneration;
using config::StatisticsSet;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

class KeptLog final : public Log {
 public:
  void write(LogLevel, std::string_view text) override { lines.emplace_back(text); }
  std::vector<std::string> lines;
};
class NoTimers final : public Timers {
 public:
  Id at(MonoTime, Callback) override { return kNone; }
  void cancel(Id) override {}
  [[nodiscard]] std::optional<MonoTime> next() const override { return std::nullopt; }
};

class RecorderTest : public testing::Test {
 protected:
  RecorderTest() {
    settings_.stats_dir = "/s/";
    clock_.wall_time = WallTime(seconds(1'795'400'674));  // 2026-11-23T02:24:34Z
  }
  config::StatisticsSettings& set(StatisticsSet which) {
    auto& of_set = settings_.statistics[static_cast<std::size_t>(which)];
    of_set.enabled = true;
    return of_set;
  }
  void start() { recorder_.emplace(settings_, 77, host_); }
  void loop(std::string_view text = "x") { recorder_->record(StatisticsSet::Loop, text); }

  test::FixedClock clock_;
  test::SeededRandom random_;
  test::MemoryFiles files_;
  KeptLog log_;
  NoTimers timers_;
  test::NoNetwork network_;
  test::NoResolver resolver_;
  Host host_{clock_, timers_, random_, network_, resolver_, files_, log_};
  config::Settings settings_;
  std::optional<Recorder> recorder_;
};

TEST_F(RecorderTest, WritesOnlyTheSetsThatAreEnabled) {
  set(StatisticsSet::Loop);
  start();
  loop("1 2 3");
  recorder_->record(StatisticsSet::Peer, "no");
  EXPECT_THAT(files_.paths(), ElementsAre("/s/loopstats", "/s/loopstats.20261123"));
  EXPECT_EQ(files_.content("/s/loopstats.20261123"), "61367 8674.000 1 2 3\n");
  EXPECT_TRUE(recorder_->wants(StatisticsSet::Loop));
  EXPECT_FALSE(recorder_->wants(StatisticsSet::Peer));
}

TEST_F(RecorderTest, MakesNoFileBeforeTheFirstLine) {
  set(StatisticsSet::Loop);
  start();
  EXPECT_TRUE(files_.paths().empty());
}

TEST_F(RecorderTest, WritesNothingWithStatisticsDisabled) {
  set(StatisticsSet::Loop);
  settings_.stats = false;
  start();
  loop();
  EXPECT_TRUE(files_.paths().empty());
  EXPECT_FALSE(recorder_->wants(StatisticsSet::Loop));
}

TEST_F(RecorderTest, MovesThePlainNameToEachNewFile) {
  set(StatisticsSet::Loop);
  start();
  loop();
  clock_.advance(hours(24));
  loop("y");
  EXPECT_EQ(files_.content("/s/loopstats.20261123"), "61367 8674.000 x\n");
  EXPECT_EQ(files_.content("/s/loopstats.20261124"), "61368 8674.000 y\n");
  EXPECT_EQ(files_.content("/s/loopstats"), "61368 8674.000 y\n");
  EXPECT_EQ(files_.paths().size(), 3U);
}

TEST_F(RecorderTest, GoesOnWithTheFileOfTheDayAfterARestart) {
  set(StatisticsSet::Loop);
  start();
  loop();
  start();
  loop("y");
  EXPECT_EQ(files_.content("/s/loopstats"), "61367 8674.000 x\n61367 8674.000 y\n");
  EXPECT_EQ(files_.paths().size(), 2U);
}

TEST_F(RecorderTest, PutsAFileAsideThatHasThePlainName) {
  set(StatisticsSet::Loop).link = false;
  files_.put("/s/loopstats", "old");
  files_.put("/s/loopstats.77C0", "older");
  start();
  loop();
  EXPECT_EQ(files_.content("/s/loopstats.77C1"), "old");
  EXPECT_EQ(files_.content("/s/loopstats.77C0"), "older");
  EXPECT_THAT(files_.paths(),
              ElementsAre("/s/loopstats.20261123", "/s/loopstats.77C0", "/s/loopstats.77C1"));
}

TEST_F(RecorderTest, UsesThePlainNameAloneForTypeNone) {
  set(StatisticsSet::Loop).type = FileGeneration::None;
  settings_.statistics[static_cast<std::size_t>(StatisticsSet::Loop)].file = "loops";
  files_.put("/s/loops", "old\n");
  start();
  loop();
  clock_.advance(hours(24 * 400));
  loop("y");
  EXPECT_THAT(files_.paths(), ElementsAre("/s/loops"));
  EXPECT_EQ(files_.content("/s/loops"), "old\n61367 8674.000 x\n61767 8674.000 y\n");
}

TEST_F(RecorderTest, MakesNoTwoLinesOfOne) {
  set(StatisticsSet::Loop).type = FileGeneration::None;
  start();
  loop("a\nb");
  EXPECT_EQ(files_.content("/s/loopstats"), "61367 8674.000 a?b\n");
}

TEST_F(RecorderTest, SaysOnceThatNothingCanBeWrittenAndGoesOnByItself) {
  set(StatisticsSet::Loop);
  set(StatisticsSet::Peer);
  start();
  loop();
  files_.fail_appends("No space left on device");
  for (int i = 0; i < 100; ++i) {
    loop();
    recorder_->record(StatisticsSet::Peer, "p");
    clock_.advance(minutes(2));
  }
  EXPECT_THAT(log_.lines, ElementsAre("LOG: statistics: /s/loopstats.20261123: "
                                      "No space left on device"));
  files_.fail_appends(std::nullopt);
  loop("back");
  EXPECT_EQ(log_.lines.size(), 1U) << "peerstats still fails";
  recorder_->record(StatisticsSet::Peer, "back");
  EXPECT_THAT(log_.lines.back(), HasSubstr("written again; lines lost: 200"));
  EXPECT_THAT(*files_.content("/s/loopstats"), HasSubstr("back\n"));
}

TEST_F(RecorderTest, DoesNotFillTheLogWhileTheDiskIsFullOnAndOff) {
  set(StatisticsSet::Loop);
  start();
  for (int i = 0; i < 1000; ++i) {
    files_.fail_appends(i % 2 == 0 ? std::optional<std::string>("No space left on device")
                                   : std::nullopt);
    loop();
    clock_.advance(seconds(16));
  }
  EXPECT_LE(log_.lines.size(), 10U);
}

TEST_F(RecorderTest, StaysWithTheLastFileWhereNoNewOneCanBeMade) {
  set(StatisticsSet::Loop);
  start();
  loop();
  files_.fail_new_files("Permission denied");
  clock_.advance(hours(24));
  loop("y");
  EXPECT_EQ(files_.content("/s/loopstats.20261123"), "61367 8674.000 x\n61368 8674.000 y\n");
  EXPECT_THAT(log_.lines, ElementsAre("LOG: statistics: /s/loopstats.20261124: Permission denied"));
  files_.fail_new_files(std::nullopt);
  loop("z");
  EXPECT_EQ(files_.content("/s/loopstats"), "61368 8674.000 z\n");
  EXPECT_EQ(log_.lines.back(), "LOG: statistics are written again; lines lost: 0");
}

}  // namespace
}  // namespace ntp::statistics
