// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string>

#include "libntp/core/seams.h"

namespace ntp::report {

/// The daemon's log: any of a file, the terminal and syslog. Lines in files and on the terminal
/// read `2026-11-23T02:16:16 ntpd[21823]: TEXT` in local time, as NTPsec's. Errors go to stderr,
/// the rest to stdout. Octets that a terminal or a log reader could take for commands or for a line
/// end are shown as `?`. A target that can't be written is passed over in silence.
class Logger final : public Log {
 public:
  /// `program` names the program in lines and in syslog (facility daemon, with process number).
  explicit Logger(std::string program);
  ~Logger() override;

  void write(LogLevel level, std::string_view text) override;

  void use_terminal(bool on);
  void use_syslog(bool on);
  /// Switches to another file; `stdout` and `stderr` mean these streams, and go on to do so. The
  /// new file is told how many errors and warnings stand elsewhere. On failure the old target stays
  /// and the result says `PATH: reason`.
  Result<void> use_file(const std::string& path);
  /// Opens the file again if its name has gone to another file, or to none: log rotation. The old
  /// and the new file each get a line that says so. On failure the old file goes on.
  Result<void> follow_rotation();
  /// Lines of debug level are dropped unless wanted.
  void show_debug(bool on);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ntp::report
