// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/log_targets.h"

namespace ntp::daemon {

void LogTargets::open() {
  log_.show_debug(options_.debug > 0);
  if (options_.log_file.empty()) {
    log_.use_syslog(true);
    log_.use_terminal(options_.foreground);
  } else if (const auto opened = log_.use_file(options_.log_file); !opened) {
    log_.use_terminal(true);
    log_.error("LOG: " + opened.error().message);
    log_.use_terminal(options_.foreground);
  }
  announce();
}

void LogTargets::announce() {
  log_.info("INIT: " + version_line() + ": Starting");
  log_.info("INIT: Command line: " + command_line_);
}

void LogTargets::switch_to(const std::string& path) {
  log_.notice("LOG: switching logging to " + path);
  if (const auto opened = log_.use_file(path); !opened) {
    log_.error("LOG: " + opened.error().message);
    return;
  }
  log_.use_syslog(false);
  announce();
}

void LogTargets::follow(const std::string& before, const std::string& now) {
  if (now == before) return;
  if (now.empty()) {
    open();
  } else {
    switch_to(now);
  }
}

void LogTargets::follow_rotation() {
  if (const auto followed = log_.follow_rotation(); !followed) {
    log_.error("LOG: " + followed.error().message);
  }
}

}  // namespace ntp::daemon
