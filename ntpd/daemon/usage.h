// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "ntpd/daemon/options.h"

namespace ntp::daemon {

/// What -h says.
std::string usage();

/// What -R says: the options as they were understood, in NTPsec's form.
std::string dump(const Options& options);

}  // namespace ntp::daemon
