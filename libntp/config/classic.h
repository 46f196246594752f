// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string_view>

#include "libntp/config/draft.h"
#include "libntp/config/line.h"

namespace ntp::config {

/// What to write instead of a directive of classic ntp; empty if `word` is none.
std::string_view classic_directive_advice(std::string_view word);
/// The same for an option, flag or item of `directive`.
std::string_view classic_option_advice(Keyword directive, std::string_view word);

/// Reads the rest of classic ntp's `discard`, and turns it into the rate limit. As for every
/// directive, false if it is void.
bool parse_discard(Line& line, Draft& draft);

}  // namespace ntp::config
