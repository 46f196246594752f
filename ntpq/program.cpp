// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/program.h"

#include <istream>
#include <string>

namespace ntp::ntpq {
namespace {

void run_commands(Shell& shell, const Options& options) {
  bool first = true;
  for (const Options::Host& host : options.hosts) {
    if (!shell.open(host.name, host.family)) continue;
    for (const std::string& command : options.commands) {
      // NTPsec: an empty line between the commands, over all hosts.
      if (!first) shell.say("\n");
      first = false;
      shell.run(command);
      if (shell.output_lost()) return;
    }
    shell.session.close();
  }
}

void run_lines(Shell& shell, const Options& options, Input input) {
  if (shell.hosts.size() > 1) {
    shell.warn("ntpq can only work interactively on one host.\n");
    shell.hosts.resize(1);
  }
  shell.open(options.hosts.front().name, options.hosts.front().family);
  std::string line;
  while (!shell.quit && !shell.output_lost()) {
    if (input.terminal) shell.say("ntpq> ");
    if (!std::getline(input.lines, line)) line = "EOF";
    shell.run(line);
  }
}

}  // namespace

int run_program(const Options& options, Network& network, const Console& console, Input input) {
  Shell shell(options, network, console);
  if (!options.key_file.empty() && !shell.session.credentials().load(options.key_file)) {
    shell.warn("ntpq: " + options.key_file + " nonexistent or unreadable");
    return 1;
  }
  if (options.commands.empty()) {
    run_lines(shell, options, input);
  } else {
    run_commands(shell, options);
  }
  return shell.output_lost() ? 1 : 0;
}

}  // namespace ntp::ntpq
