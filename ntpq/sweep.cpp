// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/sweep.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ostream>
#include <set>

#include "ntpq/command_line.h"
#include "ntpq/names.h"
#include "ntpq/session.h"
#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kUsage = R"(ntpsweep - a table of NTP hosts
USAGE: ntpsweep [-pV] [-h host] [-l host,host] [-m level] [-s text] [hostfile]
  -h, --host=HOST            the host to ask (localhost)
  -l, --host-list=HOST,HOST  the hosts to ask
  -p, --peers                ask the sources of each host too
  -m, --maxlevel=LEVEL       how far to go from source to source (1; 0: without end)
  -s, --strip=TEXT           leave this text out of names
  -?, --help                 print this text
  -V, --version              print the version
)";
constexpr std::array<OptionSet::Long, 7> kNames = {{{"host", 'h'},
                                                    {"host-list", 'l'},
                                                    {"maxlevel", 'm'},
                                                    {"peers", 'p'},
                                                    {"strip", 's'},
                                                    {"help", '?'},
                                                    {"version", 'V'}}};
constexpr OptionSet kOptions{"h:l:m:ps:?V", kNames};
constexpr std::size_t kNameWidth = 32;
constexpr std::string_view kHeader =
    "Host                             st offset(s) version     system       processor\n"
    "--------------------------------+--+---------+-----------+------------+---------\n";
/// Of what does not answer.
constexpr const char* kUnknown = " ?";
/// Whoever has more sources than that leads on for ever.
constexpr std::size_t kMostHosts = 4096;

std::string without(std::string text, std::string_view part, std::string_view instead = "") {
  if (part.empty()) return text;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += instead.size()) {
    text.replace(at, part.size(), instead);
  }
  return text;
}

std::string text_of(const Variables& variables, std::string_view name) {
  const Variable* variable = variables.find(name);
  return variable == nullptr ? "" : visible(variable->text);
}

/// The columns behind the name. NTPsec: the offset is in milliseconds, whatever the header says.
std::string columns(const Variables& variables) {
  constexpr std::size_t kVersionWidth = 11;
  constexpr std::size_t kSystemWidth = 12;
  constexpr std::size_t kProcessorWidth = 9;
  const Variable* stratum = variables.find("stratum");
  const Variable* offset = variables.find("offset");
  // Stratum 0 stands for none.
  if (stratum == nullptr || !stratum->is_integer() || stratum->integer == 0) return kUnknown;
  std::string version = text_of(variables, "version");
  for (const std::string_view part : {"version=", "ntpd ", "(", ")"}) {
    version = without(version, part);
  }
  const std::string system = without(text_of(variables, "system"), "UNIX/");
  const std::string processor = without(text_of(variables, "processor"), "unknown");
  const double value = offset != nullptr && offset->is_number() ? offset->real : 0;
  return pad_left(std::to_string(stratum->integer), 2) + " " + pad_left(to_fixed(value, 3), 9) +
         " " + pad_right(version.substr(0, kVersionWidth), kVersionWidth) + " " +
         pad_right(system.substr(0, kSystemWidth), kSystemWidth) + " " +
         processor.substr(0, kProcessorWidth);
}

class Sweep {
 public:
  Sweep(const SweepOptions& options, Network& network, std::ostream& out, std::ostream& err)
      : options_(options),
        network_(network),
        names_(network),
        session_(network, [](int, std::string_view) {}),
        out_(out),
        err_(err) {}

  void scan(const std::string& host, int level) {
    const bool known = known_.contains(host);
    if (!known && known_.size() >= kMostHosts) return;
    const Known& found = known ? known_.at(host) : ask(host);
    std::string name = shown(names_.canonical(host), level);
    if (options_.recurse && found.sources) {
      name += " (" + std::to_string(found.sources->size()) + ")";
    }
    print(name, " " + found.columns);
    if (!options_.recurse || !found.sources || out_.fail() || network_.interrupted()) return;
    if (options_.most_levels != 0 && level >= options_.most_levels) return;
    way_.insert(host);
    for (const std::string& source : *found.sources) {
      if (way_.contains(source)) {
        print(shown("= " + source, level + 1), "");
      } else if (parse_address(source) && !source.starts_with("127")) {
        scan(source, level + 1);
      }
    }
  }

 private:
  struct Known {
    std::string columns = kUnknown;
    /// Their addresses or, without one, their names.
    std::optional<std::vector<std::string>> sources;
  };

  const Known& ask(const std::string& host) {
    Known& found = known_[host];
    if (const auto opened = session_.open(host, Family::Any); !opened) {
      err_ << opened.error().message;
      return found;
    }
    const auto reply = session_.query(wire::ControlOpcode::ReadVariables, 0);
    if (!reply) {
      err_ << trim(reply.error().message()) << "\n";
      return found;
    }
    const Variables variables = Variables::parse(reply->data);
    found.columns = columns(variables);
    if (options_.recurse && found.columns != kUnknown) found.sources = ask_for_sources();
    return found;
  }

  std::vector<std::string> ask_for_sources() {
    std::vector<std::string> sources;
    const auto list = session_.query(wire::ControlOpcode::ReadStatus, 0);
    if (!list) return sources;
    ByteReader reader(as_bytes(list->data));
    while (reader.remaining() >= 4) {
      const std::uint16_t association = reader.u16();
      reader.skip(2);
      const auto reply = session_.query(wire::ControlOpcode::ReadVariables, association);
      if (!reply) break;
      const Variables variables = Variables::parse(reply->data);
      const std::string address = text_of(variables, "srcadr");
      const auto parsed = parse_address(address);
      const bool addressed = parsed && !parsed->is_wildcard();
      sources.push_back(addressed ? address : text_of(variables, "srchost"));
    }
    return sources;
  }

  std::string shown(const std::string& name, int level) const {
    return without(std::string(static_cast<std::size_t>(level), ' ') + name, options_.strip);
  }

  void print(const std::string& name, const std::string& rest) {
    out_ << pad_right(name.substr(0, kNameWidth), kNameWidth) << rest << "\n" << std::flush;
  }

  const SweepOptions& options_;
  Network& network_;
  Names names_;
  Session session_;
  std::ostream& out_;
  std::ostream& err_;
  std::map<std::string, Known> known_;
  /// Hosts whose sources were looked at: what leads back to one of them is a loop.
  std::set<std::string> way_;
};

void split(std::string_view text, char at, std::vector<std::string>& into) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (const auto part = trim(text.substr(0, end)); !part.empty()) into.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Result<SweepOptions, EarlyExit> parse_sweep_options(std::span<const std::string> arguments) {
  const auto line = read_command_line(arguments, kOptions);
  if (!line) return fail(EarlyExit{line.error().message + "\n", false, 1});
  SweepOptions options;
  for (const CommandLine::Switch& given : line->switches) {
    if (given.letter == '?') return fail(EarlyExit{std::string(kUsage), false, 0});
    if (given.letter == 'V') return fail(version_of("ntpsweep"));
    if (given.letter == 'p') options.recurse = true;
    if (given.letter == 's') options.strip = given.value;
    if (given.letter == 'h') options.hosts = {given.value};
    if (given.letter == 'l') {
      options.hosts.clear();
      split(given.value, ',', options.hosts);
    }
    if (given.letter != 'm') continue;
    const auto value = number_of(given, kUsage);
    if (!value) return fail(value.error());
    options.most_levels = *value;
  }
  if (!line->words.empty()) options.host_file = line->words.front();
  return options;
}

int run_sweep(const SweepOptions& options, Network& network, std::ostream& out, std::ostream& err) {
  std::vector<std::string> hosts = options.hosts;
  if (!options.host_file.empty()) {
    const auto text = network.read_file(options.host_file);
    if (!text) {
      err << "Host file not found.\n";
      return 1;
    }
    split(*text, '\n', hosts);
  }
  if (hosts.empty()) hosts.emplace_back("localhost");
  out << kHeader << std::flush;
  Sweep sweep(options, network, out, err);
  for (const std::string& host : hosts) sweep.scan(host, 0);
  return 0;
}

}  // namespace ntp::ntpq
