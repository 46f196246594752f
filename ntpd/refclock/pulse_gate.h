// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/devices.h"

namespace ntp::refclock {

/// Tells pulses from glitches by their spacing, which is whole seconds: one that is out of step is
/// left out. If many of them agree it is the pulse that has moved, and what came before is void.
class PulseGate {
 public:
  enum class Verdict : std::uint8_t { Good, Repeated, Glitch, Moved };

  Verdict admit(const Pulse& pulse);
  void reset() { *this = PulseGate(); }
  /// The first pulse after it may have been stamped before.
  void clock_stepped() {
    reset();
    skips_ = true;
  }

 private:
  bool skips_ = false;
  std::optional<Pulse> seen_;
  std::optional<WallTime> good_;
  std::optional<WallTime> suspect_;
  int agreeing_ = 0;
};

}  // namespace ntp::refclock
