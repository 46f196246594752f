// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/wait.h"

#include <array>
#include <optional>
#include <ostream>

#include "libntp/core/clock_command.h"
#include "ntpq/command_line.h"
#include "ntpq/number.h"
#include "ntpq/session.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kUsage = R"(ntpwait - wait until the daemon has synchronized the clock
USAGE: ntpwait [-hvV] [-n tries] [-s seconds]
  -h, --help           print this text
  -n, --tries=NUMBER   ask so often at most (100)
  -s, --sleep=SECONDS  the time between two tries (6)
  -v, --verbose        show progress; twice: show replies
  -V, --version        print the version
)";
constexpr std::array<OptionSet::Long, 5> kNames = {
    {{"tries", 'n'}, {"sleep", 's'}, {"verbose", 'v'}, {"help", 'h'}, {"version", 'V'}}};
constexpr OptionSet kOptions{"hn:s:vV", kNames};
constexpr const char* kHost = "localhost";

/// The value of `leap`. NTPsec: a comma has to follow it.
std::optional<std::string> find_leap(std::string_view reply) {
  constexpr std::string_view kName = "leap=";
  const std::size_t at = reply.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  reply.remove_prefix(at + kName.size());
  const std::size_t comma = reply.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  return std::string(reply.substr(0, comma));
}

/// As Python writes octets, which is what NTPsec's `-vv` shows.
std::string in_quotes(std::string_view reply) {
  std::string text = "b'";
  for (const char character : reply) {
    if (character == '\r') {
      text += "\\r";
    } else if (character == '\n') {
      text += "\\n";
    } else if (character == '\\' || character == '\'') {
      text += std::string("\\") + character;
    } else {
      text += visible(std::string_view(&character, 1));
    }
  }
  return text + "'\n";
}

enum class Outcome : std::uint8_t { Synchronized, NotYet, Failed };

struct Waiter {
  const WaitOptions& options;
  Network& network;
  std::ostream& out;
  std::ostream& err;

  void show(std::string_view text) const {
    if (options.verbosity > 0) out << text << std::flush;
  }

  Outcome ask() const {
    Session session(network, [](int, std::string_view) {});
    if (const auto opened = session.open(kHost, Family::Any); !opened) {
      err << opened.error().message << std::flush;
      show("\bntpd is not running!\n");
      return Outcome::NotYet;
    }
    const auto reply = session.query(wire::ControlOpcode::ReadVariables, 0);
    if (!reply) {
      err << kHost << ": timed out, nothing received\n"
          << trim(reply.error().message()) << "\n"
          << std::flush;
    } else if (options.verbosity > 1) {
      err << in_quotes(reply->data) << std::flush;
    }
    return judge(reply ? find_leap(reply->data) : std::nullopt);
  }

  [[nodiscard]] Outcome judge(const std::optional<std::string>& leap) const {
    if (!leap) {
      out << "\bLeap status not available\n" << std::flush;
      return Outcome::Failed;
    }
    const auto value = parse_decimal(*leap);
    if (value && *value == static_cast<int>(Leap::Unsynchronized)) return Outcome::NotYet;
    if (value && *value >= 0 && *value < static_cast<int>(Leap::Unsynchronized)) {
      return Outcome::Synchronized;
    }
    out << "\bUnexpected 'leap' status <" << visible(*leap) << ">\n" << std::flush;
    return Outcome::Failed;
  }
};

}  // namespace

Result<WaitOptions, EarlyExit> parse_wait_options(std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return fail(EarlyExit{line.error().message + "\n", false, 2});
  WaitOptions options;
  for (const CommandLine::Switch& given : line->switches) {
    if (given.letter == 'h') return fail(EarlyExit{std::string(kUsage), true, 0});
    if (given.letter == 'V') return fail(version_of("ntpwait"));
    if (given.letter == 'v') {
      ++options.verbosity;
      continue;
    }
    const auto value = number_of(given, kUsage);
    if (!value) return fail(value.error());
    if (given.letter == 'n') options.tries = *value;
    if (given.letter == 's') options.pause = std::chrono::seconds(std::max(*value, 0));
  }
  return options;
}

int run_wait(const WaitOptions& options, Network& network,
             const std::function<void(Duration)>& sleep, std::ostream& out, std::ostream& err) {
  constexpr std::string_view kSpinner = "*+:.";
  const Waiter waiter{options, network, out, err};
  const MonoTime begin = network.mono();
  waiter.show("Waiting for ntpd to synchronize...  ");
  for (int i = 0; i < options.tries; ++i) {
    const Outcome outcome = waiter.ask();
    if (outcome == Outcome::Failed) return 1;
    if (outcome == Outcome::Synchronized) {
      waiter.show("\bOK! (" + to_fixed(to_seconds(network.mono() - begin), 1) + " seconds)\n");
      return 0;
    }
    waiter.show(std::string("\b") + kSpinner[static_cast<std::size_t>(i) % kSpinner.size()]);
    sleep(options.pause);
  }
  waiter.show("\bNo!\nntpd did not synchronize.\n");
  return 1;
}

}  // namespace ntp::ntpq
