// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/diagnostics.h"

namespace ntp::engine {

LogLevel level_of(config::Severity severity) {
  switch (severity) {
    case config::Severity::Error:
      return LogLevel::Error;
    case config::Severity::Warning:
      return LogLevel::Warning;
    case config::Severity::Info:
      break;
  }
  return LogLevel::Info;
}

void write(Log& log, const std::vector<config::Diagnostic>& diagnostics) {
  for (const config::Diagnostic& diagnostic : diagnostics) {
    log.write(level_of(diagnostic.severity), diagnostic.to_string());
  }
}

void warn_of_monitor(Log& log, const config::Settings& settings,
                     const server::AccessTable& access) {
  if (settings.monitor || !access.has_limits()) return;
  log.warning("CONFIG: 'monitor' cannot be disabled while 'limited' is enabled");
}

}  // namespace ntp::engine
