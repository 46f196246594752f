// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <vector>

#include "libntp/config/parser.h"
#include "libntp/core/seams.h"

namespace ntp::engine {

LogLevel level_of(config::Severity severity);

/// One line of the log for each.
void write(Log& log, const std::vector<config::Diagnostic>& diagnostics);

}  // namespace ntp::engine
