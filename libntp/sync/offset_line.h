// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <deque>

#include "libntp/core/time.h"

namespace ntp::sync {

/// How far a clock is off that is measured and never steered: the straight line that fits the last
/// offsets best.
class OffsetLine {
 public:
  /// Offsets that are kept. More of them would not follow the wander of an oscillator.
  static constexpr std::size_t kKept = 16;

  /// A measured offset in s, source minus clock; in the order of time.
  void add(MonoTime at, double offset);
  void clear();

  /// s that the clock is behind at `now`; 0 if nothing is known.
  [[nodiscard]] double at(MonoTime now) const;
  /// s/s that it falls behind; 0 until enough is known, and never beyond 500 ppm.
  [[nodiscard]] double rate() const { return rate_; }

 private:
  struct Point {
    MonoTime at;
    double offset = 0;
  };
  void fit();

  std::deque<Point> points_;
  MonoTime middle_{};  // the mean of the times
  double offset_ = 0;  // of the line, there
  double rate_ = 0;
};

}  // namespace ntp::sync
