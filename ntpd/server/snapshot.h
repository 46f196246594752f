// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/time.h"
#include "libntp/leap/leap_second.h"

namespace ntp::server {

/// What is added to the clock's time before it is told.
struct Correction {
  MonoTime as_of{};
  double offset = 0;  // s, then
  double rate = 0;    // s/s, from then on

  [[nodiscard]] double at(MonoTime now) const { return offset + rate * to_seconds(now - as_of); }
};

/// The system variables as clients are told them: published whole, then only read.
struct ServerSnapshot {
  Leap leap = Leap::Unsynchronized;
  int stratum = 16;                // 1..16, 16 is unsynchronized
  int precision = -20;             // log2 s
  double root_delay = 0;           // s
  double root_dispersion = 0;      // s, at `as_of`
  double dispersion_rate = 15e-6;  // s/s, that it grows by from there
  MonoTime as_of{};
  RefId reference_id = refid::kInit;
  NtpTimestamp reference_time;
  Correction correction;
  /// The next leap second, as far as it is known.
  leap::LeapSecond leap_second;
  /// s before it over which it is spread for clients, who then are not told of it; 0: not at all.
  int smear_interval = 0;
};

}  // namespace ntp::server
