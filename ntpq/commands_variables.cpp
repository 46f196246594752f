// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_variables.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ntpq/cook.h"
#include "ntpq/shell.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

enum class Heading : std::uint8_t { Association, None };

struct ListRequest {
  wire::ControlOpcode opcode = wire::ControlOpcode::ReadVariables;
  StatusKind kind = StatusKind::System;
  std::uint16_t association = 0;
  /// None: those that the server gives by itself.
  std::vector<std::string> names;
  Heading heading = Heading::Association;
};

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

std::vector<std::string> words_from(std::string_view text, std::size_t first) {
  std::vector<std::string> names;
  const auto words = split_words(text);
  for (std::size_t i = first; i < words.size(); ++i) names.emplace_back(words[i]);
  return names;
}

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> items;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    items.push_back(trim(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return items;
}

/// Of words that hold names with commas between them.
std::vector<std::string> single_names(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const std::string& word : words) {
    for (const std::string_view name : split_at_commas(word)) {
      if (!name.empty()) names.emplace_back(name);
    }
  }
  return names;
}

std::vector<std::string> listed_names(const Shell& shell) {
  std::vector<std::string> names;
  for (const auto& [name, value] : shell.user_variables) names.push_back(name);
  return names;
}

std::string nothing_returned(const ListRequest& request) {
  const bool clock = request.kind == StatusKind::Clock;
  if (request.association != 0) {
    return std::string("No information returned for") + (clock ? " clock" : "") + " association " +
           std::to_string(request.association) + "\n";
  }
  // NTPsec: of the system it says nothing.
  return clock ? "No system clock variables returned\n" : "";
}

std::string status_line(const Shell& shell, StatusKind kind, std::uint16_t status) {
  if (shell.raw) return "status=0x" + to_hex(status, 4) + ",\n";
  return "status=" + to_hex(status, 4) + " " + describe_status(kind, status) + ",\n";
}

Record record_of(const ListRequest& request, const Reply& reply, WallTime now) {
  Record record;
  record.kind = request.kind == StatusKind::System ? RecordKind::System
                : request.kind == StatusKind::Peer ? RecordKind::Peer
                                                   : RecordKind::Clock;
  if (request.association != 0) record.association = request.association;
  record.status = reply.status;
  const Variables variables = Variables::parse(reply.data);
  record.variables = fields_of(variables, now);
  add_missing(record.variables, single_names(request.names));
  return record;
}

/// Asks and prints; false, and a message, if there is no reply.
bool show(Shell& shell, const ListRequest& request) {
  const auto reply = shell.session.query(request.opcode, request.association, join(request.names));
  if (!reply) {
    shell.warn(reply.error());
    return false;
  }
  if (Answer* answer = shell.answer()) {
    answer->records.push_back(record_of(request, *reply, shell.network.wall()));
    return true;
  }
  std::string text;
  if (shell.hosts.size() > 1) text += "server=" + shell.session.host() + " ";
  const Variables variables = Variables::parse(reply->data);
  if (variables.empty()) {
    shell.say(text + nothing_returned(request));
    return true;
  }
  if (request.heading == Heading::Association) {
    text += "associd=" + std::to_string(request.association) + " ";
  }
  if (request.names.empty()) text += status_line(shell, request.kind, reply->status);
  CookOptions options;
  options.units = shell.units;
  options.width = shell.console.width;
  options.now = shell.network.wall();
  shell.say(text + (shell.raw ? raw_text(reply->data) : cook(variables, options)));
  return true;
}

StatusKind kind_of(std::uint16_t association) {
  return association == 0 ? StatusKind::System : StatusKind::Peer;
}

/// Shows the associations from the first to the second that `argument` names, ending at the first
/// that fails.
void show_range(Shell& shell, std::string_view argument, const std::vector<std::string>& names) {
  const auto words = split_words(argument);
  if (words.size() < 2) return;
  const auto low = shell.find_association(words[0]);
  const auto high = shell.find_association(words[1]);
  if (!low || !high) return;
  ListRequest request;
  request.kind = StatusKind::Peer;
  request.names = names;
  for (unsigned id = *low; id <= *high; ++id) {
    if (id != *low && !shell.answer()) shell.say("\n");
    request.association = static_cast<std::uint16_t>(id);
    if (!show(shell, request) || shell.output_lost()) return;
  }
}

auto find_user_variable(Shell& shell, std::string_view name) {
  return std::find_if(shell.user_variables.begin(), shell.user_variables.end(),
                      [&](const auto& variable) { return variable.first == name; });
}

}  // namespace

void run_readvar(Shell& shell, std::string_view argument) {
  const auto association = shell.find_association(argument);
  if (!association) return;
  ListRequest request;
  request.kind = kind_of(*association);
  request.association = *association;
  request.names = words_from(argument, 1);
  if (!request.names.empty()) request.heading = Heading::None;
  show(shell, request);
}

void run_readlist(Shell& shell, std::string_view argument) {
  const auto association = shell.find_association(argument);
  if (!association) return;
  ListRequest request;
  request.kind = kind_of(*association);
  request.association = *association;
  request.names = listed_names(shell);
  show(shell, request);
}

void run_mreadvar(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: mreadvar assocIDlow assocIDhigh  [ name=value[,...] ]\n");
    return;
  }
  show_range(shell, argument, words_from(argument, 2));
}

void run_mrv(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: mrv assocIDlow assocIDhigh [name=value[,...]]\n");
    return;
  }
  run_mreadvar(shell, argument);
}

void run_mreadlist(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: mreadlist assocIDlow assocIDhigh\n\n");
    return;
  }
  show_range(shell, argument, listed_names(shell));
}

void run_mrl(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: mrl assocIDlow assocIDhigh\n");
    return;
  }
  run_mreadlist(shell, argument);
}

void run_clockvar(Shell& shell, std::string_view argument) {
  const auto association = shell.find_association(argument);
  if (!association) return;
  if (*association == 0) {
    shell.warn("This command requires the association ID of a clock.\n");
    return;
  }
  ListRequest request;
  request.opcode = wire::ControlOpcode::ReadClock;
  request.kind = StatusKind::Clock;
  request.association = *association;
  request.names = words_from(argument, 1);
  show(shell, request);
}

void run_clocklist(Shell& shell, std::string_view argument) {
  const auto association = shell.find_association(argument);
  if (!association) return;
  ListRequest request;
  request.opcode = wire::ControlOpcode::ReadClock;
  request.kind = StatusKind::Clock;
  request.association = *association;
  request.names = listed_names(shell);
  show(shell, request);
}

void run_addvars(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: addvars name[=value][,...]\n\n");
    return;
  }
  for (const std::string_view item : split_at_commas(argument)) {
    const std::size_t equals = std::min(item.find('='), item.size());
    const std::string name(trim(item.substr(0, equals)));
    const std::string value(equals < item.size() ? trim(item.substr(equals + 1)) : "");
    const auto known = find_user_variable(shell, name);
    if (known == shell.user_variables.end()) {
      shell.user_variables.emplace_back(name, value);
    } else {
      known->second = value;
    }
  }
}

void run_rmvars(Shell& shell, std::string_view argument) {
  if (argument.empty()) {
    shell.warn("usage: rmvars name[,...]\n\n");
    return;
  }
  for (const std::string_view name : split_at_commas(argument)) {
    const auto known = find_user_variable(shell, name);
    if (known == shell.user_variables.end()) {
      shell.warn(visible(name) + " is not in the variable list\n");
    } else {
      shell.user_variables.erase(known);
    }
  }
}

void run_clearvars(Shell& shell, std::string_view) { shell.user_variables.clear(); }

void run_showvars(Shell& shell, std::string_view) {
  std::string text;
  for (const auto& [name, value] : shell.user_variables) {
    text += visible(name) + (value.empty() ? "" : "=" + visible(value)) + "\n";
  }
  shell.say(text.empty() ? "No variables on list.\n" : text);
}

}  // namespace ntp::ntpq
