// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// Commands that need the control key: lists, and changes of the configuration.
void run_config(Shell& shell, std::string_view argument);
void run_config_from_file(Shell& shell, std::string_view argument);
void run_ifstats(Shell& shell, std::string_view argument);
void run_reslist(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
