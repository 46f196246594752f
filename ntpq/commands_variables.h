// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string_view>

namespace ntp::ntpq {

class Shell;

/// Reading variables: of the system or a peer, of several peers, of a clock; by names given, or by
/// the variable list.
void run_readvar(Shell& shell, std::string_view argument);
void run_readlist(Shell& shell, std::string_view argument);
void run_mreadvar(Shell& shell, std::string_view argument);
void run_mrv(Shell& shell, std::string_view argument);
void run_mreadlist(Shell& shell, std::string_view argument);
void run_mrl(Shell& shell, std::string_view argument);
void run_clockvar(Shell& shell, std::string_view argument);
void run_clocklist(Shell& shell, std::string_view argument);

/// The variable list.
void run_addvars(Shell& shell, std::string_view argument);
void run_rmvars(Shell& shell, std::string_view argument);
void run_clearvars(Shell& shell, std::string_view argument);
void run_showvars(Shell& shell, std::string_view argument);

}  // namespace ntp::ntpq
