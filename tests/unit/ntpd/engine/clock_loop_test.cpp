// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/clock_loop.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/fakes.h"
#include "tests/support/memory_files.h"

namespace ntp::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A clock that shows what the test says and keeps the commands it gets.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] MonoTime mono() const override { return mono_; }
  Result<void> apply(const ClockCommand& command) override {
    if (broken) return fail("adjtimex: Operation not permitted");
    commands.push_back(command);
    if (command.step) wall_ += *command.step;
    return {};
  }
  [[nodiscard]] double frequency() const override { return 0; }
  [[nodiscard]] bool adjustable() const override { return can_adjust; }

  void advance(Duration by) {
    wall_ += by;
    mono_ += by;
  }
  void set_by_somebody(Duration by) { wall_ += by; }

  std::vector<ClockCommand> commands;
  bool broken = false;
  bool can_adjust = true;

 private:
  WallTime wall_{seconds(1'780'000'000)};
  MonoTime mono_{seconds(500)};
};

/// Keeps timers until the test fires them.
class FakeTimers final : public Timers {
 public:
  Id at(MonoTime when, Callback callback) override {
    pending[++last_] = {when, std::move(callback)};
    return last_;
  }
  void cancel(Id id) override { pending.erase(id); }
  [[nodiscard]] std::optional<MonoTime> next() const override {
    std::optional<MonoTime> earliest;
    for (const auto& [id, timer] : pending) {
      if (!earliest || timer.first < *earliest) earliest = timer.first;
    }
    return earliest;
  }

  std::map<Id, std::pair<MonoTime, Callback>> pending;

 private:
  Id last_ = 0;
};

class KeptLog final : public Log {
 public:
  void write(LogLevel level, std::string_view text) override {
    if (level <= LogLevel::Warning) complaints.emplace_back(text);
  }
  std::vector<std::string> complaints;
};

class ClockLoopTest : public ::testing::Test {
 protected:
  ClockLoopTest() { settings_.drift_file = "/drift"; }
  void make() { loop_.emplace(settings_, host_); }
  sync::Adjustment measure(double offset) {
    return loop_->update({.offset = offset,
                          .jitter = 1e-5,
                          .frequency = frequency_,
                          .frequency_deviation = 1e-7,
                          .min_poll = 6,
                          .max_poll = 6});
  }
  /// Brings the loop to the synchronized state with a known frequency.
  void synchronize() {
    files_.put("/drift", "12.500000\n");
    make();
    loop_->start();
    measure(0.0001);
  }

  double frequency_ = 12.5e-6;
  FakeClock clock_;
  FakeTimers timers_;
  test::CountingRandom random_;
  test::NoNetwork network_;
  test::NoResolver resolver_;
  test::MemoryFiles files_;
  KeptLog log_;
  Host host_{clock_, timers_, random_, network_, resolver_, files_, log_};
  ClockLoop::Settings settings_;
  std::optional<ClockLoop> loop_;
};

TEST_F(ClockLoopTest, DoesNotTakeAStepForDoneThatTheClockRefused) {
  make();
  loop_->start();
  clock_.broken = true;
  EXPECT_EQ(measure(10), sync::Adjustment::Ignored);
  EXPECT_EQ(log_.complaints.size(), 1U);
  clock_.broken = false;
  EXPECT_EQ(measure(10), sync::Adjustment::Stepped);
}

TEST_F(ClockLoopTest, LeavesTheRestOfAnOffsetToTheHost) {
  synchronize();
  loop_->hand_over(0.05);
  loop_->stop();
  EXPECT_EQ(clock_.commands.back().residue, from_seconds(0.05));
  EXPECT_EQ(clock_.commands.back().slew, 0);
}

TEST_F(ClockLoopTest, StartsFromTheDriftFile) {
  for (const char* text : {"12.500000\n", " 12.5 some more\n", "+12.5", "1.25e1\n"}) {
    files_.put("/drift", text);
    make();
    EXPECT_TRUE(loop_->start()) << text;
    EXPECT_NEAR(loop_->controller().frequency(), 12.5e-6, 1e-12) << text;
  }
}

TEST_F(ClockLoopTest, ADriftFileThatIsNoneIsReportedAndIgnored) {
  for (const char* text : {"", "twelve\n", "nan\n", "\n\n"}) {
    log_.complaints.clear();
    files_.put("/drift", text);
    make();
    EXPECT_FALSE(loop_->start()) << text;
    ASSERT_EQ(log_.complaints.size(), 1U) << text;
    EXPECT_NE(log_.complaints[0].find("/drift"), std::string::npos);
  }
}

TEST_F(ClockLoopTest, AMissingDriftFileIsNoTrouble) {
  make();
  EXPECT_FALSE(loop_->start());
  EXPECT_TRUE(log_.complaints.empty());
}

TEST_F(ClockLoopTest, TheDriftFileBeatsTinkerFreq) {
  settings_.frequency = 3e-6;
  make();
  EXPECT_TRUE(loop_->start());
  EXPECT_DOUBLE_EQ(loop_->controller().frequency(), 3e-6);
  files_.put("/drift", "-7\n");
  make();
  loop_->start();
  EXPECT_DOUBLE_EQ(loop_->controller().frequency(), -7e-6);
}

TEST_F(ClockLoopTest, AMeasurementSlewsAndKeepsTheSlewGoing) {
  synchronize();
  ASSERT_FALSE(clock_.commands.empty());
  EXPECT_GT(clock_.commands.back().slew, 0);
  ASSERT_EQ(timers_.pending.size(), 1U);
  auto [when, callback] = timers_.pending.begin()->second;
  timers_.pending.clear();
  clock_.advance(when - clock_.mono());
  const std::size_t before = clock_.commands.size();
  callback();
  EXPECT_EQ(clock_.commands.size(), before + 1);
}

TEST_F(ClockLoopTest, ASlewEndsWithTheAnswerToTheNextPoll) {
  make();
  ASSERT_FALSE(loop_->start());
  measure(100e-6);
  measure(100e-6);
  const MonoTime poll = clock_.mono() + seconds(9);
  timers_.at(poll, [] {});
  measure(100e-6);
  ASSERT_EQ(timers_.pending.size(), 2U);
  // If there is none, the slew ends soon after.
  EXPECT_EQ(timers_.next(), poll);
  const MonoTime end = timers_.pending.rbegin()->second.first;
  EXPECT_GT(end, poll);
  EXPECT_LT(end, poll + seconds(1));
}

TEST_F(ClockLoopTest, ALargeFirstOffsetSteps) {
  files_.put("/drift", "0\n");
  make();
  loop_->start();
  EXPECT_EQ(measure(3.5), sync::Adjustment::Stepped);
  ASSERT_TRUE(clock_.commands.back().step);
  EXPECT_EQ(*clock_.commands.back().step, milliseconds(3500));
  EXPECT_FALSE(loop_->foreign_step()) << "own steps are known";
}

TEST_F(ClockLoopTest, WithoutDisciplineNothingIsTouched) {
  settings_.discipline = false;
  files_.put("/drift", "12\n");
  make();
  loop_->start();
  loop_->set_status({Leap::None, 0.1, 0.1});
  loop_->stop();
  EXPECT_TRUE(clock_.commands.empty());
  EXPECT_EQ(files_.content("/drift"), "12\n");
}

TEST_F(ClockLoopTest, AClockThatRefusesIsReportedOnce) {
  synchronize();
  clock_.broken = true;
  for (int i = 0; i < 5; ++i) {
    clock_.advance(seconds(64));
    measure(0.0001);
  }
  EXPECT_EQ(log_.complaints.size(), 1U);
}

TEST_F(ClockLoopTest, AStopEndsTheSlewAndSavesTheDrift) {
  synchronize();
  (void)files_.remove("/drift");
  loop_->stop();
  EXPECT_EQ(clock_.commands.back().slew, 0);
  EXPECT_NEAR(clock_.commands.back().frequency, 12.5e-6, 1e-9);
  EXPECT_NEAR(std::stod(*files_.content("/drift")), 12.5, 1e-3);
  EXPECT_TRUE(timers_.pending.empty());
}

TEST_F(ClockLoopTest, AnUnknownFrequencyIsNotSaved) {
  make();
  loop_->start();
  loop_->stop();
  EXPECT_TRUE(files_.paths().empty());
}

TEST_F(ClockLoopTest, DriftIsSavedHourlyAndAFullDiskToldOnce) {
  synchronize();
  (void)files_.remove("/drift");
  loop_->save_drift_hourly();
  EXPECT_TRUE(files_.paths().empty());
  files_.fail_saves("No space left on device");
  for (int i = 0; i < 4; ++i) {
    clock_.advance(hours(1));
    loop_->save_drift_hourly();
  }
  EXPECT_EQ(log_.complaints.size(), 1U);
  files_.fail_saves(std::nullopt);
  clock_.advance(hours(1));
  loop_->save_drift_hourly();
  EXPECT_TRUE(files_.content("/drift"));
}

TEST_F(ClockLoopTest, ASmallChangeOfFrequencyWaitsForTheThresholdToComeDown) {
  settings_.drift_threshold = 1e-6;
  synchronize();
  const auto next_hour = [&] {
    clock_.advance(hours(1));
    loop_->save_drift_hourly();
    return files_.saves();
  };
  EXPECT_EQ(next_hour(), 1U);
  const double before = loop_->controller().frequency();
  frequency_ += 3e-7;
  clock_.advance(seconds(64));
  measure(0);
  ASSERT_LT(std::abs(loop_->controller().frequency() - before), 5e-7);
  EXPECT_EQ(next_hour(), 1U);  // 1e-6
  EXPECT_EQ(next_hour(), 1U);  // 5e-7
  EXPECT_EQ(next_hour(), 2U);  // 2.5e-7
}

TEST_F(ClockLoopTest, SeesWhenSomebodyElseSetsTheClock) {
  synchronize();
  clock_.advance(seconds(60));
  EXPECT_FALSE(loop_->foreign_step());
  clock_.set_by_somebody(seconds(-30));
  const auto moved = loop_->foreign_step();
  ASSERT_TRUE(moved);
  EXPECT_EQ(*moved, seconds(-30));
  EXPECT_FALSE(loop_->foreign_step());
}

TEST_F(ClockLoopTest, TakesASmallStepForOneIfTheHostTellsOfIt) {
  synchronize();
  clock_.set_by_somebody(std::chrono::milliseconds(50));
  EXPECT_FALSE(loop_->foreign_step()) << "as far as two clocks may drift apart";
  clock_.set_by_somebody(std::chrono::milliseconds(50));
  EXPECT_EQ(loop_->foreign_step(ClockLoop::kToldStep), std::chrono::milliseconds(50));
  EXPECT_FALSE(loop_->foreign_step(ClockLoop::kToldStep));
}

TEST_F(ClockLoopTest, TheKernelsLeapSecondIsNobodysStep) {
  synchronize();
  loop_->set_status({Leap::Insert, 0.1, 0.1});
  clock_.set_by_somebody(seconds(-1));
  EXPECT_FALSE(loop_->foreign_step());
  clock_.set_by_somebody(seconds(2));
  EXPECT_TRUE(loop_->foreign_step());
}

TEST_F(ClockLoopTest, ANewLeapReachesTheKernelAtOnce) {
  synchronize();
  loop_->set_status({Leap::None, 0.1, 0.01});
  EXPECT_EQ(clock_.commands.back().leap, Leap::None);
  loop_->set_status({Leap::Insert, 0.1, 0.01});
  EXPECT_EQ(clock_.commands.back().leap, Leap::Insert);
  EXPECT_DOUBLE_EQ(clock_.commands.back().max_error, 0.1);
}

}  // namespace
}  // namespace ntp::engine
