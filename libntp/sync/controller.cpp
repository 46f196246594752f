// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/controller.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {
namespace {

constexpr double kMinStepout = 300;          // s
constexpr double kAveraging = 4;             // updates, of jitter and wander
constexpr double kNegligiblePhase = 1e-9;    // s
constexpr double kUnknownFrequency = 50e-6;  // s/s, deviation of the oscillators that are sold
constexpr double kLeastDeviation = 1e-7;     // s/s: the past says no more of the future
constexpr double kSlewShare = 1.0 / 16;      // of a poll interval
constexpr double kShortestSlew = 1;          // s
constexpr double kLongestSlew = 16;          // s
// Of its usual time: so much shorter or longer a slew may be to end when the host wakes anyway.
constexpr double kLeastStretch = 0.25;
constexpr double kMostStretch = 16;
constexpr double kStartOffset = 0.5;       // s: what the rate of the start removes in seconds
constexpr double kStartedOffset = 0.5e-3;  // s: below it the start is over

/// The root of the exponential average of squares.
double average(double root, double change) {
  const double square = root * root;
  return std::sqrt(square + (change * change - square) / kAveraging);
}

/// What a slew adds to the clock each second of the monotonic clock, which is steered along.
double gain(double slew, double frequency) {
  return (frequency + slew) / (1 + frequency + slew) - frequency / (1 + frequency);
}

/// The slew that has this gain.
double slew_of(double gain, double frequency) {
  const double rate = gain + frequency / (1 + frequency);
  return rate / (1 - rate) - frequency;
}

double seconds_between(MonoTime from, MonoTime to) { return std::max(0.0, to_seconds(to - from)); }

/// NTPsec: a shorter stepout is not obeyed.
ControllerSettings within_bounds(ControllerSettings settings) {
  settings.stepout = std::max(settings.stepout, kMinStepout);
  return settings;
}

}  // namespace

Controller::Controller(const ControllerSettings& settings)
    : settings_(within_bounds(settings)), frequency_deviation_(kUnknownFrequency) {}

void Controller::set_limits(const ControllerSettings& settings) {
  const bool allow_panic = settings_.allow_panic;
  const bool step_first = settings_.step_first;
  settings_ = within_bounds(settings);
  settings_.allow_panic = allow_panic;
  settings_.step_first = step_first;
}

void Controller::set_initial_frequency(const FrequencyPrior& frequency) {
  frequency_ = std::clamp(frequency.frequency, -settings_.max_frequency, settings_.max_frequency);
  frequency_deviation_ = frequency.deviation;
  state_ = ControllerState::FrequencySet;
}

FrequencyPrior Controller::frequency_prior() const {
  // Sources are measured by the monotonic clock, which is steered along.
  return {frequency_ / (1 + frequency_), std::max(frequency_deviation_, kLeastDeviation)};
}

ControllerUpdate Controller::update(MonoTime now, const Measurement& m) {
  if (settings_.panic > 0 && std::abs(m.offset) > settings_.panic && !settings_.allow_panic) {
    return {Adjustment::Panic, {}};
  }
  advance(now);
  if (is_beyond_step(m.offset) || settings_.step_first) {
    settings_.step_first = false;
    if (!is_step_due(now)) {
      if (state_ == ControllerState::Synchronized) state_ = ControllerState::Spike;
      poll_.restart(now);
      poll_.update(now, m.poll_wish, m.min_poll, m.max_poll);
      return {};
    }
    return step(now, m.offset);
  }
  settings_.allow_panic = false;
  // What the slew is about to remove anyway is no jitter.
  const bool is_first =
      state_ == ControllerState::NeverSet || state_ == ControllerState::FrequencySet;
  jitter_ = is_first ? m.jitter : average(jitter_, m.offset - phase_);
  follow_frequency(m);
  accept(now, m.offset);
  if (!is_first && std::abs(m.offset) < kStartedOffset) starting_ = false;
  poll_.update(now, m.poll_wish, m.min_poll, m.max_poll);
  return {Adjustment::Slewed, {}};
}

bool Controller::is_beyond_step(double offset) const {
  const double limit = offset > 0 ? settings_.step_forward : settings_.step_backward;
  return limit > 0 && std::abs(offset) > limit;
}

/// The first offset ever is believed at once; later ones must last for the stepout time, and even
/// then one spike alone is never believed.
bool Controller::is_step_due(MonoTime now) const {
  switch (state_) {
    case ControllerState::NeverSet:
    case ControllerState::FrequencySet:
      return true;
    case ControllerState::Spike:
      return seconds_between(accepted_, now) >= settings_.stepout;
    case ControllerState::Synchronized:
      break;
  }
  return false;
}

ControllerUpdate Controller::step(MonoTime now, double offset) {
  accept(now, 0);
  jitter_ = 0;
  starting_ = true;
  poll_.restart(now);
  return {Adjustment::Stepped, from_seconds(offset)};
}

void Controller::accept(MonoTime now, double offset) {
  state_ = ControllerState::Synchronized;
  accepted_ = now;
  last_offset_ = phase_ = offset;
}

void Controller::follow_frequency(const Measurement& m) {
  const double before = frequency_;
  frequency_ = std::clamp(m.frequency / (1 - m.frequency), -settings_.max_frequency,
                          settings_.max_frequency);
  frequency_deviation_ = m.frequency_deviation;
  wander_ = average(wander_, frequency_ - before);
}

double Controller::rate_limit() const {
  return starting_ && std::abs(phase_) < kStartOffset ? settings_.start_rate
                                                      : settings_.max_frequency;
}

/// Books what the slew in effect has removed.
void Controller::advance(MonoTime now) {
  phase_ -= gain(slew_, frequency_) * seconds_between(advanced_, now);
  advanced_ = now;
}

ClockCommand Controller::tick(MonoTime now, std::optional<MonoTime> awake) {
  advance(now);
  slew_ = 0;
  next_tick_.reset();
  if (std::abs(phase_) >= kNegligiblePhase) {
    const double limit = rate_limit();
    const double room = phase_ > 0 ? limit - frequency_ : limit + frequency_;
    const double usual =
        std::clamp(kSlewShare * log2_seconds(poll_.exponent()), kShortestSlew, kLongestSlew);
    const double shortest = std::abs(phase_) / std::max(room, 1e-6);
    const double left = awake && !starting_ ? to_seconds(*awake - now) : 0;
    if (left >= std::max(kLeastStretch * usual, shortest) && left <= kMostStretch * usual) {
      slew_ = slew_of(phase_ / left, frequency_);
      next_tick_ = awake;
    } else {
      const double duration = std::max(starting_ ? kShortestSlew : usual, shortest);
      slew_ = phase_ / duration;
      next_tick_ = now + from_seconds(phase_ / gain(slew_, frequency_));
    }
  }
  ClockCommand command;
  command.frequency = frequency_;
  command.slew = slew_;
  return command;
}

std::optional<MonoTime> Controller::next_tick() const { return next_tick_; }

void Controller::obeyed(MonoTime now, const ClockCommand& command) {
  corrections_.steer(now, command.frequency + command.slew);
}

void Controller::clock_was_set() {
  state_ = state_ == ControllerState::NeverSet ? ControllerState::NeverSet
                                               : ControllerState::FrequencySet;
  phase_ = 0;
  starting_ = true;
  poll_.restart(advanced_);
}

}  // namespace ntp::sync
