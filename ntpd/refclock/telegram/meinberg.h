// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string_view>

#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// Meinberg's standard string, the extended one of PZF receivers, and the one of GPS receivers with
/// offset from UTC and position ("Uni Erlangen"); which it is, its form tells.
Result<Decoded, Problem> decode_meinberg(std::string_view telegram);

/// The strings alone, of DCF77 receivers.
std::unique_ptr<Receiver> make_meinberg();

/// GPS receivers: beside strings there are binary messages, that begin with SOH, a command, a
/// length and two checksums, and tell the receiver's state (meinberg_state.h). One whose checksums
/// do not fit is BadFormat.
std::unique_ptr<Receiver> make_meinberg_gps();

}  // namespace ntp::refclock::telegram
