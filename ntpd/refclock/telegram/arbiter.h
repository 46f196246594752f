// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// An Arbiter 1088A/B's broadcast B5: `i yy ddd hh:mm:ss.000`, with up to 3 blanks behind. i that
/// is not blank is Invalid. `quality` is its answer to TQ: 0 locked, 4 to B unlocked with a bound
/// of the error, F a fault; everything else is BadFormat.
Result<Decoded, Problem> decode_arbiter(std::string_view line, char quality);

}  // namespace ntp::refclock::telegram
