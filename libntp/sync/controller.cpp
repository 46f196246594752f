// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/controller.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {
namespace {

constexpr double kSettledOffset = 0.0005;   // s: below it the start is over
constexpr double kSettlingConstant = 32;    // s: time constant at the start
constexpr int kMaxConstantExponent = 10;    // as the kernel has it
constexpr double kMinStepout = 300;         // s; NTPsec: a smaller stepout counts as this
constexpr double kAveraging = 8;            // of jitter and wander, in updates
constexpr double kPollGate = 4;             // times the jitter
constexpr int kPollLimit = 30;              // of the poll score, either way
constexpr double kFrequencyLockGain = .25;  // of an update's apparent frequency error
constexpr double kMaxFrequencyShare = .5;   // of an offset, taken as run up since the last one
constexpr double kNegligiblePhase = 1e-9;   // s

/// The root of the exponential average of squares.
double average(double root, double change) {
  const double square = root * root;
  return std::sqrt(square + (change * change - square) / kAveraging);
}

double seconds_between(MonoTime from, MonoTime to) { return std::max(0.0, to_seconds(to - from)); }

/// NTPsec: a shorter stepout is not obeyed.
ControllerSettings within_bounds(ControllerSettings settings) {
  settings.stepout = std::max(settings.stepout, kMinStepout);
  return settings;
}

}  // namespace

Controller::Controller(const ControllerSettings& settings) : settings_(within_bounds(settings)) {}

void Controller::set_limits(const ControllerSettings& settings) {
  const bool allow_panic = settings_.allow_panic;
  const bool step_first = settings_.step_first;
  settings_ = within_bounds(settings);
  settings_.allow_panic = allow_panic;
  settings_.step_first = step_first;
}

void Controller::set_initial_frequency(double frequency) {
  frequency_ = std::clamp(frequency, -settings_.max_frequency, settings_.max_frequency);
  state_ = ControllerState::FrequencySet;
}

ControllerUpdate Controller::update(MonoTime now, double offset, double jitter, int minimum_poll,
                                    int maximum_poll) {
  if (settings_.panic > 0 && std::abs(offset) > settings_.panic && !settings_.allow_panic) {
    return {Adjustment::Panic, {}};
  }
  advance(now);
  poll_ = std::max(minimum_poll, std::min(poll_, maximum_poll));
  const double since_accepted = seconds_between(accepted_, now);

  if (is_beyond_step(offset) || settings_.step_first) {
    settings_.step_first = false;
    if (!is_step_due(since_accepted)) {
      if (state_ == ControllerState::Synchronized) state_ = ControllerState::Spike;
      return {};
    }
    if (state_ == ControllerState::Training) measure_frequency(offset, since_accepted);
    return step(now, offset);
  }

  // What the slew is about to remove anyway is no jitter: it would open the gate of the poll.
  const bool is_expected =
      state_ == ControllerState::Synchronized || state_ == ControllerState::Spike;
  jitter_ = is_expected ? average(jitter_, offset - phase_) : jitter;
  if (state_ == ControllerState::NeverSet) {
    accept(now, ControllerState::Training, offset);
    return {Adjustment::Slewed, {}};
  }
  if (state_ == ControllerState::Training) {
    // The clock is good enough to show; it is left alone while its rate is measured.
    if (since_accepted < settings_.stepout) return {Adjustment::Slewed, {}};
    measure_frequency(offset, since_accepted);
  }
  settings_.allow_panic = false;
  if (!settling_) discipline_frequency(offset, since_accepted);
  accept(now, ControllerState::Synchronized, offset);
  if (std::abs(offset) < kSettledOffset) settling_ = false;
  adapt_poll(offset, minimum_poll, maximum_poll);
  return {Adjustment::Slewed, {}};
}

bool Controller::is_beyond_step(double offset) const {
  const double limit = offset > 0 ? settings_.step_forward : settings_.step_backward;
  return limit > 0 && std::abs(offset) > limit;
}

/// The first offset ever is believed at once; later ones must last for the stepout time, and even
/// then one spike alone is never believed.
bool Controller::is_step_due(double since_accepted) const {
  switch (state_) {
    case ControllerState::NeverSet:
    case ControllerState::FrequencySet:
      return true;
    case ControllerState::Spike:
    case ControllerState::Training:
      return since_accepted >= settings_.stepout;
    case ControllerState::Synchronized:
      break;
  }
  return false;
}

ControllerUpdate Controller::step(MonoTime now, double offset) {
  const bool is_untrained = state_ == ControllerState::NeverSet;
  accept(now, is_untrained ? ControllerState::Training : ControllerState::Synchronized, 0);
  jitter_ = 0;
  poll_score_ = 0;
  return {Adjustment::Stepped, from_seconds(offset)};
}

void Controller::accept(MonoTime now, ControllerState next, double offset) {
  state_ = next;
  accepted_ = now;
  last_offset_ = phase_ = offset;
  if (next == ControllerState::Synchronized && settling_ && !settled_at_) {
    settled_at_ = now + from_seconds(settings_.stepout);
  }
}

/// What the offset is, beyond what was left to remove of the first one, ran up at a wrong
/// frequency.
void Controller::measure_frequency(double offset, double since_accepted) {
  change_frequency(frequency_ + (offset - phase_) / since_accepted);
}

/// The kernel's PLL with four times its frequency gain: critically damped at the same time constant
/// (the kernel's zeta is 2), which follows a wandering oscillator better and lets hardly more noise
/// through. From the Allan intercept on noise is small against wander, and a share of the frequency
/// error that the update shows is taken as it is.
void Controller::discipline_frequency(double offset, double since_accepted) {
  const int exponent = std::min(poll_, kMaxConstantExponent);
  const double loop_gain = since_accepted / std::pow(8 * log2_seconds(exponent), 2);
  // After a long silence the offset is what a wrong frequency ran up since; the loop's gain would
  // make up for it several times over.
  const double gain =
      since_accepted > 0 ? std::min(loop_gain, kMaxFrequencyShare / since_accepted) : 0;
  double change = offset * gain;
  if (poll_ >= settings_.allan_exponent) {
    change +=
        kFrequencyLockGain * (offset - phase_) / std::max(since_accepted, log2_seconds(poll_));
  }
  const double before = frequency_;
  change_frequency(frequency_ + change);
  wander_ = average(wander_, frequency_ - before);
}

void Controller::change_frequency(double frequency) {
  frequency_ = std::clamp(frequency, -settings_.max_frequency, settings_.max_frequency);
}

void Controller::adapt_poll(double offset, int minimum_poll, int maximum_poll) {
  if (settling_) {
    poll_score_ = 0;
  } else if (std::abs(offset) < kPollGate * jitter_) {
    poll_score_ = std::min(poll_score_ + poll_, kPollLimit + 1);
    if (poll_score_ > kPollLimit && poll_ < maximum_poll) {
      poll_score_ = 0;
      ++poll_;
    }
  } else {
    poll_score_ = std::max(poll_score_ - 2 * poll_, -kPollLimit - 1);
    if (poll_score_ < -kPollLimit && poll_ > minimum_poll) {
      poll_score_ = 0;
      --poll_;
    }
  }
  poll_score_ = std::clamp(poll_score_, -kPollLimit, kPollLimit);
}

double Controller::time_constant() const {
  return settling_ ? kSettlingConstant : 4 * log2_seconds(std::min(poll_, kMaxConstantExponent));
}

/// Books what the slew in effect has removed.
void Controller::advance(MonoTime now) {
  phase_ -= slew_ * seconds_between(advanced_, now);
  advanced_ = now;
  if (settled_at_ && now >= *settled_at_) settling_ = false;
}

ClockCommand Controller::tick(MonoTime now) {
  advance(now);
  slew_ = 0;
  next_tick_.reset();
  if (std::abs(phase_) >= kNegligiblePhase) {
    const double interval = std::clamp(time_constant() / 32, 1.0, 16.0);
    const double rate = phase_ * -std::expm1(-interval / time_constant()) / interval;
    slew_ = std::clamp(rate, -settings_.max_frequency - frequency_,
                       settings_.max_frequency - frequency_);
    next_tick_ = now + from_seconds(interval);
  }
  ClockCommand command;
  command.frequency = frequency_;
  command.slew = slew_;
  return command;
}

std::optional<MonoTime> Controller::next_tick() const { return next_tick_; }

void Controller::clock_was_set() {
  const bool is_trained =
      state_ != ControllerState::NeverSet && state_ != ControllerState::Training;
  state_ = is_trained ? ControllerState::FrequencySet : ControllerState::NeverSet;
  phase_ = 0;
  poll_score_ = 0;
  settling_ = true;
  settled_at_.reset();
}

}  // namespace ntp::sync
