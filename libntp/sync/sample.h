// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/time.h"

namespace ntp::sync {

/// The assumed frequency tolerance of a clock, s/s (RFC 5905 PHI, 15 ppm).
inline constexpr double kPhi = 15e-6;
/// What is not known is this far off, s (RFC 5905 MAXDISP).
inline constexpr double kMaxDispersion = 16;

/// How the bound of an error grows while nothing is measured: at a rate, and by two deviations of
/// what a clock strays whose frequency is known so well, and walks at random.
struct BoundGrowth {
  double rate = kPhi;             // s/s
  double frequency_variance = 0;  // (s/s)²
  double walk = 0;                // (s/s)² per second

  /// s, in so many seconds.
  [[nodiscard]] double in(double seconds) const;
};

/// The four stamps of one exchange, as resolved to wall time.
struct Exchange {
  WallTime sent;         // T1, own clock
  WallTime received;     // T2, server's clock
  WallTime transmitted;  // T3, server's clock
  WallTime returned;     // T4, own clock
};

/// One measurement of a source. Offset is source minus own clock.
struct Sample {
  MonoTime at{};
  double offset = 0;                   // s
  double delay = 0;                    // s, round trip, never below 0
  double dispersion = kMaxDispersion;  // s, when taken; grows by kPhi per second
};

/// Offset, delay and dispersion of an exchange (RFC 5905 section 8); `local_precision` and
/// `remote_precision` are log2 s.
Sample measure(const Exchange& exchange, int local_precision, int remote_precision, MonoTime at);

}  // namespace ntp::sync
