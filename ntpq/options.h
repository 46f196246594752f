// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/result.h"

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

/// What ends the program before it has begun: a text and a status.
struct EarlyExit {
  std::string text;
  bool to_stdout = false;
  int status = 0;
};

/// Reads the arguments behind the program's name. Options end at the first word that is none; long
/// ones may be cut to a unique beginning.
Result<Options, EarlyExit> parse_options(std::span<const std::string> arguments);

/// `regulator-X.Y.Z (ntpsec-1.2.5)`.
std::string version_text();

}  // namespace ntp::ntpq
