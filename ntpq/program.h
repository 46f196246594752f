// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "ntpq/options.h"
#include "ntpq/shell.h"
#include "ntpq/transport.h"

namespace ntp::ntpq {

/// Where commands come from if the command line has none.
struct Input {
  std::istream& lines;
  /// A person types them.
  bool terminal = false;
  /// Shows a prompt and reads a line at a terminal; nothing at its end.
  std::function<std::optional<std::string>(const std::string& prompt)> edit = {};
};

/// Runs the commands on every host, or those of the input on the first. Returns the exit status:
/// 0 whatever the queries gave (NTPsec), 1 if standard output can't be written or the file of keys
/// can't be read.
int run_program(const Options& options, Network& network, const Console& console,
                const Input& input);

}  // namespace ntp::ntpq
