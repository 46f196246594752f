// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <vector>

#include "libntp/config/parser.h"
#include "libntp/core/seams.h"
#include "ntpd/server/access_table.h"

namespace ntp::engine {

LogLevel level_of(config::Severity severity);

/// One line of the log for each.
void write(Log& log, const std::vector<config::Diagnostic>& diagnostics);

/// What `disable monitor` can't do. NTPsec: the list of clients stays on while anybody is limited.
void warn_of_monitor(Log& log, const config::Settings& settings, const server::AccessTable& access);

}  // namespace ntp::engine
