// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::os {

/// Writes the process number in decimal without a line end, as NTPsec does. Fails as `PATH:
/// reason`.
Result<void> write_pid_file(const std::string& path, pid_t pid);

/// Of the whole process up to now; zeros if the kernel does not say.
ResourceUsage resource_usage();

/// The daemon's line to the process that started it and waits for news. A default one leads
/// nowhere: the daemon runs in the foreground.
class Starter {
 public:
  Starter() = default;
  explicit Starter(UniqueFd pipe) : pipe_(std::move(pipe)) {}

  /// The daemon is up: sockets open, privileges dropped. The standard error output ends here.
  void ready();
  /// The clock has been synchronized for the first time.
  void synchronized() { tell('S'); }

 private:
  void tell(char news);

  UniqueFd pipe_;
};

/// What the process does that started the daemon.
struct Detachment {
  /// How long to wait for synchronization; 0: only until the daemon is up.
  std::chrono::seconds wait_for_sync{0};
  /// Run before it exits, with the daemon's process number, once the daemon is up.
  std::function<void(pid_t)> on_ready;
};

/// Forks. Returns in the child only, detached: a session of its own, standard input and output on
/// /dev/null (and standard error once it is ready), the working directory kept. The parent waits
/// for the child to be ready and exits with 0; with the child's own status, or 1, if the child ends
/// before; with 110 (ETIMEDOUT) and a line on stderr if synchronization takes too long.
Result<Starter> detach(const Detachment& detachment);

}  // namespace ntp::os
