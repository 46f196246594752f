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
    const Measurement told{.offset = extra - error,
                           .jitter = 1e-5,
                           .frequency = -oscillator,
                           .frequency_deviation = 1e-8,
                           .poll_wish = wish};
    const ControllerUpdate result = controller.update(at(now), told);
    if (result.adjustment == Adjustment::Stepped) error += to_seconds(result.step);
    tick();
    return result;
  }

  void run(double seconds) {
    const double end = now + seconds;
    while (now < end) {
      double next = end;
      if (const auto tick = controller.next_tick()) {
        next = std::min(next, to_seconds(tick->time_since_epoch()));
      }
      elapse(next - now);
      if (const auto due = controller.next_tick(); due && *due <= at(now)) tick();
    }
  }
  void elapse(double seconds) {
    const double rate = command.frequency + command.slew;
    greatest_rate = std::max(greatest_rate, std::abs(rate));
    // The clock of the timers is steered along.
    error += (oscillator + rate / (1 + rate)) * seconds;
    now += seconds;
  }
  void tick() {
    command = controller.tick(at(now));
    controller.obeyed(at(now), command);
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
  int wish = 6;
  double greatest_rate = 0;
};

/// Past the start: synchronized, and the clock right.
Loop synchronized(const ControllerSettings& settings = {}) {
  Loop loop(0, 0, settings);
  loop.controller.set_initial_frequency({0, 1e-6});
  loop.update();
  loop.discipline(640);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
  loop.greatest_rate = 0;
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

TEST(Controller, RemovesTheFirstOffsetWithinSeconds) {
  for (const double error : {0.1, -0.1, 0.002}) {
    Loop loop(error, 100e-6);
    EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
    EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
    loop.run(3);
    EXPECT_NEAR(loop.error, 0, 1e-7) << error;
    EXPECT_LE(loop.greatest_rate, 0.0501);
    loop.run(1000);
    EXPECT_NEAR(loop.error, 0, 1000 * 1.1e-8) << "at the frequency that it was told";
  }
}

TEST(Controller, EndsASlewWhenTheHostWakesAnyway) {
  for (const double left : {1.5, 5.0, 60.0}) {
    Loop loop = synchronized();
    loop.error = 100e-6;
    loop.update();
    const MonoTime awake = at(loop.now + left);
    loop.command = loop.controller.tick(at(loop.now), awake);
    loop.controller.obeyed(at(loop.now), loop.command);
    EXPECT_EQ(loop.controller.next_tick(), awake) << left;
    loop.run(left);
    EXPECT_NEAR(loop.error, 0, 1e-9) << left;
  }
}

TEST(Controller, ASlewOfItsOwnWhereTheHostWakesTooSoonOrTooLate) {
  Loop loop = synchronized();
  loop.error = 100e-6;
  loop.update();
  const auto alone = loop.controller.next_tick();
  for (const double left : {-1.0, 0.0, 0.5, 65.0}) {
    loop.controller.tick(at(loop.now), at(loop.now + left));
    EXPECT_EQ(loop.controller.next_tick(), alone) << left;
  }
  // 10 ms take 20 s at 500 ppm.
  loop.error = 0.01;
  loop.update();
  loop.controller.tick(at(loop.now), at(loop.now + 5));
  ASSERT_TRUE(loop.controller.next_tick());
  EXPECT_GT(*loop.controller.next_tick(), at(loop.now + 19));
}

TEST(Controller, TakesAsLongAsTheLimitOfTheRateWants) {
  Loop loop = synchronized();
  loop.error = 0.05;
  loop.update();
  loop.run(64);
  EXPECT_NEAR(loop.error, 0.05 - 64 * 500e-6, 2e-5);
  EXPECT_LE(loop.greatest_rate, 500.1e-6);
  Loop large(5, 0, {.step_forward = 0, .step_backward = 0});
  large.update();
  large.run(64);
  EXPECT_LE(large.greatest_rate, 500.1e-6) << "a rate of percents is for what is soon over";
}

TEST(Controller, SpreadsASmallOffsetOverAShareOfThePoll) {
  Loop loop = synchronized();
  loop.error = 20e-6;
  loop.update();
  EXPECT_NEAR(loop.command.slew, -5e-6, 1e-8);
  loop.run(4.1);
  EXPECT_NEAR(loop.error, 0, 1e-8);
  EXPECT_EQ(loop.command.slew, 0);
  EXPECT_FALSE(loop.controller.next_tick());
}

TEST(Controller, KnowsWhatItsSlewsAddedToTheClock) {
  Loop loop(0.08, 30e-6);
  loop.update();
  loop.discipline(500);
  const double added = loop.controller.corrections().at(at(loop.now));
  EXPECT_NEAR(loop.error, 0.08 + 30e-6 * (loop.now - 1000) + added, 1e-9);
}

TEST(Controller, StepsAtOnceAtTheStart) {
  for (const double error : {-0.2, 0.2, 500.0}) {
    Loop loop(error, 0);
    EXPECT_EQ(loop.update().adjustment, Adjustment::Stepped);
    EXPECT_NEAR(loop.error, 0, 1e-9);
    EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
    EXPECT_EQ(loop.command.slew, 0);
  }
}

TEST(Controller, StartsFromTheDriftFile) {
  Loop loop(0.01, 20e-6);
  loop.controller.set_initial_frequency({-20e-6, 2e-7});
  EXPECT_EQ(loop.controller.state(), ControllerState::FrequencySet);
  EXPECT_EQ(loop.controller.frequency(), -20e-6);
  EXPECT_NEAR(loop.controller.frequency_prior().frequency, -20e-6, 1e-9);
  EXPECT_EQ(loop.controller.frequency_prior().deviation, 2e-7);
  EXPECT_EQ(loop.update().adjustment, Adjustment::Slewed);
  EXPECT_EQ(loop.controller.state(), ControllerState::Synchronized);
}

TEST(Controller, HoldsTheDriftFileWithinTheLimit) {
  Controller controller{ControllerSettings{}};
  controller.set_initial_frequency({-1, 1e-6});
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
  EXPECT_NEAR(loop.error, 899.5, 1e-3) << "500 ppm and no more";
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

TEST(Controller, AccountsForTicksThatAreLate) {
  Loop loop = synchronized();
  loop.error = 0.001;
  loop.update();
  loop.elapse(1000);
  loop.tick();
  loop.run(2000);
  EXPECT_NEAR(loop.error, 0, 1e-8);
}

TEST(Controller, HoldsFrequencyWithinTheLimit) {
  Loop loop(0, 900e-6, {.step_forward = 0, .step_backward = 0});
  loop.update();
  EXPECT_EQ(loop.controller.frequency(), -500e-6);
  EXPECT_EQ(loop.command.frequency, -500e-6);
}

TEST(Controller, TellsJitterAndWanderOfItsUpdates) {
  Loop loop = synchronized();
  for (int i = 0; i < 40; ++i) {
    loop.run(64);
    loop.error += i % 2 == 0 ? 1e-4 : -1e-4;
    loop.oscillator = i % 2 == 0 ? 1e-6 : -1e-6;
    loop.update();
  }
  EXPECT_NEAR(loop.controller.jitter(), 1.6e-4, 8e-5);
  EXPECT_NEAR(loop.controller.wander(), 2e-6, 2e-7);
}

TEST(Controller, AsksAtThePollThatSourcesWish) {
  Loop loop = synchronized();
  loop.wish = 10;
  for (int i = 0; i < 400; ++i) {
    loop.run(64);
    loop.update();
  }
  EXPECT_EQ(loop.controller.poll_exponent(), 10);
  loop.controller.clock_was_set();
  loop.update();
  EXPECT_EQ(loop.controller.poll_exponent(), 6) << "what was learnt of the clock may be gone";
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

  Loop never(0, 0);
  never.controller.clock_was_set();
  EXPECT_EQ(never.controller.state(), ControllerState::NeverSet);
}

}  // namespace
}  // namespace ntp::sync
