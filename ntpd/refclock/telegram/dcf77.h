// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <span>
#include <string>

#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// The time that a minute of DCF77 (bits 0 to 58, or 59 with a leap second) tells for its end. The
/// start bit, the three parities, the zone bits and the weekday must be right.
Result<Decoded, Problem> decode_dcf77(std::span<const bool> bits);

/// The minute as letters: the name of each bit that is one, signs for zeros.
std::string dcf77_text(std::span<const bool> bits);

/// A receiver that hands the pulses on as they are. Each comes as one character of a slow serial
/// line, which the pulse holds low: the longer the pulse, the fewer ones. Silence of more than a
/// second and a half is the 59th second; what comes next is a minute's beginning. The time of a
/// minute counts once two telegrams in a row agree, and then also each of its seconds gives one.
std::unique_ptr<Receiver> make_raw_dcf77();

}  // namespace ntp::refclock::telegram
