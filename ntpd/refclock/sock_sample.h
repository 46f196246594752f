// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/bytes.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/time.h"

namespace ntp::refclock {

/// A sample as chrony's SOCK takes it from gpsd and others.
struct SockSample {
  WallTime measured{};  // own clock
  double offset = 0;    // s, true time minus own clock; finite
  bool pulse = false;   // only the part below the second counts
  Leap leap = Leap::None;
};

/// Reads a datagram of 40 octets, of this machine's byte order, with chrony's magic.
std::optional<SockSample> parse_sock_sample(ByteView datagram);

}  // namespace ntp::refclock
