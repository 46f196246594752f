// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "ntpd/daemon/options.h"

namespace ntp::daemon {

/// `--check`: reads the configuration and says on stdout what the daemon would do with it. Needs no
/// rights; opens no socket, resolves no name, writes nothing. Gives the exit status: 0 clean, 1
/// warnings, 2 errors.
int run_check(const Options& options);

}  // namespace ntp::daemon
