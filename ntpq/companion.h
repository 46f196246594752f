// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <iostream>
#include <string>
#include <vector>

#include "libntp/core/result.h"
#include "ntpq/options.h"

/// What the main files of the companion programs have in common.
namespace ntp::ntpq {

/// Reads the command line with `parse` and runs the program with what it found, or prints what
/// ends it early. Returns the exit status; 1 if standard output can't be written.
template <class Parse, class Run>
int run_companion(int argc, char** argv, Parse parse, Run run) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto options = parse(arguments);
  int status = 0;
  if (options) {
    status = run(*options);
  } else {
    const EarlyExit& exit = options.error();
    (exit.to_stdout ? std::cout : std::cerr) << exit.text;
    status = exit.status;
  }
  std::cerr.flush();
  return std::cout.flush() || status != 0 ? status : 1;
}

}  // namespace ntp::ntpq
