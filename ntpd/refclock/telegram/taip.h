// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// Trimble's ASCII protocol, the reply RTM: `>RTMhhmmssfffddooyyyy…;*xx<` with a checksum, the
/// exclusive or of everything before its two digits. A wrong one is BadTime (NTPsec).
Result<Decoded, Problem> decode_taip(std::string_view telegram);

inline constexpr Framing kTaipFraming{.first = '>', .last = '<', .longest = 38};

}  // namespace ntp::refclock::telegram
