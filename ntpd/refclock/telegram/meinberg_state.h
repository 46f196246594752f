// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// What a binary message of a Meinberg GPS receiver, of this command and with this data, tells of
/// its state, in NTPsec's words. Nothing if it tells nothing or is too short.
std::vector<Told> decode_meinberg_state(unsigned command, std::string_view data);

/// The request for the next state: they are asked for in turns, `step` counts on.
std::string meinberg_state_request(unsigned step);

/// A binary message: SOH, command, length, checksum of the data and of these, data.
std::string meinberg_message(unsigned command, std::string_view data);

}  // namespace ntp::refclock::telegram
