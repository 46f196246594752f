// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/result.h"

/// How the command lines of all programs are read.
namespace ntp::ntpq {

/// What ends a program before it has begun: a text and a status.
struct EarlyExit {
  std::string text;
  bool to_stdout = false;
  int status = 0;
};

/// The options of a program, in the form of getopt(3): `letters` with a colon behind those that
/// have an argument, and the long names, each with its letter.
struct OptionSet {
  struct Long {
    std::string_view name;
    char letter;
  };
  std::string_view letters;
  std::span<const Long> names;
};

/// What stands on a command line: options in their order, then the words behind them.
struct CommandLine {
  struct Switch {
    char letter;
    std::string value;
  };
  std::vector<Switch> switches;
  std::vector<std::string> words;
};

/// Options end at the first word that is none, or behind `--`. Long ones may be cut to a unique
/// beginning. A failure says what is wrong, in the words that NTPsec's programs have for it.
Result<CommandLine> read_command_line(std::span<const std::string> arguments,
                                      const OptionSet& options);

/// The number behind an option, within the limits. A failure ends the program with status 1 and a
/// text that `usage` follows.
Result<std::int64_t, EarlyExit> number_of(const CommandLine::Switch& given, std::string_view usage,
                                          std::int64_t least, std::int64_t most);
/// The same for an `int` of any value.
Result<int, EarlyExit> number_of(const CommandLine::Switch& given, std::string_view usage);

/// `regulator-X.Y.Z (ntpsec-1.2.5)`.
std::string version_text();
/// The text of `-V`.
EarlyExit version_of(std::string_view program);

}  // namespace ntp::ntpq
