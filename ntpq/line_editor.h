// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>

namespace ntp::ntpq {

/// Reads a line from the terminal with editing, history and completion; nothing at its end.
std::optional<std::string> edit_line(const std::string& prompt);

}  // namespace ntp::ntpq
