// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/time.h"

namespace ntp::ntpq {

/// The `0x%08x.%08x` of mode 6.
std::optional<NtpTimestamp> parse_timestamp(std::string_view text);

/// `2026-11-23T02:34:12.627Z`, the fraction cut to so many digits, nine at most.
std::string utc_text(NtpTimestamp stamp, WallTime now, std::size_t digits);

/// `eeae24a4.a0911193 2026-11-23T02:34:12.627Z`: both words in hex, then UTC with the milliseconds
/// cut. `now` decides the era, so that a stamp of zero shows the nearest begin of an era.
std::string pretty_date(NtpTimestamp stamp, WallTime now);

}  // namespace ntp::ntpq
