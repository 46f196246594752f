// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_peers.h"

#include <algorithm>
#include <string>

#include "ntpq/peers_table.h"
#include "ntpq/shell.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

/// The width of the column with the server's name, 0 if only one was given.
std::size_t host_column(const Shell& shell) {
  if (shell.hosts.size() < 2) return 0;
  std::size_t longest = 0;
  for (const std::string& host : shell.hosts) longest = std::max(longest, host.size());
  return longest + 1;
}

PeersTable make_table(Shell& shell, PeersForm form) {
  PeersOptions options;
  options.form = form;
  options.wide = shell.wide;
  options.units = shell.units;
  options.width = shell.table_width;
  if (shell.names) {
    options.name_of = [&shell](const std::string& address) { return shell.name_of(address); };
  }
  return PeersTable(options);
}

/// All forms of the table come to the same records.
void give_peers(Shell& shell, Answer& answer) {
  for (const Association& each : shell.associations) {
    const auto reply = shell.session.query(wire::ControlOpcode::ReadVariables, each.id);
    if (!reply) {
      shell.warn(reply.error());
      return;
    }
    const Variables variables = Variables::parse(reply->data);
    answer.records.push_back({RecordKind::Peer, each.id, reply->status, shell.peer_name(variables),
                              fields_of(variables, shell.network.wall())});
  }
}

void show_table(Shell& shell, PeersForm form) {
  if (!shell.load_associations()) return;
  if (Answer* answer = shell.answer()) {
    give_peers(shell, *answer);
    return;
  }
  const PeersTable table = make_table(shell, form);
  const std::size_t column = host_column(shell);
  if (column > 0) shell.say(pad_right("server", column));
  shell.say(table.header() + "\n" + std::string(column + table.width(), '=') + "\n");
  for (const Association& each : shell.associations) {
    const auto reply = shell.session.query(wire::ControlOpcode::ReadVariables, each.id);
    if (!reply) {
      shell.warn(reply.error());
      return;
    }
    const Variables variables = Variables::parse(reply->data);
    if (variables.empty()) {
      shell.warn("***No information returned for association " + std::to_string(each.id) + "\n");
      continue;
    }
    const std::string front = column > 0 ? pad_right(shell.session.host(), column) : "";
    shell.say(front + table.row(each.id, reply->status, variables, shell.network.wall()));
    if (shell.output_lost()) return;
  }
}

std::string association_row(std::size_t number, const Association& association) {
  const PeerStatus status = describe_peer(association.status);
  return pad_left(std::to_string(number), 3) + " " + pad_left(std::to_string(association.id), 5) +
         "  " + to_hex(association.status, 4) + "   " + pad_left(status.configured, 3) + "  " +
         pad_left(status.reach, 4) + "  " + pad_left(status.authentication, 4) + " " +
         pad_left(status.condition, 9) + " " + pad_left(status.last_event, 11) + " " +
         pad_left(std::to_string(status.event_count), 2) + "\n";
}

}  // namespace

void run_peers(Shell& shell, std::string_view) { show_table(shell, PeersForm::Peers); }
void run_apeers(Shell& shell, std::string_view) { show_table(shell, PeersForm::Apeers); }
void run_opeers(Shell& shell, std::string_view) { show_table(shell, PeersForm::Opeers); }
void run_rpeers(Shell& shell, std::string_view) { show_table(shell, PeersForm::Rpeers); }

void run_associations(Shell& shell, std::string_view argument) {
  if (shell.load_associations()) run_passociations(shell, argument);
}

void run_passociations(Shell& shell, std::string_view) {
  if (Answer* answer = shell.answer()) {
    for (const Association& each : shell.associations) {
      answer->records.push_back({RecordKind::Peer, each.id, each.status});
    }
    return;
  }
  if (shell.associations.empty()) {
    shell.say("No association IDs in list\n");
    return;
  }
  std::string text =
      "\nind assid status  conf reach auth condition  last_event cnt\n"
      "===========================================================\n";
  std::size_t number = 0;
  for (const Association& each : shell.associations) text += association_row(++number, each);
  shell.say(text);
}

}  // namespace ntp::ntpq
