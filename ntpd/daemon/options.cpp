// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/options.h"

#include <getopt.h>
#include <sched.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "ntpd/daemon/usage.h"

namespace ntp::daemon {
namespace {

// Values of long options without a short form.
constexpr int kCheck = 256;
constexpr int kJson = 257;

constexpr const char* kShort = "+:46abc:dD:f:gGhi:I:k:l:LmnNp:P:qr:Rs:t:u:U:Vw:xz:Z:";

constexpr std::array<option, 36> kLong{{
    {"ipv4", no_argument, nullptr, '4'},
    {"ipv6", no_argument, nullptr, '6'},
    {"assert", no_argument, nullptr, 'a'},
    {"check", no_argument, nullptr, kCheck},
    {"json", no_argument, nullptr, kJson},
    // The prefixes that would be unique without those two.
    {"c", required_argument, nullptr, 'c'},
    {"j", required_argument, nullptr, 'i'},
    {"configfile", required_argument, nullptr, 'c'},
    {"debug", no_argument, nullptr, 'd'},
    {"set-debug-level", required_argument, nullptr, 'D'},
    {"driftile", required_argument, nullptr, 'f'},  // NTPsec: spelt so
    {"driftfile", required_argument, nullptr, 'f'},
    {"panicgate", no_argument, nullptr, 'g'},
    {"help", no_argument, nullptr, 'h'},
    {"jaildir", required_argument, nullptr, 'i'},
    {"interface", required_argument, nullptr, 'I'},
    {"keyfile", required_argument, nullptr, 'k'},
    {"logfile", required_argument, nullptr, 'l'},
    {"mdns", no_argument, nullptr, 'm'},
    {"novirtualips", no_argument, nullptr, 'L'},
    {"nofork", no_argument, nullptr, 'n'},
    {"nice", no_argument, nullptr, 'N'},
    {"pidfile", required_argument, nullptr, 'p'},
    {"priority", required_argument, nullptr, 'P'},
    {"quit", no_argument, nullptr, 'q'},
    {"dumpopts", no_argument, nullptr, 'R'},
    {"statsdir", required_argument, nullptr, 's'},
    {"trustedkey", required_argument, nullptr, 't'},
    {"user", required_argument, nullptr, 'u'},
    {"updateinterval", required_argument, nullptr, 'U'},
    {"var", required_argument, nullptr, 'z'},
    {"dvar", required_argument, nullptr, 'Z'},
    {"slew", no_argument, nullptr, 'x'},
    {"wait-sync", required_argument, nullptr, 'w'},
    {"version", no_argument, nullptr, 'V'},
    {nullptr, 0, nullptr, 0},
}};

Failure<Exit> misuse(const std::string& complaint) {
  return {Exit{1, {}, "ntpd: " + complaint + '\n' + usage()}};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The word of the command line that getopt_long could not take, as it was meant.
std::string offending(int argc, char* const argv[]) {
  if (optopt > 0 && optopt < kCheck) return std::string("-") + static_cast<char>(optopt);
  return optind > 0 && optind <= argc ? argv[optind - 1] : "?";
}

Result<void, Exit> take_user(Options& options, std::string_view text) {
  if (!options.identity.user.empty()) return misuse("more than one -u");
  const auto colon = text.rfind(':');
  options.identity.user = text.substr(0, colon);
  if (colon != std::string_view::npos) options.identity.group = text.substr(colon + 1);
  if (options.identity.user.empty()) return misuse("-u: no user");
  return {};
}

Result<void, Exit> take_trusted_key(Options& options, const std::string& text) {
  const auto key = parse_number<unsigned>(text);
  if (!key || *key == 0 || *key > 65535) return misuse("-t " + text + ": not a key number");
  options.trusted_keys.push_back(*key);
  return {};
}

Result<void, Exit> take_interval(const std::string& text) {
  const auto seconds = parse_number<long>(text);
  if (!seconds || *seconds < 0) return misuse("-U " + text + ": must not be negative");
  return {};
}

Result<void, Exit> take_wait(Options& options, const std::string& text) {
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(seconds < 1e9)) {
    return misuse("-w " + text + ": not a number of seconds");
  }
  if (seconds > 0) options.wait_for_sync = std::chrono::seconds(static_cast<long>(seconds));
  return {};
}

Result<void, Exit> take_integer(int& field, const char* name, const std::string& text) {
  const auto value = parse_number<int>(text);
  if (!value) return misuse(std::string(name) + ' ' + text + ": not a number");
  field = *value;
  return {};
}

/// Options without an argument; false for any other.
bool take_flag(Options& options, int flag) {
  switch (flag) {
    case '4':
      options.family = Family::V4;
      return true;
    case '6':
      if (options.family != Family::V4) options.family = Family::V6;
      return true;
    case 'a':
      options.abort = true;
      return true;
    case 'd':
      ++options.debug;
      options.foreground = true;
      return true;
    case 'g':
      options.panic_gate = true;
      return true;
    case 'G':
      options.step_first = true;
      return true;
    case 'L':
      options.virtual_addresses = false;
      return true;
    case 'n':
      options.foreground = true;
      return true;
    case 'N':
      if (!options.priority) options.priority = sched_get_priority_max(SCHED_FIFO);
      return true;
    case 'q':
      options.quit = options.foreground = true;
      return true;
    case 'R':
      options.dump = options.foreground = true;
      return true;
    case 'x':
      options.slew = true;
      return true;
    case 'm':  // no mDNS
      return true;
    case kCheck:
      options.check = options.foreground = true;
      return true;
    case kJson:
      options.json = true;
      return true;
    default:
      return false;
  }
}

/// Options with an argument that is taken as it is; false for any other.
bool take_text(Options& options, int flag, const std::string& text) {
  switch (flag) {
    case 'c':
      options.config_file = text;
      return true;
    case 'f':
      options.drift_file = text;
      return true;
    case 'i':
      options.identity.jail = text;
      return true;
    case 'I':
      options.interfaces.push_back(text);
      return true;
    case 'k':
      options.key_file = text;
      return true;
    case 'l':
      options.log_file = text;
      return true;
    case 'p':
      options.pid_file = text;
      return true;
    case 's':
      options.stats_dir = text;
      return true;
    case 'z':
      options.variables.push_back({text, false});
      return true;
    case 'Z':
      options.variables.push_back({text, true});
      return true;
    default:
      return false;
  }
}

/// Options with an argument that can be wrong, and those that end the program.
Result<void, Exit> take_checked(Options& options, int flag, const std::string& text) {
  switch (flag) {
    case 'D':
      return take_integer(options.debug, "-D", text);
    case 'P': {
      int priority = 0;
      auto taken = take_integer(priority, "-P", text);
      options.priority = priority;
      return taken;
    }
    case 't':
      return take_trusted_key(options, text);
    case 'u':
      return take_user(options, text);
    case 'U':
      return take_interval(text);
    case 'w':
      return take_wait(options, text);
    case 'h':
      return Failure<Exit>{{0, {}, usage()}};
    case 'V':
      return Failure<Exit>{{0, version_line() + '\n', {}}};
    default:
      return misuse(std::string("-") + static_cast<char>(flag) + " is obsolete");  // -b, -r
  }
}

}  // namespace

Result<Options, Exit> parse_options(int argc, char* const argv[]) {
  Options options;
  opterr = 0;
  optind = 0;  // glibc: start afresh
  for (;;) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before there is any thread
    const int flag = getopt_long(argc, argv, kShort, kLong.data(), nullptr);
    if (flag == -1) break;
    if (flag == '?') return misuse("unknown option " + offending(argc, argv));
    if (flag == ':') return misuse("option " + offending(argc, argv) + " needs an argument");
    const std::string text = optarg != nullptr ? optarg : "";
    if (take_flag(options, flag) || take_text(options, flag, text)) continue;
    if (auto taken = take_checked(options, flag, text); !taken) {
      return Failure<Exit>{taken.error()};
    }
  }
  for (int i = optind; i < argc; ++i) options.servers.emplace_back(argv[i]);
  // NTPsec: waiting for the first synchronization takes a second process even with -n.
  if (options.wait_for_sync.count() > 0) options.foreground = false;
  if (options.json && !options.check) return misuse("--json goes with --check");
  if (options.dump) return Failure<Exit>{{0, dump(options), {}}};
  return options;
}

namespace {

/// `-I`: a listen rule for an address, or for devices whose names match.
config::InterfaceRule interface_rule(const std::string& text) {
  config::InterfaceRule rule;
  if (const auto address = parse_address(text)) {
    rule.match = config::InterfaceRule::Match::Address;
    rule.prefix = Prefix{*address, static_cast<int>(address->bytes().size()) * 8};
  } else {
    rule.match = config::InterfaceRule::Match::Name;
    rule.name = text;
  }
  return rule;
}

std::vector<config::VariableSettings> variables_of(const Options& options) {
  std::vector<config::VariableSettings> variables;
  for (const auto& [text, shown] : options.variables) {
    const auto equals = text.find('=');
    variables.push_back({text.substr(0, equals),
                         equals == std::string::npos ? std::string() : text.substr(equals + 1),
                         shown});
  }
  return variables;
}

}  // namespace

Result<void> apply_options(const Options& options, config::Settings& settings) {
  if (!settings.interfaces.empty() && (!options.interfaces.empty() || !options.virtual_addresses)) {
    const config::Location& where = settings.interfaces.front().where;
    return fail(
        "CONFIG: interface/nic rules are not allowed with --interface (-I) or "
        "--novirtualips (-L), exiting; the first one is in " +
        where.file + " line " + std::to_string(where.line));
  }
  for (const std::string& text : options.interfaces) {
    settings.interfaces.push_back(interface_rule(text));
  }
  settings.no_virtual_addresses = !options.virtual_addresses;
  // NTPsec: those of the file are set later, and replace them.
  const auto variables = variables_of(options);
  settings.variables.insert(settings.variables.begin(), variables.begin(), variables.end());
  std::vector<config::SourceSettings> sources;
  for (const std::string& host : options.servers) {
    config::SourceSettings source;
    source.host = host;
    source.iburst = true;
    sources.push_back(std::move(source));
  }
  settings.sources.insert(settings.sources.begin(), sources.begin(), sources.end());
  if (settings.drift_file.empty()) settings.drift_file = options.drift_file;
  if (settings.stats_dir.empty() && !options.stats_dir.empty()) {
    settings.stats_dir = options.stats_dir;
    if (!settings.stats_dir.ends_with('/')) settings.stats_dir += '/';
  }
  if (settings.keys.file.empty()) settings.keys.file = options.key_file;
  for (const unsigned key : options.trusted_keys) {
    const auto number = static_cast<std::uint16_t>(key);
    settings.keys.trusted.push_back({number, number, {}});
  }
  return {};
}

std::string version_line() { return "ntpd regulator-" REGULATOR_VERSION " (ntpsec-1.2.5)"; }

}  // namespace ntp::daemon
