// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/linux_clock.h"

#include <gtest/gtest.h>

namespace ntp::os {
namespace {

struct SilentLog final : Log {
  void write(LogLevel, std::string_view) override { ++lines; }
  int lines = 0;
};

TEST(ReadOnlyClock, ReadsTheHostsClocks) {
  const ReadOnlyClock clock;
  const MonoTime before = clock.mono();
  EXPECT_LE(before, clock.mono());
  EXPECT_GT(clock.wall().time_since_epoch(), std::chrono::hours(24 * 365 * 50));
}

TEST(ReadOnlyClock, AcceptsCommandsAndObeysNone) {
  ReadOnlyClock clock;
  ClockCommand command;
  command.step = std::chrono::hours(1000);
  const WallTime before = clock.wall();
  EXPECT_TRUE(clock.apply(command));
  EXPECT_LT(clock.wall() - before, std::chrono::hours(1));
  EXPECT_FALSE(clock.adjustable());
}

TEST(HostClock, OnlyReadsWithoutDiscipline) {
  SilentLog log;
  HostClock clock(log);
  clock.discipline(false);
  EXPECT_FALSE(clock.adjustable());
  EXPECT_TRUE(clock.apply({}));
  EXPECT_EQ(log.lines, 0);
}

TEST(MeasurePrecision, StaysWithinItsRange) {
  const int precision = measure_precision();
  EXPECT_GE(precision, -30);
  EXPECT_LE(precision, -20);
}

}  // namespace
}  // namespace ntp::os
