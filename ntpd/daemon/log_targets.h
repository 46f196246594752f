// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "ntpd/daemon/options.h"
#include "ntpd/report/logger.h"

namespace ntp::daemon {

/// Decides where the daemon's log goes: by the command line, by `logfile`, and after a rotation. A
/// target that can't be had is told to the one in use.
class LogTargets {
 public:
  /// `command_line` is said at the head of each new log. All three outlive this.
  LogTargets(const Options& options, const std::string& command_line, report::Logger& log)
      : options_(options), command_line_(command_line), log_(log) {}

  /// What the command line wants. NTPsec: with -l nothing goes anywhere else; with -n the terminal
  /// comes beside syslog.
  void open();
  /// `logfile PATH`, beside the terminal only.
  void switch_to(const std::string& path);
  /// From one `logfile` to another; an empty one is none.
  void follow(const std::string& before, const std::string& now);
  /// Opens the file again if it has been moved away.
  void follow_rotation();

 private:
  void announce();

  const Options& options_;
  const std::string& command_line_;
  report::Logger& log_;
};

}  // namespace ntp::daemon
