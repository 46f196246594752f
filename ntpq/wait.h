// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>

#include "libntp/core/result.h"
#include "libntp/core/time.h"
#include "ntpq/options.h"
#include "ntpq/transport.h"

/// ntpwait: until the daemon of this machine says that its clock is synchronized.
namespace ntp::ntpq {

struct WaitOptions {
  int tries = 100;
  /// Between two of them.
  Duration pause = std::chrono::seconds(6);
  /// 1: progress, 2: replies too.
  int verbosity = 0;
};

Result<WaitOptions, EarlyExit> parse_wait_options(std::span<const std::string> arguments);

/// Returns the exit status: 0 synchronized, 1 not. NTPsec: a daemon that does not answer is not
/// waited for.
int run_wait(const WaitOptions& options, Network& network,
             const std::function<void(Duration)>& sleep, std::ostream& out, std::ostream& err);

}  // namespace ntp::ntpq
