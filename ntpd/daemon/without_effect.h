// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "libntp/config/settings.h"

namespace ntp::daemon {

/// The directives in use that this version only reads. Administrators must hear of them: what they
/// ask for is not done.
std::vector<std::string> without_effect(const config::Settings& settings);

}  // namespace ntp::daemon
