// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// What the clock waits for, and for each source what keeps it from being used.
void run_why(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
