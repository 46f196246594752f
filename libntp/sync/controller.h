// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "libntp/core/clock_command.h"
#include "libntp/core/time.h"

namespace ntp::sync {

/// Limits of the controller, from `tinker` and the command line; s unless said otherwise.
struct ControllerSettings {
  double step_forward = 0.128;   // 0: never
  double step_backward = 0.128;  // 0: never
  double panic = 1000;           // 0: never
  double stepout = 300;
  int allan_exponent = 11;        // log2 s
  double max_frequency = 500e-6;  // s/s
  bool allow_panic = false;       // -g: the first offset may exceed panic
  bool step_first = false;        // -G: the first correction is a step
};

/// NTPsec's states of the discipline (RFC 5905 section 11.3).
enum class ControllerState : std::uint8_t {
  NeverSet,      // no frequency known, no time set
  FrequencySet,  // frequency from the drift file, no time set
  Spike,         // an offset beyond the step limit, waiting for stepout
  Training,      // measuring the frequency
  Synchronized,
};

/// What became of an update: Slewed if the clock is good (it may be left alone while its frequency
/// is measured), Ignored if the offset is beyond the step limit and must prove itself.
enum class Adjustment : std::uint8_t { Ignored, Slewed, Stepped, Panic };

struct ControllerUpdate {
  Adjustment adjustment = Adjustment::Ignored;
  /// Set with Stepped: add this to the clock and forget all samples.
  Duration step{};
};

/// Turns the combined offset into a frequency and a slew. Pure: time comes with each call. The
/// kernel's own PLL is not used; its constants are (NTPsec runs with it by default).
class Controller {
 public:
  explicit Controller(const ControllerSettings& settings);

  /// Other limits from now on; what -g and -G still allow stays allowed.
  void set_limits(const ControllerSettings& settings);

  /// The frequency of the drift file, s/s, before the first update.
  void set_initial_frequency(double frequency);

  /// A new combined offset (s, source minus own clock) with its jitter. The polls are the limits of
  /// the system peer, log2 s.
  ControllerUpdate update(MonoTime now, double offset, double jitter, int minimum_poll,
                          int maximum_poll);

  /// Frequency and slew for the time from `now` on; call it after every update and whenever
  /// next_tick() has come. Only `frequency`, `slew` and nothing else of the command is set here.
  ClockCommand tick(MonoTime now);
  /// When the slew must be adapted next; nothing if the clock may run on as it is.
  [[nodiscard]] std::optional<MonoTime> next_tick() const;

  /// Somebody else set the clock: keep the frequency, forget the phase, take the next offset at
  /// once.
  void clock_was_set();

  [[nodiscard]] ControllerState state() const { return state_; }
  /// At the start, while the first offset is removed fast: the newest sample of a source says more
  /// than its best one (ClockFilter::Order::Age), since the older ones saw another clock.
  [[nodiscard]] bool is_settling() const { return settling_; }
  /// log2 s: the time constant, and with it the poll interval that sources are asked at.
  [[nodiscard]] int poll_exponent() const { return poll_; }
  [[nodiscard]] double frequency() const { return frequency_; }      // s/s
  [[nodiscard]] double wander() const { return wander_; }            // s/s
  [[nodiscard]] double jitter() const { return jitter_; }            // s, clk_jitter
  [[nodiscard]] double last_offset() const { return last_offset_; }  // s

 private:
  [[nodiscard]] bool is_beyond_step(double offset) const;
  [[nodiscard]] bool is_step_due(double since_accepted) const;
  [[nodiscard]] double time_constant() const;
  void advance(MonoTime now);
  ControllerUpdate step(MonoTime now, double offset);
  void accept(MonoTime now, ControllerState next, double offset);
  void measure_frequency(double offset, double since_accepted);
  void discipline_frequency(double offset, double since_accepted);
  void change_frequency(double frequency);
  void adapt_poll(double offset, int minimum_poll, int maximum_poll);

  ControllerSettings settings_;
  ControllerState state_ = ControllerState::NeverSet;
  double frequency_ = 0;
  double wander_ = 0;
  double jitter_ = 0;
  double last_offset_ = 0;
  int poll_ = 6;
  int poll_score_ = 0;  // NTPsec's tc_counter: offsets in the noise count up, others down

  MonoTime accepted_{};  // when an offset was last taken
  double phase_ = 0;     // s, still to be removed, as of advanced_
  double slew_ = 0;      // s/s, in effect since advanced_
  MonoTime advanced_{};
  std::optional<MonoTime> next_tick_;

  bool settling_ = true;
  std::optional<MonoTime> settled_at_;  // the latest end of settling, once synchronized
};

}  // namespace ntp::sync
