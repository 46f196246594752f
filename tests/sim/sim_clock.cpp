// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_clock.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ntp::sim {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// A node is up for a while when the simulation starts.
constexpr MonoTime kMonoStart{seconds(1000)};
// Aim this much of the way short, so that no change of the oscillator makes a timer late.
constexpr double kShyness = 1e-4;
constexpr Duration kNear = std::chrono::microseconds(100);

}  // namespace

SimClock::SimClock(World& world, const Oscillator& oscillator, std::string_view name)
    : world_(world),
      oscillator_(oscillator),
      random_(world.random(name)),
      interval_start_(world.now()),
      anchor_(world.now()),
      phase_(kMonoStart),
      wall_offset_(world.utc().time_since_epoch() - kMonoStart.time_since_epoch() +
                   from_seconds(oscillator.offset)) {
  draw_oscillator();
}

void SimClock::draw_oscillator() const {
  oscillator_error_ = oscillator_.frequency + walk_;
  if (oscillator_.temperature != 0) {
    const double age = to_seconds(interval_start_ - world_.start());
    oscillator_error_ += oscillator_.temperature *
                         std::sin(2 * std::numbers::pi * age / oscillator_.temperature_period);
  }
}

double SimClock::rate_error() const {
  settle();
  const double commanded = frequency();
  return oscillator_error_ + commanded + oscillator_error_ * commanded;
}

void SimClock::advance(TrueTime when) const {
  const Duration span = when - anchor_;
  const double commanded = frequency();
  remainder_ += static_cast<double>(span.count()) *
                (oscillator_error_ + commanded + oscillator_error_ * commanded);
  const double whole = std::floor(remainder_);
  remainder_ -= whole;
  phase_ += span + Duration(static_cast<std::int64_t>(whole));
  anchor_ = when;
}

void SimClock::settle() const {
  const double sigma = oscillator_.wander * std::sqrt(to_seconds(oscillator_.interval));
  while (world_.now() - interval_start_ >= oscillator_.interval) {
    interval_start_ += oscillator_.interval;
    advance(interval_start_);
    if (sigma > 0) walk_ += sigma * random_.normal();
    draw_oscillator();
  }
}

MonoTime SimClock::exact_mono() const {
  if (world_.now() < anchor_) return phase_;  // asleep
  const auto span = static_cast<double>((world_.now() - anchor_).count());
  const double gained = remainder_ + span * rate_error();
  return phase_ + (world_.now() - anchor_) +
         Duration(static_cast<std::int64_t>(std::floor(gained)));
}

Duration SimClock::floor_to_grain(Duration since_epoch) const {
  const std::int64_t grain = oscillator_.granularity.count();
  if (grain <= 1) return since_epoch;
  const std::int64_t remainder = since_epoch.count() % grain;
  return since_epoch - Duration(remainder < 0 ? remainder + grain : remainder);
}

MonoTime SimClock::mono() const {
  settle();
  return MonoTime(floor_to_grain(exact_mono().time_since_epoch()));
}

WallTime SimClock::wall() const {
  settle();
  settle_leap();
  return WallTime(floor_to_grain(exact_mono().time_since_epoch() + wall_offset_));
}

void SimClock::settle_leap() const {
  if (leap_state_ != LeapState::Armed) return;
  const WallTime shown(exact_mono().time_since_epoch() + wall_offset_);
  if (shown < leap_at_) return;
  wall_offset_ += command_.leap == Leap::Insert ? -seconds(1) : seconds(1);
  leap_state_ = LeapState::Done;
  ++leaps_done_;
}

void SimClock::arm_leap(Leap leap) {
  command_.leap = leap;
  if (leap != Leap::Insert && leap != Leap::Delete) {
    leap_state_ = LeapState::Idle;
    return;
  }
  if (leap_state_ == LeapState::Done) return;
  leap_state_ = LeapState::Idle;
  const auto midnight = std::chrono::floor<days>(wall()) + days(1);
  leap_at_ = midnight - (leap == Leap::Delete ? seconds(1) : seconds(0));
  leap_state_ = LeapState::Armed;
}

Result<void> SimClock::apply(const ClockCommand& command) {
  if (!adjustable_) return {};
  if (failure_) return fail(*failure_);
  if (!(std::abs(command.frequency + command.slew) <= kMaxRate)) {
    return fail("the rate is beyond what the kernel grants");
  }
  settle();
  settle_leap();
  advance(world_.now());
  if (command.step) {
    wall_offset_ += *command.step;
    steps_.push_back({world_.now(), *command.step});
  }
  // The kernel's own slew takes its time; nobody is there to see it.
  if (command.residue) wall_offset_ += *command.residue;
  const double before = frequency();
  const Leap leap = command.leap;
  const Leap armed = command_.leap;
  command_ = command;
  command_.leap = armed;
  ++commands_;
  if (leap != armed || command.step) arm_leap(leap);
  if (before != frequency() && rate_listener_) rate_listener_();
  return {};
}

double SimClock::error() const {
  const WallTime shown = wall();
  const double difference = to_seconds(shown - world_.utc());
  if (world_.leap() == Leap::None) return difference;
  const Duration from_leap = world_.now() - world_.leap_time();
  if (std::chrono::abs(from_leap) > seconds(1)) return difference;
  const WallTime before = world_.utc(world_.leap_time() - seconds(2)) + seconds(2) + from_leap;
  const WallTime after = world_.utc(world_.leap_time() + seconds(2)) - seconds(2) + from_leap;
  const double by_before = to_seconds(shown - before);
  const double by_after = to_seconds(shown - after);
  return std::abs(by_before) < std::abs(by_after) ? by_before : by_after;
}

void SimClock::set_by_other(Duration step) {
  settle();
  settle_leap();
  wall_offset_ += step;
  // The kernel starts its leap anew, from the day the clock shows now.
  if (leap_state_ == LeapState::Armed) arm_leap(command_.leap);
  if (jump_listener_) jump_listener_();
}

void SimClock::pause(Duration span) {
  settle();
  settle_leap();
  advance(world_.now());
  anchor_ = interval_start_ = world_.now() + span;
  if (rate_listener_) rate_listener_();
}

void SimClock::suspend(Duration span, double error) {
  pause(span);
  world_.at(anchor_, [this, span, error] {
    suspended_ += span;
    set_by_other(span + from_seconds(error));
  });
}

void SimClock::change_frequency(double by) {
  settle();
  advance(world_.now());
  oscillator_.frequency += by;
  draw_oscillator();
  if (rate_listener_) rate_listener_();
}

TrueTime SimClock::expect(MonoTime when) const {
  const MonoTime grained(-floor_to_grain(-when.time_since_epoch()));
  settle();
  if (world_.now() < anchor_) return anchor_;
  const Duration left = grained - exact_mono();
  if (left <= Duration::zero()) return world_.now();
  const double span = static_cast<double>(left.count()) / (1 + rate_error());
  if (left > kNear) {
    return world_.now() + Duration(static_cast<std::int64_t>(span * (1 - kShyness)));
  }
  return world_.now() + Duration(static_cast<std::int64_t>(std::ceil(span)));
}

}  // namespace ntp::sim
