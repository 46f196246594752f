// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string_view>

#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// A Zyfer GPStarplus: `!TIME,yyyy,ddd,hh,mm,ss,m,T,O`, on time with the `!`, without an end. Mode
/// m other than UTC is BadTime, operation O other than locked is Invalid; T bounds the error.
Result<Decoded, Problem> decode_zyfer(std::string_view telegram);

/// A telegram is what follows a `!`, 29 characters with it.
std::unique_ptr<Receiver> make_zyfer();

}  // namespace ntp::refclock::telegram
