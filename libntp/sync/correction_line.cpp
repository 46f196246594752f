// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/correction_line.h"

#include <algorithm>

namespace ntp::sync {

void CorrectionLine::steer(MonoTime now, double rate) {
  // The monotonic clock gains on the oscillator as the wall clock does.
  const double slope = rate / (1 + rate);
  if (slope == pieces_.front().slope) return;
  const Piece piece{now, at(now), slope};
  std::shift_right(pieces_.begin(), pieces_.end(), 1);
  pieces_.front() = piece;
}

double CorrectionLine::at(MonoTime when) const {
  const auto piece = std::find_if(pieces_.begin(), pieces_.end() - 1,
                                  [&](const Piece& p) { return p.from <= when; });
  return piece->value + piece->slope * to_seconds(when - piece->from);
}

}  // namespace ntp::sync
