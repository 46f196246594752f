// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/timex_fields.h"

#include <gtest/gtest.h>

#include <limits>

namespace ntp::os {
namespace {

ClockCommand synchronized() {
  ClockCommand command;
  command.leap = Leap::None;
  command.max_error = 0.025;
  command.estimated_error = 0.0005;
  return command;
}

TEST(StateFields, AddFrequencyAndSlewInScaledPpm) {
  ClockCommand command = synchronized();
  command.frequency = 10e-6;
  command.slew = -2.5e-6;
  EXPECT_EQ(state_fields(command).freq, 491520);  // 7.5 ppm times 65536
}

TEST(StateFields, HoldTheRateWithinTheKernelsRange) {
  ClockCommand command = synchronized();
  command.frequency = 400e-6;
  command.slew = 100e-6;
  EXPECT_EQ(state_fields(command).freq, 32768000);
  EXPECT_EQ(state_fields(command).tick, nominal_tick());
  command.frequency = -1;
  EXPECT_EQ(state_fields(command).freq, -32768000);
  EXPECT_EQ(state_fields(command).tick, nominal_tick() - nominal_tick() / 10);
  command.frequency = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(state_fields(command).freq, 0);
}

TEST(StateFields, TakeTheTickForWhatTheFrequencyCantReach) {
  ClockCommand command = synchronized();
  command.frequency = 10e-6;
  for (const double slew : {0.05, -0.05, 0.0006, -0.00234567}) {
    command.slew = slew;
    EXPECT_NEAR(rate_of(state_fields(command)), slew + 10e-6, 1e-11);
  }
}

TEST(StateFields, ClearUnsyncTogetherWithTheErrorBounds) {
  const timex fields = state_fields(synchronized());
  EXPECT_EQ(fields.modes, static_cast<unsigned>(ADJ_FREQUENCY | ADJ_TICK | ADJ_STATUS |
                                                ADJ_MAXERROR | ADJ_ESTERROR | ADJ_NANO));
  EXPECT_EQ(fields.status, 0);
  EXPECT_EQ(fields.maxerror, 25000);
  EXPECT_EQ(fields.esterror, 500);
}

TEST(StateFields, SayUnsynchronizedWithSixteenSecondsWhateverTheErrors) {
  ClockCommand command = synchronized();
  command.leap = Leap::Unsynchronized;
  const timex fields = state_fields(command);
  EXPECT_EQ(fields.status, STA_UNSYNC);
  EXPECT_EQ(fields.maxerror, 16'000'000);
  EXPECT_EQ(fields.esterror, 16'000'000);
}

TEST(StateFields, ArmTheLeapSecond) {
  ClockCommand command = synchronized();
  command.leap = Leap::Insert;
  EXPECT_EQ(state_fields(command).status, STA_INS);
  command.leap = Leap::Delete;
  EXPECT_EQ(state_fields(command).status, STA_DEL);
}

TEST(StateFields, TakeImpossibleErrorsForTheWorst) {
  ClockCommand command = synchronized();
  command.max_error = 1e300;
  command.estimated_error = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(state_fields(command).maxerror, 16'000'000);
  EXPECT_EQ(state_fields(command).esterror, 16'000'000);
  command.max_error = -1;
  EXPECT_EQ(state_fields(command).maxerror, 16'000'000);
}

TEST(StepFields, SplitAForwardStep) {
  const timex fields = step_fields(std::chrono::milliseconds(2500));
  EXPECT_EQ(fields.modes, static_cast<unsigned>(ADJ_SETOFFSET | ADJ_NANO));
  EXPECT_EQ(fields.time.tv_sec, 2);
  EXPECT_EQ(fields.time.tv_usec, 500'000'000);
}

TEST(StepFields, WriteABackwardStepWithAPositiveFraction) {
  const timex fields = step_fields(Duration(-1));
  EXPECT_EQ(fields.time.tv_sec, -1);
  EXPECT_EQ(fields.time.tv_usec, 999'999'999);
  EXPECT_EQ(step_fields(std::chrono::seconds(-3)).time.tv_sec, -3);
  EXPECT_EQ(step_fields(std::chrono::seconds(-3)).time.tv_usec, 0);
}

TEST(TaiFields, GoByTheConstant) {
  EXPECT_EQ(tai_fields(37).modes, static_cast<unsigned>(ADJ_TAI));
  EXPECT_EQ(tai_fields(37).constant, 37);
}

TEST(RateOf, AddsFrequencyAndTick) {
  timex state{};
  state.freq = -655360;
  state.tick = nominal_tick();
  EXPECT_NEAR(rate_of(state), -10e-6, 1e-12);
  state.tick += nominal_tick() / 1000;
  EXPECT_NEAR(rate_of(state), 990e-6, 1e-9);
}

}  // namespace
}  // namespace ntp::os
