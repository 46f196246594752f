// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/address.h"
#include "libntp/core/result.h"
#include "ntpd/os/privileges.h"

namespace ntp::daemon {

/// The command line of ntpd, NTPsec's options. Those that concern what is not there yet are kept
/// as given.
struct Options {
  struct Variable {
    std::string text;    // NAME=VALUE
    bool shown = false;  // -Z, --dvar: among the variables shown by default
  };

  Family family = Family::Any;            // -4, -6; -4 wins
  bool abort = false;                     // -a
  bool check = false;                     // --check: a dry run
  bool json = false;                      // --json, with --check
  std::string config_file;                // -c
  int debug = 0;                          // -d, -D
  bool foreground = false;                // -n, and -d, -q, -R
  std::string drift_file;                 // -f
  bool panic_gate = false;                // -g
  bool step_first = false;                // -G
  os::Identity identity;                  // -u, -i
  std::vector<std::string> interfaces;    // -I
  std::string key_file;                   // -k
  std::string log_file;                   // -l
  bool virtual_addresses = true;          // -L
  std::optional<int> priority;            // -N, -P
  std::string pid_file;                   // -p
  bool quit = false;                      // -q
  bool dump = false;                      // -R
  std::string stats_dir;                  // -s
  std::vector<unsigned> trusted_keys;     // -t
  std::chrono::seconds wait_for_sync{0};  // -w
  bool slew = false;                      // -x
  std::vector<Variable> variables;        // -z, -Z, --var, --dvar
  std::vector<std::string> servers;       // the other words
};

/// The program is to end at once, having said this.
struct Exit {
  int status = 0;
  std::string to_stdout;
  std::string to_stderr;
};

/// -V, -h, -R and mistakes end in an Exit.
Result<Options, Exit> parse_options(int argc, char* const argv[]);

/// Puts the servers of the command line, with iburst, before those of the file, and -f, -k and -s
/// where the file says nothing; adds -t, and the interface rules and variables of -I, -L, -z and
/// -Z. Fails if both the command line and the file have interface rules.
Result<void> apply_options(const Options& options, config::Settings& settings);

/// `ntpd regulator-X.Y.Z (ntpsec-1.2.5)`.
std::string version_line();

}  // namespace ntp::daemon
