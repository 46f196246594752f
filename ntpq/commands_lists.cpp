// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_lists.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <string>

#include "libntp/core/address.h"
#include "ntpq/number.h"
#include "ntpq/shell.h"
#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {
namespace {

/// What a daemon says of lines that it has taken.
constexpr std::string_view kConfigured = "Config Succeeded";
/// The code of an error for all else that it says.
constexpr std::string_view kRejected = "rejected";

/// The items of one entry by the part of their names before the dot.
using Entry = std::map<std::string, Variable, std::less<>>;

/// The entries of a list by their number; items with other names are padding.
std::map<std::int64_t, Entry> entries_of(std::string_view reply) {
  std::map<std::int64_t, Entry> entries;
  for (const Variable& item : Variables::parse(reply)) {
    const std::size_t dot = item.name.find('.');
    if (dot == std::string::npos) continue;
    const auto number = parse_decimal(std::string_view(item.name).substr(dot + 1));
    if (number && *number >= 0) entries[*number].insert_or_assign(item.name.substr(0, dot), item);
  }
  return entries;
}

std::string text_of(const Entry& entry, std::string_view name, const std::string& missing = "?") {
  const auto found = entry.find(name);
  return found == entry.end() ? missing : found->second.text;
}

/// NTPsec: lines with other characters than these are left out.
bool is_clean(std::string_view lines) {
  return std::all_of(lines.begin(), lines.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("/.:[] %\n").find(c) != std::string_view::npos;
  });
}

int bits_of(const Address& mask) {
  int bits = 0;
  for (const std::uint8_t octet : mask.bytes()) bits += std::popcount(octet);
  return bits;
}

/// Empty if the entry is damaged, as NTPsec leaves those out.
std::string restriction_lines(const Entry& entry) {
  const auto mask = parse_address(text_of(entry, "mask"));
  const std::string address = text_of(entry, "addr", "");
  if (address.empty() || !mask) return {};
  std::string lines = pad_left(text_of(entry, "hits"), 10) + " " + address + "/" +
                      std::to_string(bits_of(*mask)) + "\n           " + text_of(entry, "flags") +
                      "\n";
  return is_clean(lines) ? lines : std::string();
}

/// The number of an entry, right-aligned; `?` alone if it is missing. Nothing if it is none.
std::optional<std::string> column(const Entry& entry, std::string_view name, std::size_t width,
                                  bool hexadecimal = false) {
  const auto found = entry.find(name);
  if (found == entry.end()) return "?";
  const Variable& value = found->second;
  if (!value.is_integer()) return std::nullopt;
  const bool shown_in_hex = hexadecimal && value.integer >= 0;
  return pad_left(shown_in_hex ? to_hex(static_cast<std::uint64_t>(value.integer), 1)
                               : std::to_string(value.integer),
                  width);
}

std::string interface_lines(std::size_t number, const Entry& entry) {
  constexpr std::size_t kNameWidth = 24;
  const std::string name = entry.contains("name")
                               ? pad_right(text_of(entry, "name").substr(0, kNameWidth), kNameWidth)
                               : "?";
  const auto enabled = entry.find("en");
  const bool on =
      enabled != entry.end() && enabled->second.is_integer() && enabled->second.integer != 0;
  std::string lines = pad_left(std::to_string(number), 3) + " " + name + (on ? " ." : " D");
  const auto flags = column(entry, "flags", 4, true);
  const auto received = column(entry, "rx", 6);
  const auto sent = column(entry, "tx", 6);
  const auto failed = column(entry, "txerr", 6);
  const auto peers = column(entry, "pc", 5);
  const auto up = column(entry, "up", 8);
  for (const auto& each : {flags, received, sent, failed, peers, up}) {
    if (!each) return {};
    lines += " " + *each;
  }
  lines += "\n    " + text_of(entry, "addr") + "\n";
  const std::string broadcast = text_of(entry, "bcast", "");
  if (!broadcast.empty()) lines += "    " + broadcast + "\n";
  return is_clean(lines) ? lines : std::string();
}

/// Text of an entry, or nothing if it has none.
Value text_value(const Entry& entry, std::string_view name) {
  const std::string text = text_of(entry, name, "");
  return text.empty() ? Value() : Value(visible(text));
}

Value count_value(const Entry& entry, std::string_view name) {
  const auto found = entry.find(name);
  if (found == entry.end() || !found->second.is_integer()) return {};
  return found->second.integer;
}

/// NTPsec: its daemons send some of them damaged, and then none is known.
Value flag_words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : split_words(text)) {
    const bool whole = std::all_of(word.begin(), word.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    if (!whole) return {};
    words.emplace_back(word);
  }
  return words;
}

Record restriction_record(const Entry& entry) {
  Record record;
  record.kind = RecordKind::Restriction;
  const auto mask = parse_address(text_of(entry, "mask"));
  record.variables = {{"address", text_value(entry, "addr")},
                      {"mask", text_value(entry, "mask")},
                      {"prefix", mask ? Value(std::int64_t{bits_of(*mask)}) : Value()},
                      {"hits", count_value(entry, "hits")},
                      {"flags", flag_words(text_of(entry, "flags", ""))}};
  return record;
}

Record interface_record(const Entry& entry) {
  Record record;
  record.kind = RecordKind::Interface;
  const auto enabled = entry.find("en");
  record.variables = {{"address", text_value(entry, "addr")},
                      {"broadcast", text_value(entry, "bcast")},
                      {"interface", text_value(entry, "name")},
                      {"enabled", enabled != entry.end() && enabled->second.is_integer() &&
                                      enabled->second.integer != 0},
                      {"flags", count_value(entry, "flags")},
                      {"received", count_value(entry, "rx")},
                      {"sent", count_value(entry, "tx")},
                      {"send_failures", count_value(entry, "txerr")},
                      {"associations", count_value(entry, "pc")},
                      {"uptime", count_value(entry, "up")}};
  return record;
}

/// With --json: a record for each entry. False without it.
bool give(Shell& shell, const std::string& reply, Record (*record_of)(const Entry&)) {
  Answer* answer = shell.answer();
  if (answer == nullptr) return false;
  for (const auto& [number, entry] : entries_of(reply)) answer->records.push_back(record_of(entry));
  return true;
}

/// A request by the control key; nothing, and a message, if there is no reply.
std::optional<std::string> ask(Shell& shell, wire::ControlOpcode opcode, std::string_view data) {
  const auto reply = shell.session.query(opcode, 0, data, Session::Signing::Required);
  if (!reply) {
    shell.warn(reply.error());
    return std::nullopt;
  }
  return reply->data;
}

std::string without_line_ends(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

/// NTPsec: a mark below the place in the text that the reply names.
std::string mark_error(std::string_view text, const std::string& reply, bool terminal) {
  const auto words = split_words(reply);
  if (words.size() < 2 || words[0] != "column") return {};
  const auto column = parse_decimal(words[1]);
  if (!column || *column < 0) return {};
  std::string lines;
  const auto place = static_cast<std::size_t>(*column);
  if (place < text.size()) {
    constexpr std::size_t kPrompt = 8;
    lines += terminal ? std::string(kPrompt + place, '_') : visible(text) + "\n";
    if (place > 1) lines += std::string(place - 1, '_');
  }
  return lines + "^\n";
}

}  // namespace

void run_reslist(Shell& shell, std::string_view) {
  if (!shell.get_key()) return;
  const auto reply = ask(shell, wire::ControlOpcode::ReadOrderedList, "addr_restrictions");
  if (!reply || give(shell, *reply, restriction_record)) return;
  if (shell.raw) {
    shell.say(raw_lines(*reply) + "\n");
    return;
  }
  std::string text = "   hits    addr/prefix or addr mask\n           restrictions\n" +
                     std::string(72, '=') + "\n";
  for (const auto& [number, entry] : entries_of(*reply)) text += restriction_lines(entry);
  shell.say(text);
}

void run_ifstats(Shell& shell, std::string_view) {
  if (!shell.get_key()) return;
  const auto reply = ask(shell, wire::ControlOpcode::ReadOrderedList, "ifstats");
  if (!reply || give(shell, *reply, interface_record)) return;
  if (shell.raw) {
    shell.say(raw_lines(*reply) + "\n");
    return;
  }
  std::string text =
      "    interface name                                  send\n"
      " #  address/broadcast     drop flag received sent failed peers   uptime\n " +
      std::string(74, '=') + "\n";
  std::size_t number = 0;
  for (const auto& [index, entry] : entries_of(*reply)) text += interface_lines(number++, entry);
  shell.say(text);
}

void run_config(Shell& shell, std::string_view argument) {
  if (!shell.get_key()) return;
  const auto reply = ask(shell, wire::ControlOpcode::Configure, argument);
  if (!reply) return;
  const std::string text = without_line_ends(*reply);
  if (shell.answer() && text != kConfigured) {
    shell.complain(text, kRejected);
    return;
  }
  shell.say(mark_error(argument, text, shell.at_terminal) + visible(text, "\n") + "\n");
}

void run_config_from_file(Shell& shell, std::string_view argument) {
  const auto text = shell.network.read_file(std::string(argument));
  if (!text) {
    shell.warn("Could not read " + visible(argument) + "\n");
    return;
  }
  const auto reply = ask(shell, wire::ControlOpcode::Configure, *text);
  if (!reply) return;
  const std::string said = without_line_ends(*reply);
  if (shell.answer() && said != kConfigured) {
    shell.complain(said, kRejected);
    return;
  }
  // NTPsec: all that is said of the reply.
  shell.say(said == kConfigured ? "True\n" : "False\n");
}

}  // namespace ntp::ntpq
