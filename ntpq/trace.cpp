// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/trace.h"

#include <array>
#include <cstdint>
#include <optional>
#include <ostream>

#include "libntp/wire/packet.h"
#include "ntpq/command_line.h"
#include "ntpq/names.h"
#include "ntpq/session.h"
#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kUsage =
    R"(ntptrace - follow the sources of a host to where time comes from
USAGE: ntptrace [-nV] [-m number] [-r host] [host]
  -m, --max-hosts=NUMBER  show so many hosts at most (99)
  -n, --numeric           show addresses, not names
  -r, --host=HOST         the host to begin with (127.0.0.1)
  -?, --help              print this text
  -V, --version           print the version
)";
constexpr std::array<OptionSet::Long, 6> kNames = {{{"help", '?'},
                                                    {"host", 'r'},
                                                    {"max-hosts", 'm'},
                                                    {"more-help", '?'},
                                                    {"numeric", 'n'},
                                                    {"version", 'V'}}};
constexpr OptionSet kOptions{"m:nr:?V", kNames};
/// Reference clocks have addresses of their own in the classic daemon.
constexpr std::string_view kClocks = "127.127.";

struct Station {
  std::int64_t stratum = 0;
  double offset = 0;         // s
  double sync_distance = 0;  // s
  std::string reference;
  std::uint16_t peer = 0;
};

std::optional<double> milliseconds(const Variables& variables, std::string_view name) {
  constexpr double kPerSecond = 1000;
  const Variable* variable = variables.find(name);
  if (variable == nullptr || !variable->is_number()) return std::nullopt;
  return variable->real / kPerSecond;
}

std::optional<Station> look_at(Session& session) {
  const auto reply = session.query(wire::ControlOpcode::ReadVariables, 0);
  if (!reply) return std::nullopt;
  const Variables variables = Variables::parse(reply->data);
  const Variable* stratum = variables.find("stratum");
  const auto offset = milliseconds(variables, "offset");
  const auto dispersion = milliseconds(variables, "rootdisp");
  const auto delay = milliseconds(variables, "rootdelay");
  if (stratum == nullptr || !stratum->is_integer() || !offset || !dispersion || !delay) {
    return std::nullopt;
  }
  Station station{stratum->integer, *offset, *dispersion + *delay / 2, "", 0};
  if (const Variable* reference = variables.find("refid")) station.reference = reference->text;
  if (const Variable* peer = variables.find("peer"); peer != nullptr && peer->is_integer()) {
    station.peer = static_cast<std::uint16_t>(peer->integer);
  }
  return station;
}

std::string line_of(const std::string& name, const Station& station) {
  std::string line = name + ": stratum " + std::to_string(station.stratum) + ", offset " +
                     to_fixed(station.offset, 6) + ", synch distance " +
                     to_fixed(station.sync_distance, 6);
  if (station.stratum == 1) line += ", refid '" + visible(station.reference) + "'";
  return line + "\n";
}

/// Nothing if time comes from there, or if there is no telling.
std::optional<std::string> next_host(Session& session, const Station& station) {
  const bool root = station.stratum <= 1 || station.stratum >= wire::kStratumUnsynchronized;
  if (root || station.peer == 0 || station.reference.starts_with(kClocks)) return std::nullopt;
  const auto reply = session.query(wire::ControlOpcode::ReadVariables, station.peer, "srcadr");
  if (!reply) return std::nullopt;
  const Variables variables = Variables::parse(reply->data);
  const Variable* address = variables.find("srcadr");
  // Only addresses: a name would be the server's to choose.
  if (address == nullptr || address->text.starts_with(kClocks) || !parse_address(address->text)) {
    return std::nullopt;
  }
  return address->text;
}

}  // namespace

Result<TraceOptions, EarlyExit> parse_trace_options(std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return fail(EarlyExit{line.error().message + "\n", false, 1});
  TraceOptions options;
  for (const CommandLine::Switch& given : line->switches) {
    if (given.letter == '?') return fail(EarlyExit{std::string(kUsage), false, 0});
    if (given.letter == 'V') return fail(version_of("ntptrace"));
    if (given.letter == 'n') options.numeric = true;
    if (given.letter == 'r') options.host = given.value;
    if (given.letter != 'm') continue;
    const auto value = number_of(given, kUsage);
    if (!value) return fail(value.error());
    if (*value > 0) options.most_hosts = *value;
  }
  if (!line->words.empty()) options.host = line->words.front();
  return options;
}

void run_trace(const TraceOptions& options, Network& network, std::ostream& out) {
  Session session(network, [](int, std::string_view) {});
  Names names(network);
  std::optional<std::string> host = options.host;
  for (int shown = 0; host && shown < options.most_hosts; ++shown) {
    if (!session.open(*host, Family::Any)) return;
    const auto station = look_at(session);
    if (!station) return;
    const std::string name = options.numeric ? visible(*host) : names.canonical(*host);
    out << line_of(name, *station) << std::flush;
    host = next_host(session, *station);
  }
}

}  // namespace ntp::ntpq
