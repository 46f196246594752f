// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string_view>

#include "libntp/core/refid.h"
#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// What a time service says at the telephone.
struct DialupTime {
  Decoded decoded;
  RefId refid;
  /// The service measures the delay of the line by our echo of its on-time mark, and corrects it.
  bool corrected = false;
  bool measures = false;
};

/// A line of a service, known by its length: NIST's ACTS (50 characters), USNO (20), PTB and its
/// kind (78), a Spectracom receiver (22 and 24). Nothing for other lines, which are greetings.
std::optional<Result<DialupTime, Problem>> decode_dialup(std::string_view line);

}  // namespace ntp::refclock::telegram
