// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// The server's list of clients, and whether it is shown as it comes.
void run_direct(Shell& shell, std::string_view argument);
void run_mrulist(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
