// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/dig_options.h"

#include <algorithm>
#include <array>

#include "ntpq/command_line.h"

namespace ntp::tools {
namespace {

using ntpq::CommandLine;
using ntpq::EarlyExit;
using ntpq::OptionSet;

constexpr std::string_view kUsage = R"(
USAGE: ntpdig [-46djsShV] [-a id -k file] [-c host] [-g ms] [-I address] [-t seconds] [host ...]
  -4, --ipv4                   look host names up as IPv4 addresses
  -6, --ipv6                   look host names up as IPv6 addresses
  -a, --authentication=ID      sign requests with this key, and trust signed replies only
  -c, --concurrent=HOST        ask all addresses of this host at once; may be given several times
  -d, --debug                  one more level of debugging
  -D, --set-debug-level=LEVEL  the level of debugging
  -g, --gap=MILLISECONDS       the time between two requests (50)
  -h, --help                   print this text
  -I, --bindaddr=ADDRESS       send requests from this address
  -j, --json                   print JSON
  -k, --keyfile=FILE           take keys from this file
  -l, --logfile=FILE           write messages to this file
  -M, --steplimit=MILLISECONDS with -s and -S: slew offsets up to this, step larger ones (0)
  -p, --samples=NUMBER         ask so often and use the best reply (1)
  -r, --replay=PACKET:TIME     take this packet, come at this time, for the reply
  -S, --step                   step the clock
  -s, --slew                   slew the clock
  -t, --timeout=SECONDS        how long to wait for a reply (5)
  -V, --version                print the version
)";
constexpr std::array<OptionSet::Long, 19> kNames = {{{"ipv4", '4'},
                                                     {"ipv6", '6'},
                                                     {"authentication", 'a'},
                                                     {"bindaddr", 'I'},
                                                     {"concurrent", 'c'},
                                                     {"gap", 'g'},
                                                     {"help", 'h'},
                                                     {"json", 'j'},
                                                     {"keyfile", 'k'},
                                                     {"logfile", 'l'},
                                                     {"replay", 'r'},
                                                     {"samples", 'p'},
                                                     {"steplimit", 'M'},
                                                     {"step", 'S'},
                                                     {"slew", 's'},
                                                     {"timeout", 't'},
                                                     {"debug", 'd'},
                                                     {"set-debug-level", 'D'},
                                                     {"version", 'V'}}};
constexpr OptionSet kOptions{"46a:c:dD:g:hI:jk:l:M:o:p:r:Sst:wWV", kNames};
constexpr std::int64_t kLongest = 86'400;
constexpr std::int64_t kMostSamples = 1000;
constexpr std::int64_t kMostKeys = 65'535;

Result<void, EarlyExit> apply_number(const CommandLine::Switch& given, DigOptions& options) {
  std::int64_t least = 0;
  std::int64_t most = kLongest * 1000;
  if (given.letter == 'a') most = kMostKeys;
  if (given.letter == 't') most = kLongest;
  // NTPsec: fewer samples than one are one.
  if (given.letter == 'p') least = -kMostSamples, most = kMostSamples;
  const auto value = number_of(given, kUsage, least, most);
  if (!value) return fail(value.error());
  constexpr double kPerSecond = 1000;
  if (given.letter == 'a') options.key_id = *value;
  if (given.letter == 'D') options.debug = static_cast<int>(*value);
  if (given.letter == 'g') options.gap = std::chrono::milliseconds(*value);
  if (given.letter == 'M') options.step_limit = static_cast<double>(*value) / kPerSecond;
  if (given.letter == 'p') options.samples = static_cast<int>(std::max<std::int64_t>(*value, 1));
  if (given.letter == 't') options.timeout = std::chrono::seconds(*value);
  return {};
}

Result<void, EarlyExit> apply(const CommandLine::Switch& given, DigOptions& options) {
  switch (given.letter) {
    case '4':
      options.family = Family::V4;
      return {};
    case '6':
      options.family = Family::V6;
      return {};
    case 'c':
      options.concurrent.push_back(given.value);
      return {};
    case 'd':
      ++options.debug;
      return {};
    case 'h':
      return fail(EarlyExit{std::string(kUsage), true, 0});
    case 'I':
      options.source = given.value;
      return {};
    case 'j':
      options.json = true;
      return {};
    case 'k':
      options.key_file = given.value;
      return {};
    case 'l':
      options.log_file = given.value;
      return {};
    case 'r':
      options.replay = given.value;
      return {};
    case 'S':
      options.step = true;
      return {};
    case 's':
      options.slew = true;
      return {};
    case 'V':
      return fail(ntpq::version_of("ntpdig"));
    case 'o':
    case 'w':
    case 'W':
      // NTPsec: of the old sntp, known and refused.
      return fail(EarlyExit{
          "Unknown command line switch or missing argument.\n" + std::string(kUsage), false, 1});
    default:
      return apply_number(given, options);
  }
}

}  // namespace

Result<DigOptions, EarlyExit> parse_dig_options(std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return fail(EarlyExit{line.error().message + "\n", true, 1});
  DigOptions options;
  for (const CommandLine::Switch& given : line->switches) {
    if (const auto applied = apply(given, options); !applied) return fail(applied.error());
  }
  if (options.key_id && options.key_file.empty()) {
    return fail(EarlyExit{"-a option requires -k.\n", false, 1});
  }
  options.hosts = line->words;
  if (options.hosts.empty()) options.hosts.emplace_back("localhost");
  return options;
}

}  // namespace ntp::tools
