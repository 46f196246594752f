// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/correction_line.h"

#include <gtest/gtest.h>

namespace ntp::sync {
namespace {

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

TEST(CorrectionLine, IsNothingAtFirst) { EXPECT_EQ(CorrectionLine().at(at(1234)), 0); }

TEST(CorrectionLine, AddsUpWhatTheRatesGave) {
  CorrectionLine line;
  line.steer(at(100), 10e-6);
  line.steer(at(200), -20e-6);
  line.steer(at(300), 0);
  EXPECT_EQ(line.at(at(50)), 0);
  EXPECT_NEAR(line.at(at(150)), 50 * 10e-6, 1e-8);
  EXPECT_NEAR(line.at(at(250)), 100 * 10e-6 - 50 * 20e-6, 1e-7);
  EXPECT_NEAR(line.at(at(9000)), -100 * 10e-6, 1e-7);
}

TEST(CorrectionLine, IsMeasuredByAClockThatIsSteeredAlong) {
  CorrectionLine line;
  line.steer(at(0), 0.1);
  // 10 s of the oscillator are 11 s of the clock.
  EXPECT_NEAR(line.at(at(11)), 1, 1e-12);
}

TEST(CorrectionLine, RemembersTheLastCommands) {
  CorrectionLine line;
  for (int i = 0; i < 100; ++i) line.steer(at(i), i % 2 == 0 ? 1e-4 : 2e-4);
  EXPECT_NEAR(line.at(at(97.5)) - line.at(at(97)), 0.5 * 2e-4, 1e-7);
  EXPECT_NEAR(line.at(at(100)), 100 * 1.5e-4, 1e-5);
}

}  // namespace
}  // namespace ntp::sync
