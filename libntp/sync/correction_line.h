// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>

#include "libntp/core/time.h"

namespace ntp::sync {

/// What steering has added to the clock so far, s: the wall clock minus this runs as the oscillator
/// does, free. The offsets of all sources are kept against that free-running clock, so that no
/// command makes a measurement old. Steps are not in it: after a step all measurements are void.
class CorrectionLine {
 public:
  /// From `now` on the clock runs at `rate` (s/s) beside the oscillator's own.
  void steer(MonoTime now, double rate);
  /// At `when`, which may lie a few commands back.
  [[nodiscard]] double at(MonoTime when) const;

 private:
  static constexpr std::size_t kPieces = 8;
  struct Piece {
    MonoTime from{};
    double value = 0;  // s, at `from`
    double slope = 0;  // s per second of the monotonic clock, which is steered along
  };
  std::array<Piece, kPieces> pieces_{};  // newest first
};

}  // namespace ntp::sync
