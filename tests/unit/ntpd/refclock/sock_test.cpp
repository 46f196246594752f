// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <limits>

#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

/// What gpsd sends, as the C struct lies in memory.
struct Packet {
  std::int64_t sec = 0;
  std::int64_t usec = 0;
  double offset = 0;
  std::int32_t pulse = 0;
  std::int32_t leap = 0;
  std::int32_t pad = 0;
  std::int32_t magic = 0x534f434b;
};
static_assert(sizeof(Packet) == 40);

class SockTest : public ::testing::Test {
 protected:
  SockTest() { bench_.settings.flags = 8; }
  void start() {
    bench_.start();
    bench_.second();
  }
  [[nodiscard]] Packet packet(double offset) const {
    const std::int64_t now = bench_.now.wall.time_since_epoch().count();
    return {now / 1'000'000'000, now / 1000 % 1'000'000, offset, 0, 0, 0, 0x534f434b};
  }
  void send(const Packet& packet, std::size_t size = 40) {
    const auto octets = std::bit_cast<std::array<std::uint8_t, 40>>(packet);
    inbox().handler(ByteView(octets).first(size), bench_.now.wall);
  }
  test::FakeDevices::Inbox& inbox() { return bench_.devices.inboxes["/run/ntpd.refclock0.sock"]; }

  test::RefclockBench bench_{"sock"};
};

TEST_F(SockTest, OffsetIsTakenAsItIs) {
  bench_.settings.time1 = 0.1;
  start();
  EXPECT_FALSE(inbox().for_everybody);
  send(packet(-0.1004));
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, -0.0004, 1e-12);
  EXPECT_EQ(bench_.feed().timecode(), "1795000001.000000 -0.100400000");
  EXPECT_EQ(bench_.stats.back(), "1 1 0 0");
}

TEST_F(SockTest, ADatagramThatWaitedDuringAStepOfTheClockIsNoSample) {
  start();
  const Packet before = packet(0.5);
  bench_.unit->clock_stepped();
  send(before);
  EXPECT_FALSE(bench_.poll());
  bench_.tick();
  send(before);
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_TRUE(bench_.events.empty());
  send(packet(0.25));
  EXPECT_EQ(bench_.poll()->offset, 0.25);
}

TEST_F(SockTest, LeapIsHandedOn) {
  start();
  Packet wrong = packet(0);
  wrong.leap = 1;
  send(wrong);
  EXPECT_EQ(bench_.poll()->leap, Leap::Insert);
}

TEST_F(SockTest, OfAPulseOnlyTheFractionCounts) {
  start();
  Packet pulse = packet(7.000002);
  pulse.pulse = 1;
  send(pulse);
  EXPECT_NEAR(bench_.poll()->offset, 2e-6, 1e-9);
  bench_.now.synchronized = false;
  bench_.second();
  send(pulse);
  EXPECT_FALSE(bench_.poll());
}

TEST_F(SockTest, WhatIsNotASampleIsRefused) {
  start();
  const auto refuse = [&](auto&& change) {
    Packet wrong = packet(0);
    change(wrong);
    send(wrong);
    EXPECT_FALSE(bench_.poll());
    EXPECT_EQ(bench_.events.back(), ClockEvent::BadFormat);
  };
  refuse([](Packet& p) { p.magic = 0; });
  refuse([](Packet& p) { p.sec = std::numeric_limits<std::int64_t>::max(); });
  refuse([](Packet& p) { p.sec = -1; });
  refuse([](Packet& p) { p.sec -= 60; });
  refuse([](Packet& p) { p.sec += 60; });
  refuse([](Packet& p) { p.usec = -1; });
  refuse([](Packet& p) { p.usec = 1'000'000; });
  refuse([](Packet& p) { p.offset = std::numeric_limits<double>::quiet_NaN(); });
  refuse([](Packet& p) { p.offset = std::numeric_limits<double>::infinity(); });
  refuse([](Packet& p) { p.leap = 4; });
  send(packet(0), 39);
  send(packet(0), 0);
  EXPECT_FALSE(bench_.poll());
}

TEST_F(SockTest, AFloodIsCutShort) {
  start();
  for (int i = 0; i < 100'000; ++i) send(packet(0));
  EXPECT_TRUE(bench_.poll());
  EXPECT_EQ(bench_.stats.back(), "100000 16 0 99984");
}

TEST_F(SockTest, ANameThatIsRemovedIsMadeAgainWithinAMinute) {
  start();
  for (int i = 0; i < 60; ++i) bench_.second();
  EXPECT_EQ(inbox().opened, 1);
  inbox().has_name = false;
  bench_.devices.refused["/run/ntpd.refclock0.sock"] = "Permission denied";
  for (int i = 0; i < 60; ++i) bench_.second();
  EXPECT_EQ(inbox().opened, 1);
  ASSERT_EQ(bench_.log.size(), 1U);
  EXPECT_NE(bench_.log.back().find("Permission denied"), std::string::npos);
  send(packet(0.25));
  EXPECT_NEAR(bench_.poll()->offset, 0.25, 1e-12);
  bench_.devices.refused.clear();
  for (int i = 0; i < 60; ++i) bench_.second();
  EXPECT_EQ(inbox().opened, 2);
  EXPECT_TRUE(inbox().open);
  EXPECT_NE(bench_.log.back().find("made again"), std::string::npos);
  send(packet(0.5));
  EXPECT_NEAR(bench_.poll()->offset, 0.5, 1e-12);
  for (int i = 0; i < 120; ++i) bench_.second();
  EXPECT_EQ(inbox().opened, 2);
}

TEST_F(SockTest, ModeOpensItToEverybody) {
  bench_.settings.mode = 1;
  start();
  EXPECT_TRUE(inbox().for_everybody);
}

}  // namespace
}  // namespace ntp::refclock
