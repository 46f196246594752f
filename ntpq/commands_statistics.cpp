// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "ntpq/date.h"
#include "ntpq/legends.h"
#include "ntpq/number.h"
#include "ntpq/shell.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"
#include "ntpq/units.h"

namespace ntp::ntpq {
namespace {

constexpr std::size_t kWidth = 13;
constexpr std::array<std::string_view, 9> kModes = {"unspec",  "sym_active", "sym_passive",
                                                    "client",  "server",     "broadcast",
                                                    "control", "private",    "bclient"};

/// What a set of variables came to.
struct Collected {
  std::uint16_t status = 0;
  Variables variables;
  /// As it came; with one request for each name that of the last.
  std::string text;
};

/// Asks for the names at once, or one by one if the server does not know all of them. Nothing, and
/// a message, if there is no reply.
std::optional<Collected> ask(Shell& shell, std::uint16_t association,
                             const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  const auto query = [&](const std::string& data) {
    return shell.session.query(wire::ControlOpcode::ReadVariables, association, data);
  };
  const auto reply = query(list);
  if (reply) return Collected{reply->status, Variables::parse(reply->data), reply->data};
  if (!reply.error().is_unknown_variable()) {
    shell.warn(reply.error());
    return std::nullopt;
  }
  if (!shell.answer()) shell.warn("Unknown variable.  Trying one at a time.\n");
  Collected answer;
  // NTPsec: if no variable is known that of the reply before.
  answer.status = shell.session.last_status();
  std::string all;
  for (const std::string& name : names) {
    const auto single = query(name);
    if (single) {
      answer.status = single->status;
      answer.text = single->data;
      all += (all.empty() ? "" : ",") + single->data;
    } else if (single.error().is_unknown_variable()) {
      answer.text.clear();
    } else {
      shell.warn(single.error());
      return std::nullopt;
    }
  }
  answer.variables = Variables::parse(all);
  return answer;
}

/// `hh:mm:ss`, with days before it from one day on.
std::string uptime(std::int64_t seconds) {
  constexpr std::int64_t kDay = 86400;
  const auto two = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  // NTPsec: a negative span counts from the day before.
  const std::int64_t of_day = (seconds % kDay + kDay) % kDay;
  return (seconds >= kDay ? std::to_string(seconds / kDay) + "D " : "") + two(of_day / 3600) + ":" +
         two(of_day % 3600 / 60) + ":" + two(of_day % 60);
}

struct Rate {
  std::string number;
  std::string unit;
};

/// Packets a second, or seconds a packet, rounded; nothing without packets or seconds.
Rate rate_of(const Variable* packets, std::optional<std::int64_t> seconds) {
  if (packets == nullptr || !packets->is_integer() || packets->integer == 0 || !seconds) return {};
  const auto count = static_cast<double>(packets->integer);
  const auto span = static_cast<double>(*seconds);
  const bool many = count > span;
  if (many && span == 0) return {};
  // Halves go to the even neighbour, as Python rounds.
  return {shortest(std::nearbyint(many ? count / span : span / count)), many ? "p/s" : "s/p"};
}

std::string rate_column(const Rate& rate) {
  return pad_left(rate.number, 10) + pad_right(rate.unit, 3);
}

std::string plain(const Variable& variable) {
  if (variable.kind == Variable::Kind::Integer) return std::to_string(variable.integer);
  if (variable.kind == Variable::Kind::Real) return shortest(variable.real);
  return visible(variable.text);
}

/// The address with its port, if it has one, as a name.
std::string named(Shell& shell, const std::string& text) {
  if (!shell.names) return visible(text);
  if (parse_address(text)) return shell.name_of(text);
  const std::size_t colon = std::min(text.rfind(':'), text.size());
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (!parse_address(host)) return shell.name_of(text);
  return shell.name_of(host) + visible(text.substr(colon));
}

/// One set on its way to the screen; an uptime holds for the packets that follow it.
class Table {
 public:
  Table(Shell& shell, const Variables& variables) : shell_(shell), variables_(variables) {}

  std::string line(const Legend& legend) {
    const Variable* variable = variables_.find(legend.variable);
    const std::string front(legend.text);
    if (variable == nullptr) {
      const bool rated = legend.shape == Shape::Packets;
      return front + " " + pad_left(unknown(legend.shape), kWidth) +
             (rated ? " " + rate_column({}) : "") + "\n";
    }
    switch (legend.shape) {
      case Shape::Mode:
        return front + "  " + mode(*variable) + "\n";
      case Shape::Packets:
        return front + " " + pad_left(plain(*variable), kWidth) + " " +
               rate_column(rate_of(variable, seconds_)) + "\n";
      case Shape::Text:
        if (variable->text.empty()) return "";
        break;
      case Shape::Uptime:
        seconds_ = whole(*variable);
        break;
      default:
        break;
    }
    return front + " " + pad_left(value(legend, *variable), kWidth) + "\n";
  }

  /// With the twin's value beside it.
  std::string double_line(const Legend& legend) {
    const Variable* variable = variables_.find(legend.variable);
    const Variable* twin = variables_.find(std::string(legend.variable) + "_r");
    const auto both = [&](const std::string& first, const std::string& second) {
      return std::string(legend.text) + " " + pad_left(first, kWidth) + " " +
             pad_left(second, kWidth);
    };
    const auto shown = [&](const Variable* one) {
      if (one == nullptr) return unknown(legend.shape);
      return legend.shape == Shape::Uptime ? value(legend, *one) : plain(*one);
    };
    if (legend.shape == Shape::Uptime) {
      seconds_ = variable != nullptr ? whole(*variable) : std::nullopt;
      twin_seconds_ = twin != nullptr ? whole(*twin) : std::nullopt;
      return both(shown(variable), shown(twin)) + "\n";
    }
    return both(shown(variable), shown(twin)) + " " + rate_column(rate_of(variable, seconds_)) +
           " " + rate_column(rate_of(twin, twin_seconds_)) + "\n";
  }

 private:
  static std::optional<std::int64_t> whole(const Variable& variable) {
    constexpr double kMost = 9e15;
    if (variable.is_integer()) return variable.integer;
    if (!variable.is_number() || !(std::abs(variable.real) < kMost)) return std::nullopt;
    return static_cast<std::int64_t>(variable.real);
  }

  /// NTPsec: what its forms make of a question mark.
  std::string unknown(Shape shape) const {
    if (shape == Shape::Uptime || shape == Shape::Packets) return "???";
    return shape == Shape::Address && shell_.names ? "DNSFAIL:?" : "?";
  }

  static std::string mode(const Variable& variable) {
    const bool known = variable.is_integer() && variable.integer >= 0 &&
                       variable.integer < static_cast<std::int64_t>(kModes.size());
    return known ? std::string(kModes[static_cast<std::size_t>(variable.integer)])
                 : visible(variable.text);
  }

  std::string value(const Legend& legend, const Variable& variable) {
    switch (legend.shape) {
      case Shape::Address:
        return named(shell_, variable.text);
      case Shape::Time: {
        const auto stamp = parse_timestamp(variable.text);
        return stamp ? pretty_date(*stamp, shell_.network.wall()) : visible(variable.text);
      }
      case Shape::Leap: {
        constexpr std::array<std::string_view, 4> kLeaps = {"00", "01", "10", "11"};
        if (!variable.is_integer() || variable.integer < 0 || variable.integer > 3) break;
        return std::string(kLeaps[static_cast<std::size_t>(variable.integer)]);
      }
      case Shape::Uptime: {
        const auto seconds = whole(variable);
        return seconds ? uptime(*seconds) : "???";
      }
      case Shape::Text:
        return visible(variable.text);
      default:
        break;
    }
    if (!shell_.units || !variable.is_number()) return plain(variable);
    const auto unit = unit_of(variable.name);
    // NTPsec: rounded as in the tables of peers.
    constexpr std::size_t kFitted = 8;
    return unit ? std::string(trim(with_unit(variable.text, *unit, kFitted)))
                : visible(variable.text);
  }

  Shell& shell_;
  const Variables& variables_;
  std::optional<std::int64_t> seconds_;
  std::optional<std::int64_t> twin_seconds_;
};

std::vector<std::string> names_of(std::span<const Legend> legends) {
  std::vector<std::string> names;
  for (const Legend& legend : legends) names.emplace_back(legend.variable);
  return names;
}

/// With --json: adds to the record of the system or the association. False without it.
bool give(Shell& shell, std::uint16_t association, const Collected& answer,
          const std::vector<std::string>& names) {
  Answer* given = shell.answer();
  if (given == nullptr) return false;
  if (given->records.empty()) {
    Record& record = given->records.emplace_back();
    record.kind = association == 0 ? RecordKind::System : RecordKind::Peer;
    if (association != 0) record.association = association;
    record.status = answer.status;
  }
  auto fields = fields_of(answer.variables, shell.network.wall());
  add_missing(fields, names);
  auto& all = given->records.back().variables;
  all.insert(all.end(), fields.begin(), fields.end());
  return true;
}

void show(Shell& shell, std::span<const Legend> legends, std::uint16_t association = 0,
          std::optional<StatusKind> status = std::nullopt) {
  const auto answer = ask(shell, association, names_of(legends));
  if (!answer) return;
  if (give(shell, association, *answer, names_of(legends))) return;
  if (shell.raw) {
    shell.say(raw_lines(answer->text));
    return;
  }
  std::string text;
  if (status) {
    text += "associd=" + std::to_string(association) + " status=" + to_hex(answer->status, 4) +
            " " + describe_status(*status, answer->status) + ",\n";
  }
  Table table(shell, answer->variables);
  for (const Legend& legend : legends) text += table.line(legend);
  shell.say(text);
}

void show_doubles(Shell& shell, std::span<const Legend> legends) {
  std::vector<std::string> names = names_of(legends);
  for (const Legend& legend : legends) names.push_back(std::string(legend.variable) + "_r");
  const auto answer = ask(shell, 0, names);
  if (!answer) return;
  if (give(shell, 0, *answer, names)) return;
  if (shell.raw) {
    shell.say(raw_lines(answer->text));
    return;
  }
  std::string text;
  Table table(shell, answer->variables);
  for (const Legend& legend : legends) text += table.double_line(legend);
  shell.say(text);
}

}  // namespace

void run_authinfo(Shell& shell, std::string_view) { show(shell, authinfo_legends()); }
void run_iostats(Shell& shell, std::string_view) { show(shell, iostats_legends()); }
void run_kerninfo(Shell& shell, std::string_view) {
  show(shell, kerninfo_legends(), 0, StatusKind::System);
}
void run_monstats(Shell& shell, std::string_view) { show(shell, monstats_legends()); }
void run_mssntpinfo(Shell& shell, std::string_view) { show(shell, mssntpinfo_legends()); }
void run_timerstats(Shell& shell, std::string_view) { show(shell, timerstats_legends()); }

void run_ntsinfo(Shell& shell, std::string_view) {
  show(shell, ntsinfo_legends());
  show(shell, ntskeinfo_legends());
}

void run_sysinfo(Shell& shell, std::string_view) {
  show(shell, sysinfo_legends(), 0, StatusKind::System);
}

void run_sysstats(Shell& shell, std::string_view) {
  show(shell, sysstats_head_legends());
  show_doubles(shell, sysstats_legends());
}

void run_pstats(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: pstats assocID\n");
    return;
  }
  const auto association = shell.find_association(argument);
  if (!association) return;
  show(shell, pstats_legends(), *association,
       *association == 0 ? StatusKind::System : StatusKind::Peer);
}

}  // namespace ntp::ntpq
