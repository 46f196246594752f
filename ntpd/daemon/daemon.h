// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "ntpd/daemon/options.h"

namespace ntp::daemon {

/// Exit statuses beside 0.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitPrivileges = 255;

/// Runs the daemon on this host until a signal or the engine ends it; gives the exit status.
/// `command_line` is for the log. In the background the call returns in the daemon's own process.
int run_daemon(const Options& options, const std::string& command_line);

}  // namespace ntp::daemon
