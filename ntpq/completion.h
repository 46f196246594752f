// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ntp::ntpq {

/// What may stand in place of the last word of a line that is being typed: names of commands, and
/// behind those that read variables the names of variables. Sorted; none where anything may stand.
std::vector<std::string> completions(std::string_view line);

}  // namespace ntp::ntpq
