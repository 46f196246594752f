// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// Commands that show or change ntpq's own state.
void run_cooked(Shell& shell, std::string_view argument);
void run_debug(Shell& shell, std::string_view argument);
void run_delay(Shell& shell, std::string_view argument);
void run_doflake(Shell& shell, std::string_view argument);
void run_eof(Shell& shell, std::string_view argument);
void run_exit(Shell& shell, std::string_view argument);
void run_help(Shell& shell, std::string_view argument);
void run_host(Shell& shell, std::string_view argument);
void run_hostnames(Shell& shell, std::string_view argument);
void run_logfile(Shell& shell, std::string_view argument);
void run_noflake(Shell& shell, std::string_view argument);
void run_ntpversion(Shell& shell, std::string_view argument);
void run_poll(Shell& shell, std::string_view argument);
void run_raw(Shell& shell, std::string_view argument);
void run_timeout(Shell& shell, std::string_view argument);
void run_units(Shell& shell, std::string_view argument);
void run_version(Shell& shell, std::string_view argument);
/// NTPsec: writevar and writelist are accepted and do nothing; the protocol has no such request.
void run_nothing(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
