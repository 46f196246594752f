// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_local.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ntpq/commands.h"
#include "ntpq/number.h"
#include "ntpq/shell.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

std::optional<int> parse_int(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value || *value > std::numeric_limits<int>::max() ||
      *value < std::numeric_limits<int>::min()) {
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

/// Names in columns, alphabetical downward, in as few rows as fit the width.
std::string in_columns(const std::vector<std::string>& names, std::size_t width) {
  constexpr std::size_t kGap = 2;
  std::size_t rows = 0;
  std::vector<std::size_t> widths;
  std::size_t total = 0;
  do {
    ++rows;
    widths.clear();
    total = 0;
    for (std::size_t first = 0; first < names.size(); first += rows) {
      std::size_t longest = 0;
      for (std::size_t i = first; i < std::min(first + rows, names.size()); ++i) {
        longest = std::max(longest, names[i].size());
      }
      widths.push_back(longest);
      total += longest + kGap;
    }
  } while (total > width + kGap && rows < names.size());
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string line;
    for (std::size_t column = 0; column * rows + row < names.size(); ++column) {
      if (column > 0) line += std::string(kGap, ' ');
      line += pad_right(names[column * rows + row], widths[column]);
    }
    text += line + "\n";
  }
  return text;
}

void list_commands(Shell& shell) {
  constexpr std::string_view kTitle = "Documented commands (type help <topic>):";
  constexpr std::size_t kWidth = 79;
  std::vector<std::string> names;
  for (const Command& command : all_commands()) names.emplace_back(command.name);
  shell.say("\n" + std::string(kTitle) + "\n" + std::string(kTitle.size(), '=') + "\n" +
            in_columns(names, kWidth) + "\n");
}

}  // namespace

void run_help(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    list_commands(shell);
    return;
  }
  const Command* chosen = nullptr;
  std::size_t candidates = 0;
  for (const Command& command : all_commands()) {
    if (command.name.substr(0, argument.size()) != argument) continue;
    chosen = &command;
    ++candidates;
    if (command.name == argument) {
      candidates = 1;
      break;
    }
  }
  if (candidates == 0) {
    shell.complain("*** No help on " + visible(argument) + "\n");
  } else if (candidates > 1) {
    shell.warn("Command `" + visible(argument) + "' is ambiguous.\n");
  } else {
    shell.say("function: " + std::string(chosen->purpose) +
              "\nusage: " + std::string(chosen->usage) + "\n");
  }
}

void run_raw(Shell& shell, std::string_view) {
  shell.raw = true;
  shell.say("Output set to raw\n");
}

void run_cooked(Shell& shell, std::string_view) {
  shell.raw = false;
  shell.say("Output set to cooked\n");
}

void run_units(Shell& shell, std::string_view) { shell.units = !shell.units; }

void run_debug(Shell& shell, std::string_view argument) {
  if (argument == "more") {
    ++shell.debug_level;
  } else if (argument == "less") {
    shell.debug_level = std::max(shell.debug_level - 1, 0);
  } else if (argument == "no") {
    shell.debug_level = 0;
  } else if (!argument.empty()) {
    const auto level = parse_int(argument);
    if (!level) shell.warn("What?\n");
    shell.debug_level = level.value_or(shell.debug_level);
  }
  shell.say("debug level is " + std::to_string(shell.debug_level) + "\n");
}

void run_delay(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.say("delay " + std::to_string(shell.delay_ms) + " ms\n");
    return;
  }
  const auto delay = parse_int(argument);
  if (delay) shell.delay_ms = *delay;
  if (!delay || *delay < 0) shell.complain("Huh?");
}

void run_timeout(Shell& shell, std::string_view argument) {
  using std::chrono::milliseconds;
  Duration& timeout = shell.session.timeouts().first;
  if (!argument.empty()) {
    const auto given = parse_int(argument);
    if (!given) {
      shell.warn("What?\n");
    } else {
      // NTPsec: a negative one is taken, too. Nothing arrives in less than no time.
      timeout = milliseconds(*given);
    }
  }
  const auto shown = std::chrono::duration_cast<milliseconds>(timeout).count();
  shell.say("primary timeout " + std::to_string(shown) + " ms\n");
}

void run_host(Shell& shell, std::string_view argument) {
  auto words = split_words(argument);
  if (words.empty()) {
    shell.say(shell.session.is_open() ? "current host is " + shell.session.host() + "\n"
                                      : "no current host\n");
    return;
  }
  if (words.front() == "-4" || words.front() == "-6") {
    shell.family = words.front() == "-4" ? Family::V4 : Family::V6;
    words.erase(words.begin());
  }
  bool opened = false;
  if (!words.empty()) {
    const auto result = shell.open(std::string(words.front()), shell.family);
    if (!result) shell.warn(result.error().message);
    opened = result.has_value();
  }
  if (opened) {
    shell.say("current host set to " + shell.session.host() + "\n");
  } else if (shell.session.is_open()) {
    shell.say("current host remains " + shell.session.host() + "\n");
  } else {
    shell.say("still no current host\n");
  }
}

void run_hostnames(Shell& shell, std::string_view argument) {
  if (argument == "yes") {
    shell.names = true;
  } else if (argument == "no") {
    shell.names = false;
  } else if (!argument.empty()) {
    shell.complain("What?\n");
  }
  shell.say(shell.names ? "hostnames being shown\n" : "hostnames not being shown\n");
}

void run_ntpversion(Shell& shell, std::string_view argument) {
  if (!argument.empty()) {
    const auto version = parse_int(argument);
    if (!version) {
      shell.warn("What?\n");
    } else if (*version < 1 || *version > 4) {
      shell.warn("versions 1 to 4, please\n");
    } else {
      shell.version = *version;
    }
  }
  shell.say("NTP version being claimed is " + std::to_string(shell.version) + "\n");
}

void run_poll(Shell& shell, std::string_view) { shell.warn("WARNING: poll not implemented yet\n"); }

void run_doflake(Shell& shell, std::string_view argument) {
  const auto chance = parse_real(argument);
  if (!chance || !(*chance > 0) || *chance >= 1) {
    shell.complain("Flakiness must be a (positive) float less than 1.");
    return;
  }
  shell.session.lose_packets(*chance);
}

void run_noflake(Shell& shell, std::string_view) { shell.session.lose_packets(0); }

void run_logfile(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    const std::string& name = shell.log_name;
    shell.say("'" + (name.empty() ? "<stderr>" : visible(name)) + "'\n");
  } else if (argument == "<stderr>") {
    shell.log_to("");
  } else if (shell.log_to(std::string(argument))) {
    shell.say("Logfile set to " + visible(argument) + "\n");
  } else {
    shell.warn("Could not open " + visible(argument) + " for logging.\n");
  }
}

void run_version(Shell& shell, std::string_view) { shell.say(version_text() + "\n"); }

void run_exit(Shell& shell, std::string_view) { shell.quit = true; }

void run_eof(Shell& shell, std::string_view) {
  shell.say("\n");
  shell.quit = true;
}

void run_nothing(Shell&, std::string_view) {}

}  // namespace ntp::ntpq
