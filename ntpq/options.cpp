// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/options.h"

#include <getopt.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "ntpq/number.h"

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

/// Has no letter.
constexpr int kJson = 256;
constexpr const char* kShortOptions = "+:46a:c:dD:hk:l:npuVwW:";
const std::array<option, 17> kLongOptions = {{{"ipv4", no_argument, nullptr, '4'},
                                              {"ipv6", no_argument, nullptr, '6'},
                                              {"authentication", required_argument, nullptr, 'a'},
                                              {"command", required_argument, nullptr, 'c'},
                                              {"debug", no_argument, nullptr, 'd'},
                                              {"set-debug-level", required_argument, nullptr, 'D'},
                                              {"help", no_argument, nullptr, 'h'},
                                              {"json", no_argument, nullptr, kJson},
                                              {"keyfile", required_argument, nullptr, 'k'},
                                              {"logfile", required_argument, nullptr, 'l'},
                                              {"numeric", no_argument, nullptr, 'n'},
                                              {"peers", no_argument, nullptr, 'p'},
                                              {"units", no_argument, nullptr, 'u'},
                                              {"version", no_argument, nullptr, 'V'},
                                              {"wide", no_argument, nullptr, 'w'},
                                              {"width", required_argument, nullptr, 'W'},
                                              {nullptr, 0, nullptr, 0}}};

struct Switch {
  int letter;
  std::string value;
};

EarlyExit usage_error(const std::string& text) {
  return {text + "\n" + std::string(kUsage), false, 1};
}

EarlyExit bad_option(int result, const std::string& word) {
  // getopt leaves the letter of a short option in optopt, and for a long one its code or nothing.
  const bool is_long = word.substr(0, 2) == "--";
  const std::string name =
      is_long ? word.substr(0, word.find('=')) : "-" + std::string(1, static_cast<char>(optopt));
  if (result == ':') return usage_error("option " + name + " requires argument");
  if (is_long && optopt != 0) return usage_error("option " + name + " must not have an argument");
  return usage_error("option " + name + " not recognized");
}

struct Scanned {
  std::vector<Switch> switches;
  std::vector<std::string> words;
};

Result<Scanned, EarlyExit> scan(std::span<const std::string> arguments) {
  std::vector<std::string> copies = {"ntpq"};
  copies.insert(copies.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);

  Scanned scanned;
  optind = 0;
  opterr = 0;
  for (;;) {
    const int at = std::max(optind, 1);
    const int result = ::getopt_long(static_cast<int>(copies.size()), pointers.data(),
                                     kShortOptions, kLongOptions.data(), nullptr);
    if (result == -1) break;
    if (result == '?' || result == ':') {
      return fail(bad_option(result, copies[static_cast<std::size_t>(at)]));
    }
    scanned.switches.push_back({result, optarg != nullptr ? optarg : ""});
  }
  scanned.words.assign(copies.begin() + optind, copies.end());
  return scanned;
}

Result<int, EarlyExit> number(const Switch& given) {
  const auto value = parse_decimal(given.value);
  if (!value || *value > std::numeric_limits<int>::max() ||
      *value < std::numeric_limits<int>::min()) {
    return fail(usage_error("Error: -" + std::string(1, static_cast<char>(given.letter)) +
                            " parameter '" + given.value + "' not a number"));
  }
  return static_cast<int>(*value);
}

/// Carries one option out; a failure ends the program.
Result<void, EarlyExit> apply(const Switch& given, Options& options) {
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
      return fail(EarlyExit{"ntpq " + version_text() + "\n", true, 0});
    default:
      break;
  }
  const auto value = number(given);
  if (!value) return fail(value.error());
  if (given.letter == 'a') options.key_id = *value;
  if (given.letter == 'D') options.debug_level = *value;
  if (given.letter == 'W') options.width = static_cast<std::size_t>(std::max(*value, 0));
  return {};
}

/// NTPsec: `-4` and `-6` between the hosts choose the family of those that follow. (There they also
/// make it forget a host; here they do not.)
Result<void, EarlyExit> take_hosts(const std::vector<std::string>& words, Options& options) {
  Family family = options.family;
  for (const std::string& word : words) {
    if (word.empty() || word.front() != '-') {
      options.hosts.push_back({word, family});
    } else if (word.back() == '4') {
      family = Family::V4;
    } else if (word.back() == '6') {
      family = Family::V6;
    } else {
      return fail(EarlyExit{"ntpq: unexpected option-like thing.\n", false, 1});
    }
  }
  if (options.hosts.empty()) options.hosts.push_back({"localhost", family});
  return {};
}

}  // namespace

Result<Options, EarlyExit> parse_options(std::span<const std::string> arguments) {
  const auto scanned = scan(arguments);
  if (!scanned) return fail(scanned.error());
  Options options;
  for (const Switch& given : scanned->switches) {
    if (const auto applied = apply(given, options); !applied) return fail(applied.error());
  }
  if (const auto taken = take_hosts(scanned->words, options); !taken) return fail(taken.error());
  return options;
}

std::string version_text() { return "regulator-" REGULATOR_VERSION " (ntpsec-1.2.5)"; }

}  // namespace ntp::ntpq
