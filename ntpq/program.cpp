// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/program.h"

#include <istream>
#include <string>

namespace ntp::ntpq {
namespace {

void run_one(Shell& shell, const std::string& command) {
  shell.network.begin_command();
  shell.run_and_answer(command);
  shell.network.end_command();
}

std::optional<std::string> next_line(Shell& shell, const Input& input) {
  constexpr const char* kPrompt = "ntpq> ";
  if (input.terminal && input.edit) return input.edit(kPrompt);
  if (input.terminal) shell.say(kPrompt);
  std::string line;
  return std::getline(input.lines, line) ? std::optional(line) : std::nullopt;
}

void run_commands(Shell& shell, const Options& options) {
  bool first = true;
  for (const Options::Host& host : options.hosts) {
    const auto opened = shell.open(host.name, host.family);
    if (!opened && !shell.json) shell.warn(opened.error().message);
    for (const std::string& command : options.commands) {
      if (!opened) {
        if (shell.json) shell.answer_unasked(host.name, command, opened.error().message);
        continue;
      }
      // NTPsec: an empty line between the commands, over all hosts.
      if (!first && !shell.json) shell.say("\n");
      first = false;
      run_one(shell, command);
      if (shell.output_lost() || shell.network.interrupted()) return;
    }
    shell.session.close();
  }
}

void run_lines(Shell& shell, const Options& options, const Input& input) {
  if (shell.hosts.size() > 1) {
    shell.warn("ntpq can only work interactively on one host.\n");
    shell.hosts.resize(1);
  }
  const Options::Host& host = options.hosts.front();
  if (const auto opened = shell.open(host.name, host.family); !opened) {
    shell.warn(opened.error().message);
  }
  shell.at_terminal = input.terminal;
  std::string line;
  while (!shell.quit && !shell.output_lost()) {
    const auto typed = next_line(shell, input);
    if (!typed && shell.json) return;
    line = typed.value_or("EOF");
    run_one(shell, line);
    if (shell.network.interrupted() && !input.terminal) return;
    shell.network.forget_interrupt();
  }
}

}  // namespace

int run_program(const Options& options, Network& network, const Console& console,
                const Input& input) {
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
