// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>

#include "libntp/core/result.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// Tells at once when CLOCK_REALTIME jumps: when somebody sets it, at a leap second, and when the
/// host wakes up. Own steps are told, too.
class ClockWatch {
 public:
  /// Calls back from the loop until it is destroyed.
  static Result<std::unique_ptr<ClockWatch>> start(EventLoop& loop, std::function<void()> on_jump);
  ~ClockWatch();
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

 private:
  struct Impl;
  explicit ClockWatch(std::shared_ptr<Impl> impl);

  std::shared_ptr<Impl> impl_;
};

}  // namespace ntp::io
