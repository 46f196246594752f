// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <vector>

#include "tests/sim/sim_clock.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// Samples the true error of a clock from its making on. The clock must last as long as the world
/// runs; the recorder too.
class ErrorRecorder {
 public:
  ErrorRecorder(World& world, const SimClock& clock, Duration interval = std::chrono::seconds(1));
  ErrorRecorder(const ErrorRecorder&) = delete;
  ErrorRecorder& operator=(const ErrorRecorder&) = delete;

  /// Statistics of a window; from the start of the recording, or to now, where it is open.
  struct Window {
    std::optional<TrueTime> from;
    std::optional<TrueTime> to;
  };
  struct Summary {
    std::size_t samples = 0;
    double rms = 0;             // s
    double maximum = 0;         // s, of the absolute error
    double mean = 0;            // s
    double rms_rate = 0;        // s/s, how far the clock's rate is from 1
    double maximum_change = 0;  // s, the largest change from one sample to the next
  };
  [[nodiscard]] Summary summary(const Window& window) const;
  /// The window after the first `fraction` of the time recorded.
  [[nodiscard]] Window after_fraction(double fraction) const;
  /// The absolute error that `percent` of the samples stay within, s.
  [[nodiscard]] double percentile(double percent, const Window& window) const;
  /// How long it took until the error stayed below `limit` seconds; nothing if it never did.
  [[nodiscard]] std::optional<Duration> settled_within(double limit) const;

  [[nodiscard]] const std::vector<double>& errors() const { return errors_; }

 private:
  /// First and one past the last sample of a window.
  [[nodiscard]] std::pair<std::size_t, std::size_t> range(const Window& window) const;

  World& world_;
  TrueTime start_;
  Duration interval_;
  std::vector<double> errors_;
  std::vector<double> rates_;
};

}  // namespace ntp::sim
