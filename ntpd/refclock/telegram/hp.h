// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <string_view>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// A line of an HP 58503A or Z3801A, without the prompts before it.
struct HpLine {
  std::string_view text;
  bool refused = false;  // a prompt was `E-nnn>`: the receiver did not like the last command
};
HpLine strip_hp_prompts(std::string_view line);

/// The answer to `:PTIME:TCODE?`: `T2yyyymmddhhmmssMFLRVcc`. M is the time figure of merit, of
/// which 5 and more are refused (NTPsec), F that of the frequency, L the leap second, R a request
/// for service, V whether the time is valid, cc the sum of the characters before. A leap second
/// counts in June and December only.
Result<Decoded, Problem> decode_hp(std::string_view text);

}  // namespace ntp::refclock::telegram
