// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>

#include "libntp/core/seams.h"
#include "libntp/sync/controller.h"

namespace ntp::engine {

/// Between the controller and the clock: carries its commands out, keeps its slews going, keeps the
/// drift file, and notices when somebody else sets the clock.
class ClockLoop {
 public:
  struct Settings {
    sync::ControllerSettings controller;
    /// False with `disable ntp`: the clock is watched, never touched.
    bool discipline = true;
    /// Empty: none.
    std::string drift_file;
    /// s/s: a change of the frequency that is worth a write (NTPsec: nonvolatile). It is halved
    /// each hour without one.
    double drift_threshold = 1e-7;
    /// s/s, from `tinker freq`; the drift file takes precedence.
    std::optional<double> frequency;
  };

  /// What the kernel is told along with each command.
  struct Status {
    Leap leap = Leap::Unsynchronized;
    double max_error = 16;
    double estimated_error = 16;
    /// TAI - UTC in s, if known.
    std::optional<int> tai_offset = std::nullopt;
  };

  ClockLoop(Settings settings, const Host& host);
  ~ClockLoop();
  ClockLoop(const ClockLoop&) = delete;
  ClockLoop& operator=(const ClockLoop&) = delete;

  /// The clock is only to be set once (-q): what is left of this offset, s, is the host's to slew
  /// away after stop().
  void hand_over(double offset) { residue_ = from_seconds(offset); }

  /// Other settings from now on; the frequency is one of the start. Where the discipline ends, the
  /// clock runs on at the frequency it has.
  void reconfigure(const Settings& settings);

  /// Reads the drift file and hands the clock its first command. True if a frequency was known.
  bool start();
  /// Ends a slew and saves the drift file.
  void stop();

  /// Steers by a measurement; a step has been made when this returns Stepped. One that the clock
  /// refused is Ignored, and said in the log.
  sync::Adjustment update(const sync::Measurement& measurement);
  /// Applied at once if the leap changes, else with the next command.
  void set_status(const Status& status);

  // The kernel's rate is at most 500 ppm off, so that a monotonic clock that is not slewed along
  // can drift 50 ms from the wall clock between two looks at most 100 s apart. More is somebody's
  // doing.
  static constexpr Duration kForeignStep = std::chrono::milliseconds(100);
  /// Where the host has told that the clock was set; less is what reading two clocks may differ by.
  static constexpr Duration kToldStep = std::chrono::milliseconds(1);
  /// By how much somebody else has moved the clock since the last call, if by at least so much.
  /// Leap seconds that the kernel was told of, and own steps, do not count.
  std::optional<Duration> foreign_step(Duration least = kForeignStep);
  /// Forget the phase, keep the frequency: the next measurement may step at once.
  void restart() { controller_.clock_was_set(); }

  /// Saves the drift file if an hour has passed and the frequency has changed by the threshold.
  void save_drift_hourly();

  [[nodiscard]] const sync::Controller& controller() const { return controller_; }
  /// False if commands have no effect: by configuration, or because the host does not allow it.
  [[nodiscard]] bool disciplines() const {
    return settings_.discipline && host_.clock.adjustable();
  }

 private:
  bool apply(MonoTime now, std::optional<Duration> step = std::nullopt);
  void tick();
  void end_slew();
  void save_drift(double threshold);
  [[nodiscard]] bool frequency_known() const;
  [[nodiscard]] Duration wall_ahead_of_mono() const;

  Settings settings_;
  Host host_;
  sync::Controller controller_;
  Status status_;
  std::optional<Duration> residue_;
  Timers::Id tick_timer_ = Timers::kNone;
  double drift_threshold_;  // s/s, now
  Duration expected_lead_{};
  MonoTime last_save_{};
  std::optional<double> saved_frequency_;
  bool frequency_loaded_ = false;
  bool apply_failed_ = false;
  bool save_failed_ = false;
};

}  // namespace ntp::engine
