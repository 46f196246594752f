// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <span>
#include <string_view>

namespace ntp::ntpq {

class Shell;

/// A command, its work, and what `help` says about it.
struct Command {
  std::string_view name;
  void (*run)(Shell& shell, std::string_view argument);
  std::string_view purpose;
  std::string_view usage;
};

/// All commands, by name.
std::span<const Command> all_commands();

}  // namespace ntp::ntpq
