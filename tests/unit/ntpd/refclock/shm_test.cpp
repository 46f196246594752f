// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <limits>

#include "ntpd/refclock/shm_reader.h"
#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

class ShmTest : public ::testing::Test {
 protected:
  ShmTest() { bench_.settings.flags = 8; }
  ShmSegment& segment() { return *bench_.devices.segments[bench_.settings.unit]; }

  /// Writes as gpsd does: the clock is `ahead` of the own one.
  void write(int mode, Duration ahead, Duration age = Duration::zero()) {
    const Duration received = bench_.now.wall.time_since_epoch() - age;
    const Duration reference = received + ahead;
    ShmSegment& s = segment();
    s.mode = mode;
    ++s.count;
    s.clock_sec = reference.count() / 1'000'000'000;
    s.clock_nsec = static_cast<std::uint32_t>(reference.count() % 1'000'000'000);
    s.clock_usec = static_cast<std::int32_t>(s.clock_nsec / 1000);
    s.receive_sec = received.count() / 1'000'000'000;
    s.receive_nsec = static_cast<std::uint32_t>(received.count() % 1'000'000'000);
    s.receive_usec = static_cast<std::int32_t>(s.receive_nsec / 1000);
    s.leap = 0;
    s.precision = -20;
    ++s.count;
    s.valid = 1;
  }

  test::RefclockBench bench_{"shm"};
};

TEST_F(ShmTest, BothModesGiveNanoseconds) {
  bench_.settings.time1 = 0.1;
  bench_.start();
  for (const int mode : {0, 1}) {
    write(mode, Duration(123'456'789));
    bench_.second();
    EXPECT_EQ(segment().valid, 0);
    const auto batch = bench_.poll();
    ASSERT_TRUE(batch);
    EXPECT_NEAR(batch->offset, 0.223456789, 1e-12);
    EXPECT_EQ(bench_.feed().precision(), -20);
    EXPECT_EQ(bench_.stats.back(), "  1   1   0   0   0");
  }
  EXPECT_EQ(bench_.feed().timecode(), "1795000001.123456789");
}

TEST_F(ShmTest, RoundedMicrosecondsCountAlone) {
  bench_.start();
  write(1, Duration(123'456'789));
  segment().clock_usec = 123'457;
  bench_.second();
  EXPECT_NEAR(bench_.poll()->offset, 0.123457, 1e-12);
}

TEST_F(ShmTest, PreparesTheSegmentAndKeepsTheFirstTwoToItself) {
  bench_.start();
  EXPECT_EQ(segment().precision, -30);
  EXPECT_EQ(segment().nsamples, 3);
  EXPECT_FALSE(bench_.devices.segments_for_everybody[0]);
  bench_.settings.unit = 2;
  bench_.start();
  EXPECT_TRUE(bench_.devices.segments_for_everybody[2]);
  bench_.settings.mode = 1;
  bench_.start();
  EXPECT_FALSE(bench_.devices.segments_for_everybody[2]);
}

TEST_F(ShmTest, SilenceIsATimeout) {
  bench_.start();
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  EXPECT_EQ(bench_.feed().counters().no_reply, 1U);
  write(0, Duration(0));
  bench_.second();
  EXPECT_TRUE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Nominal);
}

TEST_F(ShmTest, WhatWasStampedBeforeAStepOfTheClockIsNoSample) {
  bench_.start();
  write(1, Duration::zero());
  bench_.unit->clock_stepped();
  bench_.tick();
  // A writer that has stamped it before as well.
  write(1, Duration::zero());
  EXPECT_FALSE(bench_.poll());
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_TRUE(bench_.events.empty());
  write(1, std::chrono::seconds(1));
  bench_.second();
  EXPECT_EQ(bench_.poll()->offset, 1);
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
}

TEST_F(ShmTest, OldAndFutureReceiveStampsAreBad) {
  bench_.start();
  for (const int age : {5, -2}) {
    write(1, Duration(0), std::chrono::seconds(age));
    bench_.second();
    EXPECT_FALSE(bench_.poll()) << age;
    EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadFormat});
    EXPECT_EQ(bench_.stats.back(), "  1   0   0   1   0");
  }
  EXPECT_EQ(bench_.log.front(), "SHM(0): stale/bad receive time, delay=6s");
}

TEST_F(ShmTest, GarbageInAnyFieldIsNoSample) {
  bench_.start();
  const auto spoil = [&](auto&& change) {
    write(1, Duration(0));
    change(segment());
    bench_.second();
    EXPECT_FALSE(bench_.poll());
  };
  spoil([](ShmSegment& s) { s.mode = 7; });
  spoil([](ShmSegment& s) { s.mode = -1; });
  spoil([](ShmSegment& s) { s.clock_sec = std::numeric_limits<std::time_t>::max(); });
  spoil([](ShmSegment& s) { s.receive_sec = std::numeric_limits<std::time_t>::min(); });
  spoil([](ShmSegment& s) { s.clock_nsec = s.clock_usec = -1; });
  spoil([](ShmSegment& s) { s.leap = 4; });
  spoil([](ShmSegment& s) { s.leap = -1; });
  spoil([](ShmSegment& s) { s.leap = 3; });
}

TEST_F(ShmTest, LimitHoldsWithFlag1Only) {
  bench_.settings.time2 = 60;
  bench_.start();
  write(1, std::chrono::seconds(100));
  bench_.second();
  EXPECT_TRUE(bench_.poll());
  bench_.settings.flags |= 1;
  bench_.start();
  write(1, std::chrono::seconds(100));
  bench_.second();
  EXPECT_FALSE(bench_.poll());
}

TEST_F(ShmTest, IsTriedAgainIfItCantBeAttached) {
  bench_.devices.failure = "SHM shmget (unit 0): Permission denied";
  bench_.start();
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Fault});
  for (int i = 0; i < 100; ++i) bench_.second();
  ASSERT_EQ(bench_.log.size(), 1U);
  EXPECT_NE(bench_.log[0].find("Permission denied"), std::string::npos);
  bench_.devices.failure.reset();
  for (int i = 0; i < 128; ++i) bench_.second();
  EXPECT_TRUE(bench_.unit->is_open());
  write(1, Duration(5000));
  bench_.second();
  EXPECT_TRUE(bench_.poll());
}

TEST_F(ShmTest, FindsASegmentThatWasMadeAnew) {
  bench_.start();
  bench_.devices.segments[0] = std::make_shared<ShmSegment>();
  for (int i = 0; i < 60; ++i) bench_.second();
  write(1, Duration(5000));
  bench_.second();
  EXPECT_TRUE(bench_.poll());
}

TEST(ShmReader, WriterInBetweenIsAClashInMode1Only) {
  ShmSegment copy{};
  EXPECT_EQ(judge_segment(copy, 6, 7).status, ShmReading::Status::Good);
  copy.mode = 1;
  EXPECT_EQ(judge_segment(copy, 6, 6).status, ShmReading::Status::Good);
  EXPECT_EQ(judge_segment(copy, 6, 7).status, ShmReading::Status::Clash);
}

TEST(ShmReader, TakesASampleOnce) {
  ShmSegment segment{};
  segment.valid = 1;
  EXPECT_EQ(read_segment(segment).status, ShmReading::Status::Good);
  EXPECT_EQ(read_segment(segment).status, ShmReading::Status::NotReady);
}

}  // namespace
}  // namespace ntp::refclock
