// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// Clocks that decode DCF77 or MSF themselves and send each second, or when asked, what it is.

Result<Decoded, Problem> decode_elv(std::string_view telegram);        // ELV DCF7000
Result<Decoded, Problem> decode_schmid(std::string_view telegram);     // Schmid's kit, binary
Result<Decoded, Problem> decode_hopf(std::string_view telegram);       // hopf 6021
Result<Decoded, Problem> decode_computime(std::string_view telegram);  // Diem Computime
Result<Decoded, Problem> decode_varitext(std::string_view telegram);
Result<Decoded, Problem> decode_rcc8000(std::string_view telegram);  // Radiocode Clocks
Result<Decoded, Problem> decode_wharton(std::string_view telegram);  // 400A, output format 1
Result<Decoded, Problem> decode_sel240x(std::string_view telegram);  // SEL's B8 string

inline constexpr Framing kElvFraming{.last = '\r', .longest = 25, .on_time = Framing::OnTime::Last};
inline constexpr Framing kSchmidFraming{.last = '\xfd', .longest = 12};
inline constexpr Framing kHopfFraming{
    .first = '\x02', .last = '\x03', .longest = 19, .on_time = Framing::OnTime::Last};
inline constexpr Framing kComputimeFraming{.first = 'T', .last = '\n', .longest = 25};
inline constexpr Framing kVaritextFraming{.first = 'T', .last = '\n', .after = 4, .longest = 29};
inline constexpr Framing kRcc8000Framing{.last = '\n', .longest = 32};
inline constexpr Framing kWhartonFraming{.first = '\x02', .last = '\x03', .longest = 16};
inline constexpr Framing kSel240xFraming{.first = '\x01', .last = '\n', .longest = 26};

}  // namespace ntp::refclock::telegram
