// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

using std::chrono::milliseconds;

class PpsTest : public ::testing::Test {
 protected:
  test::FakeDevices::Pulses& pulses() { return bench_.devices.pulses["/dev/pps0"]; }
  void start() {
    (void)pulses();
    bench_.start();
  }
  /// A second passes with an edge so long after its beginning.
  void second(Duration late, PulseEdge edge = PulseEdge::Assert) {
    pulses().latest[edge] = {++sequence_, whole() + std::chrono::seconds(1) + late};
    bench_.now.wall = whole() + std::chrono::seconds(1) + milliseconds(300);
    bench_.now.mono += std::chrono::seconds(1);
    bench_.tick();
  }
  [[nodiscard]] WallTime whole() const {
    return WallTime(std::chrono::floor<std::chrono::seconds>(bench_.now.wall.time_since_epoch()));
  }

  test::RefclockBench bench_{"pps"};
  std::uint32_t sequence_ = 40;
};

TEST_F(PpsTest, OffsetIsTheFractionOfTheSecond) {
  bench_.settings.time1 = 1e-6;
  start();
  for (int i = 0; i < 8; ++i) second(Duration(250'000));
  EXPECT_EQ(pulses().captured, PulseEdge::Assert);
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, -0.000249, 1e-12);
  EXPECT_TRUE(bench_.feed().pulse());
  EXPECT_EQ(bench_.stats, std::vector<std::string>{"48 8 0 0 0"});
  for (int i = 0; i < 8; ++i) second(-Duration(250'000));
  EXPECT_NEAR(bench_.poll()->offset, 0.000251, 1e-12);
}

TEST_F(PpsTest, Flag2TakesTheOtherEdgeAndFlag4ListsEach) {
  bench_.settings.flags = 2 | 8;
  start();
  second(milliseconds(100));
  EXPECT_FALSE(bench_.poll());
  second(milliseconds(1), PulseEdge::Clear);
  EXPECT_EQ(bench_.stats.back(), "-0.001000000");
  EXPECT_EQ(pulses().captured, PulseEdge::Clear);
}

TEST_F(PpsTest, WaitsUntilTheSecondsAreNumbered) {
  start();
  bench_.now.synchronized = false;
  for (int i = 0; i < 8; ++i) second(Duration(0));
  EXPECT_FALSE(pulses().captured);
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.feed().counters().polls, 0U);
  EXPECT_TRUE(bench_.stats.empty());
}

TEST_F(PpsTest, StoppedPulseIsExcludedAtTheNextPollAndComesBack) {
  start();
  for (int i = 0; i < 8; ++i) second(Duration(0));
  EXPECT_TRUE(bench_.poll());
  for (int i = 0; i < 8; ++i) bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_FALSE(bench_.feed().pulse());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  EXPECT_EQ(bench_.stats.back(), "48 0 0 0 8");
  second(Duration(0));
  EXPECT_TRUE(bench_.feed().pulse());
  EXPECT_TRUE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Nominal);
}

TEST_F(PpsTest, GlitchesAreLeftOut) {
  start();
  for (int i = 0; i < 4; ++i) second(Duration(0));
  for (const int late : {310, 650, -320, 120}) second(milliseconds(late));
  second(Duration(1000));
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0, 1e-6);
  EXPECT_EQ(bench_.stats.back(), "49 5 0 0 4");
}

TEST_F(PpsTest, NothingButGlitchesIsABadSignal) {
  start();
  second(Duration(0));
  bench_.poll();
  for (const int late : {310, 650, -320, 120}) second(milliseconds(late));
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::BadSignal);
  EXPECT_FALSE(bench_.feed().pulse());
}

TEST_F(PpsTest, APulseThatHasMovedForGoodIsTaken) {
  start();
  for (int i = 0; i < 4; ++i) second(Duration(0));
  bench_.poll();
  for (int i = 0; i < 15; ++i) second(milliseconds(200));
  EXPECT_FALSE(bench_.poll());
  EXPECT_FALSE(bench_.unit->take_forgotten());
  for (int i = 0; i < 8; ++i) second(milliseconds(200));
  EXPECT_NEAR(bench_.poll()->offset, -0.2, 1e-12);
  EXPECT_TRUE(bench_.unit->take_forgotten());
}

TEST_F(PpsTest, AStepOfTheClockMakesNoGlitches) {
  start();
  for (int i = 0; i < 8; ++i) second(Duration(0));
  EXPECT_TRUE(bench_.poll());
  // An edge that was stamped before it and not seen yet.
  pulses().latest[PulseEdge::Assert] = {++sequence_, whole() + std::chrono::seconds(1)};
  bench_.unit->clock_stepped();
  bench_.now.wall += milliseconds(1300);
  bench_.tick();
  EXPECT_FALSE(bench_.poll());
  for (int i = 0; i < 8; ++i) second(milliseconds(200));
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, -0.2, 1e-12);
  EXPECT_LT(batch->jitter, 1e-6);
  EXPECT_TRUE(bench_.events.empty());
}

TEST_F(PpsTest, OldEdgesAreNone) {
  start();
  pulses().latest[PulseEdge::Assert] = {7, bench_.now.wall - std::chrono::minutes(3)};
  bench_.second();
  EXPECT_FALSE(bench_.poll());
}

TEST_F(PpsTest, AKernelWithoutHardppsIsSaidOnce) {
  bench_.settings.flags = 4;
  start();
  for (int i = 0; i < 8; ++i) second(Duration(0));
  EXPECT_TRUE(bench_.poll());
  EXPECT_FALSE(pulses().bound);
  ASSERT_EQ(bench_.log.size(), 1U);
  EXPECT_NE(bench_.log[0].find("not implemented"), std::string::npos);
  pulses().kernel_failure.reset();
  start();
  second(Duration(0));
  EXPECT_TRUE(pulses().bound);
}

TEST_F(PpsTest, ADeviceThatIsGoneIsAFaultAndIsOpenedAgain) {
  start();
  for (int i = 0; i < 4; ++i) second(Duration(0));
  pulses().failure = "/dev/pps0: time_pps_fetch: No such device";
  for (int i = 0; i < 5; ++i) bench_.second();
  EXPECT_FALSE(pulses().open);
  EXPECT_FALSE(bench_.feed().pulse());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Fault);
  ASSERT_EQ(bench_.log.size(), 1U);
  pulses().failure.reset();
  for (int i = 0; i < 8; ++i) bench_.second();
  EXPECT_TRUE(pulses().open);
  for (int i = 0; i < 4; ++i) second(Duration(0));
  EXPECT_TRUE(bench_.poll());
}

TEST_F(PpsTest, NoRightToCaptureIsSaidAndTriedAgain) {
  (void)pulses();
  pulses().capture_failure = "/dev/pps0: time_pps_setparams: Operation not permitted";
  start();
  for (int i = 0; i < 4; ++i) second(Duration(0));
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.stats.back(), "0 0 4 0 0");
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  EXPECT_THAT(bench_.log, testing::Contains(testing::HasSubstr("Operation not permitted")));
  pulses().capture_failure.reset();
  second(Duration(0));
  EXPECT_TRUE(bench_.poll());
}

}  // namespace
}  // namespace ntp::refclock
