// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// The tables of peers and of associations.
void run_peers(Shell& shell, std::string_view argument);
void run_apeers(Shell& shell, std::string_view argument);
void run_opeers(Shell& shell, std::string_view argument);
void run_rpeers(Shell& shell, std::string_view argument);
void run_associations(Shell& shell, std::string_view argument);
/// The list as it was last received.
void run_passociations(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
