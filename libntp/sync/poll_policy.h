// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/time.h"

namespace ntp::sync {

/// The poll interval of the system: goes towards what the sources wish, a doubling at a time.
class PollPolicy {
 public:
  /// A new combination of the sources, which would rather be asked at 2^`wish` s.
  void update(MonoTime now, int wish, int min_poll, int max_poll);
  /// Back to the shortest, after a step or a resume.
  void restart(MonoTime now);
  /// log2 s.
  [[nodiscard]] int exponent() const { return exponent_; }

 private:
  int exponent_ = 6;
  bool restart_ = true;
  MonoTime since_{};
};

}  // namespace ntp::sync
