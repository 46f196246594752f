// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "libntp/core/time.h"

namespace ntp::refclock {

/// The samples of a clock since its last poll, of which a poll makes one (NTPsec: 60 at most, of
/// which the oldest give way).
class MedianFilter {
 public:
  static constexpr std::size_t kStages = 60;

  struct Result {
    double offset = 0;  // s, mean of those that were kept
    double jitter = 0;  // s, of neighbours in order of size
    /// The mean of the stamps of those that were kept.
    WallTime received{};
    std::size_t samples = 0;
    std::size_t kept = 0;
  };

  void add(double offset, WallTime received);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  void clear() { count_ = 0; }
  /// Discards the sample farthest from the median until 60 percent are left, and begins anew.
  std::optional<Result> take();

 private:
  struct Stage {
    double offset;
    WallTime received;
  };
  std::array<Stage, kStages> stages_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace ntp::refclock
