// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// A line of a Spectracom receiver: format 0 `i  ddd hh:mm:ss dTZ=zz` of 22 characters, format 2
/// `iqyy ddd hh:mm:ss.fff ld` of 24 and format 3 `0003i yyyymmdd hhmmss+0000dl#` of 29; the length
/// tells which. A sign of trouble in i makes the time Invalid; q bounds the error. (NTPsec: the
/// zone of format 0 is not used, the clock is to be set to UTC.)
Result<Decoded, Problem> decode_spectracom(std::string_view line);

}  // namespace ntp::refclock::telegram
