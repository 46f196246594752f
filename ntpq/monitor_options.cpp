// SPDX-License-Identifier: BSD-2-Clause
#include <array>

#include "ntpq/command_line.h"
#include "ntpq/monitor.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kUsage = R"(
USAGE: ntpmon [-dhnuV] [-D level] [-l logfile] [host]
  -d, --debug                  one more level of debugging
  -D, --set-debug-level=LEVEL  the level of debugging
  -h, --help                   print this text
  -l, --logfile=FILE           append debugging to this file (ntpmon.log)
  -n, --numeric                show addresses, not names
  -u, --units                  show numbers with units
  -V, --version                print the version
)";
constexpr std::array<OptionSet::Long, 7> kNames = {{{"debug", 'd'},
                                                    {"help", 'h'},
                                                    {"logfile", 'l'},
                                                    {"numeric", 'n'},
                                                    {"units", 'u'},
                                                    {"set-debug-level", 'D'},
                                                    {"version", 'V'}}};
constexpr OptionSet kOptions{"dD:hl:nuV", kNames};

}  // namespace

Result<MonitorOptions, EarlyExit> parse_monitor_options(std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return fail(EarlyExit{line.error().message + "\n" + std::string(kUsage), false, 1});
  MonitorOptions options;
  for (const CommandLine::Switch& given : line->switches) {
    if (given.letter == 'h') return fail(EarlyExit{std::string(kUsage), true, 0});
    if (given.letter == 'V') return fail(version_of("ntpmon"));
    if (given.letter == 'd') ++options.debug_level;
    if (given.letter == 'l') options.log_file = given.value;
    if (given.letter == 'n') options.names = false;
    if (given.letter == 'u') options.units = true;
    if (given.letter != 'D') continue;
    const auto value = number_of(given, kUsage);
    if (!value) return fail(value.error());
    options.debug_level = *value;
  }
  if (!line->words.empty()) options.host = line->words.front();
  return options;
}

}  // namespace ntp::ntpq
