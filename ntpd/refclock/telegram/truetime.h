// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>
#include <variant>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// What else than the time a TrueTime receiver says.
enum class TrueTimeEvent : std::uint8_t { NotUnderstood, F18, F50, F51, OtherFunction, Location };

using TrueTimeLine = std::variant<Decoded, TrueTimeEvent>;

/// A line of a TrueTime GPS/TM-TMD, XL-DC, GPS-800 TCU or TL-3, without its control characters:
/// the time `ddd:hh:mm:ssQ` (no year; `>`, `#`, `?` and `X` in Q are Invalid), `?` or an error for
/// a command that is not understood, `Fnn`, the name of a TM or XL, the position of a TCU.
Result<TrueTimeLine, Problem> decode_truetime(std::string_view line);

}  // namespace ntp::refclock::telegram
