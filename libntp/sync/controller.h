// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "libntp/core/clock_command.h"
#include "libntp/core/time.h"
#include "libntp/sync/correction_line.h"
#include "libntp/sync/poll_policy.h"
#include "libntp/sync/source_estimator.h"

namespace ntp::sync {

/// Limits of the controller, from `tinker` and the command line; s unless said otherwise.
struct ControllerSettings {
  double step_forward = 0.128;   // 0: never
  double step_backward = 0.128;  // 0: never
  double panic = 1000;           // 0: never
  double stepout = 300;
  double max_frequency = 500e-6;  // s/s
  double start_rate = 0.05;       // s/s: the first offset is removed this fast, if it is small
  bool allow_panic = false;       // -g: the first offset may exceed panic
  bool step_first = false;        // -G: the first correction is a step

  [[nodiscard]] bool never_steps() const { return step_forward == 0 && step_backward == 0; }
};

/// NTPsec's states of the discipline (RFC 5905 section 11.3), without those of measuring the
/// frequency: it is known with the offset.
enum class ControllerState : std::uint8_t {
  NeverSet,      // no frequency known, no time set
  FrequencySet,  // frequency from the drift file, no time set
  Spike,         // an offset beyond the step limit, waiting for stepout
  Synchronized,
};

/// What became of an update: Ignored if the offset is beyond the step limit and must prove itself.
enum class Adjustment : std::uint8_t { Ignored, Slewed, Stepped, Panic };

/// What the sources tell of the own clock, as of now.
struct Measurement {
  double offset = 0;               // s, true time minus own clock
  double jitter = 0;               // s
  double frequency = 0;            // s/s, of true time against the free-running clock
  double frequency_deviation = 0;  // s/s
  int poll_wish = 6;               // log2 s
  int min_poll = 6;                // log2 s, of the system peer
  int max_poll = 10;
};

struct ControllerUpdate {
  Adjustment adjustment = Adjustment::Ignored;
  /// Set with Stepped: add this to the clock and forget all samples.
  Duration step{};
};

/// Has the clock follow what the sources tell: the frequency at once, the offset by a short slew.
/// The estimate has filtered the noise already; to follow it slower would only add the lag. Pure:
/// time comes with each call. The kernel's own PLL is not used.
class Controller {
 public:
  explicit Controller(const ControllerSettings& settings);

  /// Other limits from now on; what -g and -G still allow stays allowed.
  void set_limits(const ControllerSettings& settings);

  /// The frequency of the drift file before the first update, as a correction of the clock's rate.
  void set_initial_frequency(const FrequencyPrior& frequency);

  ControllerUpdate update(MonoTime now, const Measurement& measurement);

  /// Frequency and slew for the time from `now` on; call it after every update and whenever
  /// next_tick() has come. Only `frequency`, `slew` and nothing else of the command is set here.
  /// `awake`: when the host wakes anyway; a slew that may as well end then costs no wake-up.
  ClockCommand tick(MonoTime now, std::optional<MonoTime> awake = std::nullopt);
  /// When the slew must end; nothing if the clock may run on as it is.
  [[nodiscard]] std::optional<MonoTime> next_tick() const;
  /// The clock runs by `command` from `now` on.
  void obeyed(MonoTime now, const ClockCommand& command);

  /// Somebody else set the clock: keep the frequency, forget the phase, take the next offset at
  /// once.
  void clock_was_set();

  [[nodiscard]] ControllerState state() const { return state_; }
  /// What steering has added to the clock so far.
  [[nodiscard]] const CorrectionLine& corrections() const { return corrections_; }
  /// The frequency of a source as it is expected before its first sample.
  [[nodiscard]] FrequencyPrior frequency_prior() const;
  /// log2 s: the poll interval that sources are asked at.
  [[nodiscard]] int poll_exponent() const { return poll_.exponent(); }
  [[nodiscard]] double frequency() const { return frequency_; }      // s/s, as commanded
  [[nodiscard]] double wander() const { return wander_; }            // s/s
  [[nodiscard]] double jitter() const { return jitter_; }            // s, clk_jitter
  [[nodiscard]] double last_offset() const { return last_offset_; }  // s

 private:
  [[nodiscard]] bool is_beyond_step(double offset) const;
  [[nodiscard]] bool is_step_due(MonoTime now) const;
  [[nodiscard]] double rate_limit() const;
  void advance(MonoTime now);
  ControllerUpdate step(MonoTime now, double offset);
  void accept(MonoTime now, double offset);
  void follow_frequency(const Measurement& measurement);

  ControllerSettings settings_;
  ControllerState state_ = ControllerState::NeverSet;
  CorrectionLine corrections_;
  PollPolicy poll_;
  double frequency_ = 0;
  double frequency_deviation_;
  double wander_ = 0;
  double jitter_ = 0;
  double last_offset_ = 0;

  MonoTime accepted_{};  // when an offset was last taken
  double phase_ = 0;     // s, still to be removed, as of advanced_
  double slew_ = 0;      // s/s, in effect since advanced_
  MonoTime advanced_{};
  std::optional<MonoTime> next_tick_;
  bool starting_ = true;  // the first offset is being removed
};

}  // namespace ntp::sync
