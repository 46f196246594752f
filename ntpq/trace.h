// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "libntp/core/result.h"
#include "ntpq/options.h"
#include "ntpq/transport.h"

/// ntptrace: from a host to the source that it follows, and on to where its time comes from.
namespace ntp::ntpq {

struct TraceOptions {
  std::string host = "127.0.0.1";
  int most_hosts = 99;
  bool numeric = false;
};

Result<TraceOptions, EarlyExit> parse_trace_options(std::span<const std::string> arguments);

/// Prints a line a host. It ends at a host that does not answer, without a word (NTPsec).
void run_trace(const TraceOptions& options, Network& network, std::ostream& out);

}  // namespace ntp::ntpq
