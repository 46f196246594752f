// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// Commands that show a set of variables with a legend each, one in a line.
void run_authinfo(Shell& shell, std::string_view argument);
void run_iostats(Shell& shell, std::string_view argument);
void run_kerninfo(Shell& shell, std::string_view argument);
void run_monstats(Shell& shell, std::string_view argument);
void run_mssntpinfo(Shell& shell, std::string_view argument);
void run_ntsinfo(Shell& shell, std::string_view argument);
void run_pstats(Shell& shell, std::string_view argument);
void run_sysinfo(Shell& shell, std::string_view argument);
void run_sysstats(Shell& shell, std::string_view argument);
void run_timerstats(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
