// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/controller.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ntp::sync {
namespace {

MonoTime at(double seconds) { return MonoTime(from_seconds(seconds)); }

/// A controller with a clock of constant frequency error that it is told the truth about.
class Loop {
 public:
  Loop(double clock_error, double frequency_error, const ControllerSettings& settings = {})
      : controller(settings), error(clock_error), oscillator(frequency_error) {}

  ControllerUpdate update(double extra = 0) {
    const double offset = extra - error;
    const ControllerUpdate result = controller.update(at(now), offset, 1e-5, 6, 10);
    if (result.adjustment == Adjustment::Stepped) error += to_seconds(result.step);
    command = controller.tick(at(now));
    return result;
  }

  void run(double seconds) {
    const double end = now + seconds;
    while (now < end) {
      double next = end;
      if (const auto tick = controller.next_tick()) {
        next = std::min(next, to_seconds(tick->time_since_epoch()));
      }
      error += (oscillator + command.frequency + command.slew) * (next - now);
      EXPECT_LE(std::abs(command.frequency + command.slew), 500e-6 + 1e-12);
      now = next;
      if (const auto tick = controller.next_tick(); tick && *tick <= at(now)) {
        command = controller.tick(at(now));
      }
    }
  }

  /// Updates each 64 s.
  void discipline(double seconds) {
    for (const double end = now + seconds; now < end;) {
      run(64);
      update();
    }
  }

  Controller controller;
  ClockCommand command;
  double now = 1000;
  double error;  // s, clock minus truth
  double oscillator;
};

/// Past the start: synchronized, and the clock right.
Loop synchronized(const ControllerSettings& settings = {}) {
  Loop loop(0, 0, settings);
  loop.controller.set_initial_frequency(0);
  loop.update();
  loop.discipline(640);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
  return loop;
}

TEST(Controller, LeavesTheClockAloneUntilTold) {
  Controller controller{ControllerSettings{}};
  EXPECT_EQ(controller.state(), ControllerState::NeverSet);
  EXPECT_FALSE(controller.next_tick());
  const ClockCommand command = controller.tick(at(5));
  EXPECT_EQ(command.frequency, 0);
  EXPECT_EQ(command.slew, 0);
  EXPECT_FALSE(command.step);
}

TEST(Controller, TrainsFrequencyWithoutADriftFile) {
  Loop loop(0.01, 10e-6);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
  EXPECT_EQ(loop.controller.state(), ControllerState::Training);
  for (int i = 0; i < 4; ++i) {
    loop.run(64);
    EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
    EXPECT_EQ(loop.controller.frequency(), 0);
    EXPECT_EQ(loop.controller.state(), ControllerState::Training);
  }
  loop.run(64);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
  EXPECT_NEAR(loop.controller.frequency(), -10e-6, 1e-10);
  loop.discipline(4000);
  EXPECT_NEAR(loop.error, 0, 10e-6);
}

TEST(Controller, TrainsExactlyThoughTheFirstOffsetIsStillBeingSlewed) {
  Loop loop(-5, 100e-6, {.step_forward = 0, .step_backward = 0});
  loop.update();
  loop.run(320);
  loop.update();
  EXPECT_NEAR(loop.controller.frequency(), -100e-6, 1e-9);
}

TEST(Controller, Masters100PpmAndATenthOfASecond) {
  Loop loop(0.1, 100e-6);
  loop.update();
  loop.discipline(1500);
  EXPECT_NEAR(loop.controller.frequency(), -100e-6, 0.5e-6);
  loop.discipline(5000);
  EXPECT_NEAR(loop.error, 0, 20e-6);
}

TEST(Controller, StaysStableWhenUpdatesAreRare) {
  Loop loop(0.001, 10e-6);
  loop.controller.set_initial_frequency(0);
  for (int i = 0; i < 40; ++i) {
    loop.update();
    loop.run(4000);
  }
  EXPECT_NEAR(loop.controller.frequency(), -10e-6, 1e-8);
  EXPECT_NEAR(loop.error, 0, 100e-6);
}

TEST(Controller, StepsAtOnceAtTheStart) {
  for (const double error : {-0.2, 0.2, 500.0}) {
    Loop loop(error, 0);
    EXPECT_EQ(loop.update().adjustment, Adjustment::Stepped);
    EXPECT_NEAR(loop.error, 0, 1e-9);
    EXPECT_EQ(loop.controller.state(), ControllerState::Training);
    EXPECT_EQ(loop.command.slew, 0);
  }
  Loop with_drift(0.2, 0);
  with_drift.controller.set_initial_frequency(1e-6);
  EXPECT_EQ(with_drift.update().adjustment, Adjustment::Stepped);
  EXPECT_EQ(with_drift.controller.state(), ControllerState::Synchronized);
}

TEST(Controller, StepsAfterTrainingIfTheOffsetRanAway) {
  Loop loop(0.2, 490e-6);
  loop.update();
  loop.run(290);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Ignored);
  loop.run(30);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Stepped);
  EXPECT_NEAR(loop.controller.frequency(), -490e-6, 1e-9);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
}

TEST(Controller, StartsFromTheDriftFile) {
  Loop loop(0.01, 20e-6);
  loop.controller.set_initial_frequency(-20e-6);
  EXPECT_EQ(loop.controller.state(), ControllerState::FrequencySet);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
  EXPECT_TRUE(loop.controller.is_settling());
  loop.run(64);
  EXPECT_NEAR(loop.error, 0.01 * std::exp(-2), 1e-5) << "removed at 1/32 a second";
  loop.update();
  EXPECT_EQ(loop.controller.frequency(), -20e-6) << "not bent by the first offset";
  loop.run(256);
  loop.update();
  EXPECT_FALSE(loop.controller.is_settling());
}

TEST(Controller, HoldsTheDriftFileWithinTheLimit) {
  Controller controller{ControllerSettings{}};
  controller.set_initial_frequency(-1);
  EXPECT_EQ(controller.frequency(), -500e-6);
}

TEST(Controller, IgnoresASpike) {
  Loop loop = synchronized();
  loop.run(64);
  EXPECT_EQ(loop.update(0.5).adjustment, Adjustment::Ignored);
  EXPECT_EQ(loop.controller.state(), ControllerState::Spike);
  loop.run(64);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
  EXPECT_NEAR(loop.error, 0, 1e-9);
}

TEST(Controller, StepsWhenASpikeLastsForTheStepoutTime) {
  Loop loop = synchronized();
  loop.error += 0.5;
  for (int i = 0; i < 4; ++i) {
    loop.run(64);
    EXPECT_EQ(loop.update().adjustment, Adjustment::Ignored);
  }
  loop.run(64);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Stepped);
  EXPECT_NEAR(loop.error, 0, 1e-9);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
}

TEST(Controller, ObeysTheStepLimitOfEachDirection) {
  const ControllerSettings settings{.step_forward = 0.1, .step_backward = 1};
  Loop behind(-0.5, 0, settings);
  EXPECT_EQ(behind.update().adjustment, Adjustment::Stepped);
  Loop ahead(0.5, 0, settings);
  EXPECT_EQ(ahead.update().adjustment, Adjustment::Slewed);
}

TEST(Controller, NeverStepsIfToldSo) {
  Loop loop(900, 0, {.step_forward = 0, .step_backward = 0});
  EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
  loop.run(1000);
  EXPECT_NEAR(loop.error, 899.5, 1e-6) << "500 ppm and no more";
}

TEST(Controller, PanicsBeyondThePanicLimit) {
  Loop loop(1001, 0);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Panic);
  Loop never(1001, 0, {.panic = 0});
  EXPECT_EQ(never.update().adjustment, Adjustment::Stepped);
}

TEST(Controller, AllowsPanicUntilSynchronized) {
  Loop loop(1e6, 0, {.allow_panic = true});
  EXPECT_EQ(loop.update().adjustment, Adjustment::Stepped);
  loop.discipline(640);
  EXPECT_EQ(loop.update(2000).adjustment, Adjustment::Panic);
}

TEST(Controller, StepsTheFirstOffsetHoweverSmallIfToldSo) {
  Loop loop(0.001, 0, {.step_first = true});
  EXPECT_EQ(loop.update().adjustment, Adjustment::Stepped);
  loop.discipline(640);
  EXPECT_EQ(loop.update(0.002).adjustment, Adjustment::Slewed);
}

TEST(Controller, RemovesPhaseWithFourPolls) {
  Loop loop = synchronized();
  loop.error = 0.001;
  const int poll = loop.controller.poll_exponent();
  loop.update();
  const double correction = loop.controller.frequency();
  loop.run(4 * log2_seconds(poll));
  EXPECT_NEAR(loop.error - correction * 4 * log2_seconds(poll), 0.001 * std::exp(-1), 1e-5);
}

TEST(Controller, AccountsForTicksThatAreLate) {
  Loop loop = synchronized();
  loop.error = 0.001;
  loop.update();
  const double drift = loop.controller.frequency();
  const double began = loop.now;
  loop.error += (drift + loop.command.slew) * 1000;
  loop.now += 1000;
  loop.command = loop.controller.tick(at(loop.now));
  loop.run(30'000);
  EXPECT_NEAR(loop.error - drift * (loop.now - began), 0, 1e-8);
}

TEST(Controller, EndsTheSlewWhenNothingIsLeft) {
  Loop loop = synchronized();
  loop.error = 0.0001;
  loop.update();
  EXPECT_TRUE(loop.controller.next_tick());
  loop.run(40'000);
  EXPECT_FALSE(loop.controller.next_tick());
  EXPECT_EQ(loop.command.slew, 0);
}

TEST(Controller, HoldsFrequencyWithinTheLimit) {
  Loop loop(0, 900e-6, {.step_forward = 0, .step_backward = 0});
  loop.update();
  loop.run(320);
  loop.update();
  EXPECT_EQ(loop.controller.frequency(), -500e-6);
  EXPECT_EQ(loop.command.frequency + loop.command.slew, -500e-6);
}

TEST(Controller, RaisesThePollWhileOffsetsAreInTheNoise) {
  Loop loop(0, 0);
  loop.controller.set_initial_frequency(0);
  loop.update();
  for (int i = 0; i < 60; ++i) {
    loop.run(64);
    loop.update(i % 2 == 0 ? 1e-4 : -1e-4);
  }
  EXPECT_EQ(loop.controller.poll_exponent(), 10);
  EXPECT_NEAR(loop.controller.jitter(), 2e-4, 3e-5);
  EXPECT_GT(loop.controller.wander(), 0);
}

TEST(Controller, LowersThePollWhenOffsetsGrow) {
  Loop loop = synchronized();
  loop.discipline(6400);
  ASSERT_EQ(loop.controller.poll_exponent(), 10);
  loop.oscillator += 50e-6;
  loop.run(1000);
  for (int i = 0; i < 12; ++i) {
    loop.run(8);
    loop.update();
  }
  EXPECT_LT(loop.controller.poll_exponent(), 10);
}

TEST(Controller, KeepsThePollWithinThePeersLimits) {
  Loop loop = synchronized();
  loop.controller.update(at(loop.now), 0, 0, 3, 4);
  EXPECT_EQ(loop.controller.poll_exponent(), 4);
  loop.controller.update(at(loop.now), 0, 0, 9, 9);
  EXPECT_EQ(loop.controller.poll_exponent(), 9);
}

TEST(Controller, TakesTheNextOffsetAtOnceAfterTheClockWasSet) {
  Loop loop = synchronized();
  const double frequency = loop.controller.frequency();
  loop.error = 3600;
  loop.controller.clock_was_set();
  EXPECT_EQ(loop.controller.state(), ControllerState::FrequencySet);
  loop.run(10);
  EXPECT_EQ(loop.update(3000).adjustment, Adjustment::Stepped);
  EXPECT_EQ(loop.controller.frequency(), frequency);

  Loop untrained(0, 0);
  untrained.update();
  untrained.controller.clock_was_set();
  EXPECT_EQ(untrained.controller.state(), ControllerState::NeverSet);
}

TEST(Controller, DoesNotBendFrequencyByWhatSomebodyElseSet) {
  Loop loop = synchronized();
  loop.error = 0.05;
  loop.controller.clock_was_set();
  loop.discipline(128);
  EXPECT_NEAR(loop.controller.frequency(), 0, 1e-9);
}

}  // namespace
}  // namespace ntp::sync
