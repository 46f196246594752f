// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/options.h"

#include <algorithm>
#include <array>

#include "ntpq/command_line.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kUsage = R"(
USAGE: ntpq [-46dhnpuVw] [-a id] [-c command] [-D level] [-k file] [-l file] [-W columns] [host ...]
  -4, --ipv4                   look host names up as IPv4 addresses
  -6, --ipv6                   look host names up as IPv6 addresses
  -a, --authentication=ID      sign requests with this key
  -c, --command=COMMAND        run this command; may be given several times
  -d, --debug                  one more level of debugging
  -D, --set-debug-level=LEVEL  the level of debugging
  -h, --help                   print this text
      --json                   print answers as JSON, one in a line
  -k, --keyfile=FILE           take keys from this file
  -l, --logfile=FILE           append debugging to this file
  -n, --numeric                show addresses, not names
  -p, --peers                  the same as -c peers
  -u, --units                  show numbers with units
  -V, --version                print the version
  -w, --wide                   long names stand on a line of their own
  -W, --width=COLUMNS          the width of the peers tables
)";

/// Has no letter that could be typed.
constexpr char kJson = '\1';
constexpr std::array<OptionSet::Long, 16> kNames = {{{"ipv4", '4'},
                                                     {"ipv6", '6'},
                                                     {"authentication", 'a'},
                                                     {"command", 'c'},
                                                     {"debug", 'd'},
                                                     {"set-debug-level", 'D'},
                                                     {"help", 'h'},
                                                     {"json", kJson},
                                                     {"keyfile", 'k'},
                                                     {"logfile", 'l'},
                                                     {"numeric", 'n'},
                                                     {"peers", 'p'},
                                                     {"units", 'u'},
                                                     {"version", 'V'},
                                                     {"wide", 'w'},
                                                     {"width", 'W'}}};
constexpr OptionSet kOptions{"46a:c:dD:hk:l:npuVwW:", kNames};

/// Carries one option out; a failure ends the program.
Result<void, EarlyExit> apply(const CommandLine::Switch& given, Options& options) {
  switch (given.letter) {
    case '4':
      options.family = Family::V4;
      return {};
    case '6':
      options.family = Family::V6;
      return {};
    case 'c':
      options.commands.push_back(given.value);
      return {};
    case 'd':
      ++options.debug_level;
      return {};
    case 'k':
      options.key_file = given.value;
      return {};
    case 'l':
      options.log_file = given.value;
      return {};
    case 'n':
      options.numeric = true;
      return {};
    case 'p':
      options.commands.push_back("peers");
      return {};
    case 'u':
      options.units = true;
      return {};
    case 'w':
      options.wide = true;
      return {};
    case kJson:
      options.json = true;
      return {};
    case 'h':
      return fail(EarlyExit{std::string(kUsage), false, 0});
    case 'V':
      return fail(version_of("ntpq"));
    default:
      break;
  }
  const auto value = number_of(given, kUsage);
  if (!value) return fail(value.error());
  if (given.letter == 'a') options.key_id = *value;
  if (given.letter == 'D') options.debug_level = *value;
  if (given.letter == 'W') options.width = static_cast<std::size_t>(std::max(*value, 0));
  return {};
}

bool is_address(const std::string& host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return parse_address(bracketed ? host.substr(1, host.size() - 2) : host).has_value();
}

/// `-4` and `-6` before the hosts are about names, not addresses. NTPsec: between the hosts they
/// choose the family of those that follow. (There they also make it forget a host; here they do
/// not.)
Result<void, EarlyExit> take_hosts(const std::vector<std::string>& words, Options& options) {
  Family family = Family::Any;
  const auto family_of = [&](const std::string& host) {
    return family == Family::Any && !is_address(host) ? options.family : family;
  };
  for (const std::string& word : words) {
    if (word.empty() || word.front() != '-') {
      options.hosts.push_back({word, family_of(word)});
    } else if (word.back() == '4') {
      family = Family::V4;
    } else if (word.back() == '6') {
      family = Family::V6;
    } else {
      return fail(EarlyExit{"ntpq: unexpected option-like thing.\n", false, 1});
    }
  }
  if (options.hosts.empty()) options.hosts.push_back({"localhost", family_of("localhost")});
  return {};
}

}  // namespace

Result<Options, EarlyExit> parse_options(std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) {
    return fail(EarlyExit{line.error().message + "\n" + std::string(kUsage), false, 1});
  }
  Options options;
  for (const CommandLine::Switch& given : line->switches) {
    if (const auto applied = apply(given, options); !applied) return fail(applied.error());
  }
  if (const auto taken = take_hosts(line->words, options); !taken) return fail(taken.error());
  return options;
}

}  // namespace ntp::ntpq
