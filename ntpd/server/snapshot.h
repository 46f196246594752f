// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/time.h"

namespace ntp::server {

/// The system variables as clients are told them: published whole, then only read.
struct ServerSnapshot {
  Leap leap = Leap::Unsynchronized;
  int stratum = 16;            // 1..16, 16 is unsynchronized
  int precision = -20;         // log2 s
  double root_delay = 0;       // s
  double root_dispersion = 0;  // s, at `as_of`; grows by 15 ppm from there
  MonoTime as_of{};
  RefId reference_id = refid::kInit;
  NtpTimestamp reference_time;
};

}  // namespace ntp::server
