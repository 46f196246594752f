// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"
#include "ntpq/options.h"

namespace ntp::tools {

/// The command line of ntpdig.
struct DigOptions {
  Family family = Family::Any;
  std::optional<std::int64_t> key_id;
  std::string key_file;
  /// Hosts whose addresses are all asked at once, and those whose addresses are asked in turn.
  std::vector<std::string> concurrent;
  std::vector<std::string> hosts;
  /// Between two requests.
  Duration gap = std::chrono::milliseconds(50);
  /// For a reply.
  Duration timeout = std::chrono::seconds(5);
  int samples = 1;
  /// The own address; empty: the kernel's choice.
  std::string source;
  std::string log_file;
  bool json = false;
  int debug = 0;
  bool step = false;
  bool slew = false;
  /// With both: an offset up to this is slewed, s.
  double step_limit = 0;
  /// A packet in hexadecimal digits, a colon, and when it came in seconds since 1970.
  std::string replay;
};

Result<DigOptions, ntpq::EarlyExit> parse_dig_options(std::span<const std::string> arguments);

}  // namespace ntp::tools
