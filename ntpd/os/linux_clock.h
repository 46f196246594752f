// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/timex.h>

#include <memory>
#include <optional>

#include "libntp/core/seams.h"

namespace ntp::os {

WallTime wall_now();  // CLOCK_REALTIME
MonoTime mono_now();  // CLOCK_MONOTONIC, the clock of the timers
/// CLOCK_BOOTTIME minus CLOCK_MONOTONIC.
Duration suspended_so_far();

/// The host's clock, only read: `disable ntp`, or no right to set it.
class ReadOnlyClock : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return wall_now(); }
  [[nodiscard]] MonoTime mono() const override { return mono_now(); }
  [[nodiscard]] Duration suspended() const override { return suspended_so_far(); }
  Result<void> apply(const ClockCommand&) override { return {}; }
  [[nodiscard]] double frequency() const override;
  [[nodiscard]] bool adjustable() const override { return false; }
};

/// The kernel's clock, steered by its rate: the kernel's own loop is switched off.
class LinuxClock final : public ReadOnlyClock {
 public:
  /// Takes the clock over from whoever steered it: ends a slew and a kernel loop in progress,
  /// brings the tick back to nominal and marks the clock unsynchronized; the frequency stays.
  /// Fails if the process may not set the clock.
  static Result<std::unique_ptr<LinuxClock>> take_over();

  Result<void> apply(const ClockCommand& command) override;
  [[nodiscard]] bool adjustable() const override { return permitted_; }

 private:
  LinuxClock() = default;
  Result<void> step(Duration by);
  /// One adjtimex call; says what failed in words.
  Result<void> adjust(timex fields);

  bool permitted_ = true;
  std::optional<timex> last_;  // the state last written, unless a step has undone it
  std::optional<int> tai_offset_;
};

/// The clock the daemon steers: the kernel's while it is to be disciplined and may be set, else one
/// that is only read.
class HostClock final : public ReadOnlyClock {
 public:
  explicit HostClock(Log& log) : log_(log) {}
  /// Takes the kernel's clock over, or leaves it alone from now on. That there is no right to set
  /// it is said in the log.
  void discipline(bool on);
  Result<void> apply(const ClockCommand& command) override;
  [[nodiscard]] bool adjustable() const override { return kernel_ && kernel_->adjustable(); }

 private:
  Log& log_;
  std::unique_ptr<LinuxClock> kernel_;
};

/// The kernel's clock now; nothing if it can't be read.
std::optional<KernelClock> kernel_clock();

/// The precision of CLOCK_REALTIME: the time it takes to read it, as the nearest power of two in
/// log2 s, held within -30..-20 (RFC 5905 section 7.3).
int measure_precision();

}  // namespace ntp::os
