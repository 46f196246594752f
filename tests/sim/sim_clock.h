// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libntp/core/seams.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// How an oscillator errs, and what its clock shows at the start.
struct Oscillator {
  double frequency = 0;  // s/s at the start; positive runs fast
  double offset = 0;     // s, wall minus UTC at the start
  /// Random walk of the frequency, in s/s per square root of a second.
  double wander = 0;
  /// Temperature: a sine of this amplitude (s/s) and period (s), 0 at the start.
  double temperature = 0;
  double temperature_period = 86400;
  /// The frequency is constant for so long, then takes its next value.
  Duration interval = std::chrono::seconds(1);
  /// What reading the clock rounds down to; timers see it too.
  Duration granularity{1};
};

/// A host's clock as Linux keeps it: the monotonic clock follows the oscillator and the commanded
/// rate, the wall clock is the monotonic one plus what was stepped. Phase is whole nanoseconds and
/// a remainder below one, so that a simulated year adds up without loss.
class SimClock : public Clock {
 public:
  /// What the kernel grants: beyond this rate a command fails.
  static constexpr double kMaxRate = 0.1;

  SimClock(World& world, const Oscillator& oscillator, std::string_view name);

  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] MonoTime mono() const override;
  Result<void> apply(const ClockCommand& command) override;
  [[nodiscard]] double frequency() const override { return command_.frequency + command_.slew; }
  [[nodiscard]] bool adjustable() const override { return adjustable_; }
  [[nodiscard]] Duration suspended() const override { return suspended_; }

  /// Wall minus UTC, in s. Within a second of the world's leap, where two names are in use, the
  /// nearer of them counts.
  [[nodiscard]] double error() const;
  /// How much faster than true time the clock runs now, in s/s.
  [[nodiscard]] double rate_error() const;

  /// Somebody else sets the clock.
  void set_by_other(Duration step);
  /// The host sleeps for so long from now on: the monotonic clock stands still, and the wall clock
  /// goes on by a clock of the hardware, which adds `error` s.
  void suspend(Duration span, double error = 0);
  /// The virtual machine stands still for so long, and does not know: nor does its clock.
  void pause(Duration span);
  /// Whether the host sleeps or stands still now: nobody is there to read its clock.
  [[nodiscard]] bool stands_still() const { return world_.now() < anchor_; }
  /// Called when others have set it, as Linux tells whoever asks for it.
  void on_jump(std::function<void()> listener) { jump_listener_ = std::move(listener); }
  /// The oscillator changes its frequency for good, as with a jump of temperature.
  void change_frequency(double by);
  /// False: the host grants no right, commands have no effect.
  void set_adjustable(bool adjustable) { adjustable_ = adjustable; }
  /// Commands fail with this reason, until told otherwise.
  void fail_commands(std::optional<std::string> reason) { failure_ = std::move(reason); }

  struct Step {
    TrueTime at;
    Duration by;
  };
  /// The steps that were commanded.
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] std::uint64_t commands() const { return commands_; }
  /// The last command that was obeyed.
  [[nodiscard]] const ClockCommand& last_command() const { return command_; }
  /// Leap seconds that the kernel carried out.
  [[nodiscard]] int leaps_done() const { return leaps_done_; }

  /// True once the monotonic clock shows `when` or later.
  [[nodiscard]] bool reached(MonoTime when) const { return mono() >= when; }
  /// When to look whether `when` is reached: never too late, and exact if it is near.
  [[nodiscard]] TrueTime expect(MonoTime when) const;
  /// Called when a command has changed the rate, for whoever has asked expect().
  void on_rate_change(std::function<void()> listener) { rate_listener_ = std::move(listener); }

 private:
  enum class LeapState : std::uint8_t { Idle, Armed, Done };

  /// Brings the phase up to the start of the present interval of the oscillator.
  void settle() const;
  /// Integrates up to `when`, which lies within the present interval.
  void advance(TrueTime when) const;
  [[nodiscard]] MonoTime exact_mono() const;
  [[nodiscard]] Duration floor_to_grain(Duration since_epoch) const;
  void draw_oscillator() const;
  /// The kernel's leap second, if the wall clock has come to it.
  void settle_leap() const;
  void arm_leap(Leap leap);

  World& world_;
  Oscillator oscillator_;
  ClockCommand command_;
  bool adjustable_ = true;
  std::optional<std::string> failure_;
  Duration suspended_{};
  std::vector<Step> steps_;
  std::uint64_t commands_ = 0;
  std::function<void()> rate_listener_;
  std::function<void()> jump_listener_;

  // Reading brings these up to date; when and how often one reads changes nothing.
  mutable RandomStream random_;
  mutable double walk_ = 0;              // s/s, the random walk so far
  mutable double oscillator_error_ = 0;  // s/s, now
  mutable TrueTime interval_start_;
  mutable TrueTime anchor_;  // true time of the phase below
  mutable MonoTime phase_{};
  mutable double remainder_ = 0;  // ns, to be added to phase_
  mutable Duration wall_offset_{};
  mutable LeapState leap_state_ = LeapState::Idle;
  mutable WallTime leap_at_{};  // what the wall clock must not show any more
  mutable int leaps_done_ = 0;
};

}  // namespace ntp::sim
