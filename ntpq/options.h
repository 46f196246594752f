// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/result.h"
#include "ntpq/command_line.h"

namespace ntp::ntpq {

/// The command line, understood.
struct Options {
  struct Host {
    std::string name;
    Family family = Family::Any;
  };

  std::vector<std::string> commands;
  std::vector<Host> hosts;
  Family family = Family::Any;
  bool numeric = false;
  bool units = false;
  bool wide = false;
  bool json = false;
  /// Columns for the peers tables, instead of the terminal's.
  std::optional<std::size_t> width;
  int debug_level = 0;
  std::string log_file;
  /// For requests with a MAC.
  std::optional<int> key_id;
  std::string key_file;
};

/// Reads the arguments behind the program's name.
Result<Options, EarlyExit> parse_options(std::span<const std::string> arguments);

}  // namespace ntp::ntpq
