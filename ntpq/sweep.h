// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "libntp/core/result.h"
#include "ntpq/options.h"
#include "ntpq/transport.h"

/// ntpsweep: a table of hosts, and of the sources they have.
namespace ntp::ntpq {

struct SweepOptions {
  std::vector<std::string> hosts;
  /// A file with a host on each line.
  std::string host_file;
  /// Go on to the sources of a host, down to this level; 0: without end.
  bool recurse = false;
  int most_levels = 1;
  /// Left out of names.
  std::string strip;
};

Result<SweepOptions, EarlyExit> parse_sweep_options(std::span<const std::string> arguments);

/// Returns the exit status: 1 if the file of hosts can't be read.
int run_sweep(const SweepOptions& options, Network& network, std::ostream& out, std::ostream& err);

}  // namespace ntp::ntpq
