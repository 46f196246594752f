// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/offset_line.h"

#include <gtest/gtest.h>

namespace ntp::sync {
namespace {

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

TEST(OffsetLine, KnowsNothingAtFirst) {
  const OffsetLine line;
  EXPECT_EQ(line.at(at(1e6)), 0);
  EXPECT_EQ(line.rate(), 0);
}

TEST(OffsetLine, TakesTheLastOffsetUntilThereAreEnough) {
  OffsetLine line;
  line.add(at(0), 0.5);
  line.add(at(16), 0.25);
  EXPECT_DOUBLE_EQ(line.at(at(100)), 0.25);
  for (const double second : {1.0, 2.0, 3.0, 4.0}) line.add(at(16 + second), 0.25 + second * 1e-3);
  EXPECT_EQ(line.rate(), 0) << "twenty seconds tell no rate";
}

TEST(OffsetLine, FollowsAClockThatRunsOff) {
  OffsetLine line;
  for (int i = 0; i < 40; ++i) line.add(at(64.0 * i), 1000 + 100e-6 * 64 * i);
  EXPECT_NEAR(line.rate(), 100e-6, 1e-9);
  EXPECT_NEAR(line.at(at(64.0 * 50)), 1000 + 100e-6 * 64 * 50, 1e-6);
}

TEST(OffsetLine, ForgetsOldOffsets) {
  OffsetLine line;
  for (int i = 0; i < 20; ++i) line.add(at(64.0 * i), 7);
  for (int i = 20; i < 36; ++i) line.add(at(64.0 * i), 1);
  EXPECT_NEAR(line.at(at(64.0 * 36)), 1, 1e-9);
  line.clear();
  EXPECT_EQ(line.at(at(0)), 0);
}

TEST(OffsetLine, NeverBelievesAnAbsurdRate) {
  OffsetLine line;
  for (int i = 0; i < 8; ++i) line.add(at(64.0 * i), i);
  EXPECT_DOUBLE_EQ(line.rate(), 500e-6);
}

TEST(OffsetLine, SurvivesOffsetsOfOneMoment) {
  OffsetLine line;
  for (int i = 0; i < 8; ++i) line.add(at(5), 0.5);
  EXPECT_DOUBLE_EQ(line.at(at(5)), 0.5);
  EXPECT_EQ(line.rate(), 0);
}

}  // namespace
}  // namespace ntp::sync
