// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_why.h"

#include <optional>
#include <string>
#include <vector>

#include "ntpq/diagnosis.h"
#include "ntpq/shell.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

constexpr std::string_view kSystemExtras = "minsane,maxdist,clockstate";
constexpr std::string_view kPeerCounters = "received,sent,timer,selbroken";
constexpr std::string_view kPeerExtras =
    "srcname,noselect,restricted,dnserror,senderror,ntserror,kisscode";

/// Asks for all that the diagnosis goes by. What a daemon does not know it is not asked for twice.
class Inquiry {
 public:
  explicit Inquiry(Shell& shell) : shell_(shell) {}

  /// The variables of the default set and those of both lists of names that the daemon knows; none
  /// if it does not answer, and then error() says why.
  std::optional<Reply> read(std::uint16_t association, std::string_view counters,
                            std::string_view extras) {
    auto reply = query(association, {});
    if (!reply) return std::nullopt;
    Reply all = *std::move(reply);
    if (!add(all, association, counters, knows_counters_)) return std::nullopt;
    if (!add(all, association, extras, knows_extras_)) return std::nullopt;
    return all;
  }

  /// What the driver of a reference clock says; none if it is not told. False if the daemon does
  /// not answer, and then error() says why.
  bool read_clock(std::uint16_t association, std::optional<ClockFacts>& clock) {
    const auto reply = shell_.session.query(wire::ControlOpcode::ReadClock, association);
    if (reply) {
      clock = {reply->status, Variables::parse(reply->data)};
      return true;
    }
    error_ = reply.error();
    return error_.reason == QueryError::Reason::Refused;
  }

  [[nodiscard]] const QueryError& error() const { return error_; }

 private:
  Result<Reply, QueryError> query(std::uint16_t association, std::string_view names) {
    auto reply = shell_.session.query(wire::ControlOpcode::ReadVariables, association, names);
    if (!reply) error_ = reply.error();
    return reply;
  }

  bool add(Reply& all, std::uint16_t association, std::string_view names, bool& known) {
    if (!known || names.empty()) return true;
    const auto reply = query(association, names);
    if (reply) {
      all.data += "," + reply->data;
      return true;
    }
    known = !error_.is_unknown_variable();
    return !known;
  }

  Shell& shell_;
  bool knows_counters_ = true;
  bool knows_extras_ = true;
  QueryError error_{QueryError::Reason::NoHost};
};

struct Diagnosis {
  SystemFacts system;
  std::vector<Cause> waits_for;
  std::vector<SourceFacts> sources;
  std::vector<SourceVerdict> verdicts;
};

/// Nothing, and a message, if the daemon does not answer.
std::optional<Diagnosis> diagnose(Shell& shell) {
  Inquiry inquiry(shell);
  Diagnosis diagnosis;
  const auto system = inquiry.read(0, {}, kSystemExtras);
  if (!system) {
    shell.warn(inquiry.error());
    return std::nullopt;
  }
  diagnosis.system = {system->status, Variables::parse(system->data)};
  if (!shell.fetch_associations()) return std::nullopt;
  for (const Association& each : shell.associations) {
    constexpr unsigned kBadAssociation = 4;
    const auto peer = inquiry.read(each.id, kPeerCounters, kPeerExtras);
    if (peer) {
      SourceFacts source{each.id, peer->status, Variables::parse(peer->data)};
      if (source.is_clock() && !inquiry.read_clock(each.id, source.clock)) {
        shell.warn(inquiry.error());
        return std::nullopt;
      }
      diagnosis.sources.push_back(std::move(source));
      diagnosis.verdicts.push_back(judge_source(diagnosis.sources.back(), diagnosis.system));
      continue;
    }
    const QueryError& error = inquiry.error();
    const bool gone =
        error.reason == QueryError::Reason::Refused && error.detail == kBadAssociation;
    if (gone) continue;
    shell.warn(error);
    return std::nullopt;
  }
  diagnosis.waits_for = judge_system(diagnosis.system, diagnosis.verdicts);
  return diagnosis;
}

void give(Shell& shell, const Diagnosis& diagnosis, Answer& answer) {
  const WallTime now = shell.network.wall();
  Record system;
  system.kind = RecordKind::System;
  system.status = diagnosis.system.status;
  system.variables = fields_of(diagnosis.system.variables, now);
  system.causes = diagnosis.waits_for;
  answer.records.push_back(std::move(system));
  for (std::size_t i = 0; i < diagnosis.sources.size(); ++i) {
    const SourceFacts& source = diagnosis.sources[i];
    const SourceVerdict& verdict = diagnosis.verdicts[i];
    answer.records.push_back({RecordKind::Peer, source.association, source.status,
                              shell.peer_name(source.variables), fields_of(source.variables, now),
                              verdict.used, verdict.causes});
    if (!source.clock) continue;
    Record clock;
    clock.kind = RecordKind::Clock;
    clock.association = source.association;
    clock.status = source.clock->status;
    clock.variables = fields_of(source.clock->variables, now);
    answer.records.push_back(std::move(clock));
  }
}

std::string lines_of(const std::vector<Cause>& causes) {
  std::string text;
  for (const Cause& cause : causes) text += "    " + cause.text + "\n";
  return text;
}

std::string title_of(Shell& shell, const SourceFacts& source) {
  std::string name = shell.peer_name(source.variables);
  if (!name.empty()) return name;
  const Variable* address = source.variables.find("srcadr");
  return address != nullptr ? visible(address->text)
                            : "association " + std::to_string(source.association);
}

}  // namespace

void run_why(Shell& shell, std::string_view) {
  const auto diagnosis = diagnose(shell);
  if (!diagnosis) return;
  if (Answer* answer = shell.answer()) {
    give(shell, *diagnosis, *answer);
    return;
  }
  std::string text;
  if (shell.hosts.size() > 1) text += "server=" + shell.session.host() + "\n";
  const auto& waits = diagnosis->waits_for;
  text += std::string("The clock is ") +
          (is_synchronized(diagnosis->system) ? "synchronized" : "not synchronized") +
          (waits.empty() ? ".\n" : ":\n") + lines_of(waits);
  for (std::size_t i = 0; i < diagnosis->sources.size(); ++i) {
    const SourceFacts& source = diagnosis->sources[i];
    const SourceVerdict& verdict = diagnosis->verdicts[i];
    text += std::string(1, tally(source.status)) + title_of(shell, source) +
            (verdict.used ? ": used\n" : ": not used:\n") + lines_of(verdict.causes);
  }
  shell.say(text);
}

}  // namespace ntp::ntpq
