// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "libntp/core/time.h"

namespace ntp {

/// The leap indicator (RFC 5905 section 7.3).
enum class Leap : std::uint8_t { None = 0, Insert = 1, Delete = 2, Unsynchronized = 3 };

/// Everything the controller can ask of a clock, in one value. The clock runs at `frequency + slew`
/// until the next command; a controller that slews sends the command that ends the slew. A command
/// says the whole state: what it does not step stays where it is.
struct ClockCommand {
  /// Correction of the oscillator's rate, in s/s (1e-6 = 1 ppm); positive makes the clock faster.
  double frequency = 0;
  /// Rate added for as long as an offset is being removed, in s/s.
  double slew = 0;
  /// Added to the clock at once, before anything else.
  std::optional<Duration> step;

  /// An offset that the host is to slew away by itself, at its own pace and also when the daemon is
  /// gone.
  std::optional<Duration> residue;

  /// What the kernel is to tell others. Unsynchronized sets STA_UNSYNC, Insert and Delete arm the
  /// leap second at the end of the UTC day.
  Leap leap = Leap::Unsynchronized;
  /// Bounds of the error, in s: half the root delay plus the root dispersion, and the jitter.
  double max_error = 16;
  double estimated_error = 16;
  /// TAI - UTC in s, if known.
  std::optional<int> tai_offset;
};

}  // namespace ntp
