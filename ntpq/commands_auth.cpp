// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/commands_auth.h"

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

struct Restriction {
  std::string hits = "?";
  std::string address;
  std::string mask;
  std::string flags = "?";
};

/// The entries of the list by their number; items with other names are padding.
std::map<std::int64_t, Restriction> restrictions(std::string_view reply) {
  std::map<std::int64_t, Restriction> entries;
  for (const Variable& item : Variables::parse(reply)) {
    const std::size_t dot = std::min(item.name.find('.'), item.name.size());
    const auto number =
        parse_decimal(std::string_view(item.name).substr(std::min(dot + 1, item.name.size())));
    if (!number || *number < 0) continue;
    const std::string_view stem = std::string_view(item.name).substr(0, dot);
    if (stem == "addr") entries[*number].address = item.text;
    if (stem == "mask") entries[*number].mask = item.text;
    if (stem == "hits") entries[*number].hits = item.text;
    if (stem == "flags") entries[*number].flags = item.text;
  }
  return entries;
}

int bits_of(const Address& mask) {
  int bits = 0;
  for (const std::uint8_t octet : mask.bytes()) bits += std::popcount(octet);
  return bits;
}

/// Empty if the entry is damaged, as NTPsec leaves those out.
std::string lines_of(const Restriction& entry) {
  const auto mask = parse_address(entry.mask);
  if (entry.address.empty() || !mask) return {};
  std::string lines = pad_left(entry.hits, 10) + " " + entry.address + "/" +
                      std::to_string(bits_of(*mask)) + "\n           " + entry.flags + "\n";
  const bool printable = std::all_of(lines.begin(), lines.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("/.: \n").find(c) != std::string_view::npos;
  });
  return printable ? lines : std::string();
}

/// With its line ends as received.
std::string raw_list(std::string_view reply) {
  constexpr std::string_view kLineEnd = "\r\n";
  std::string text;
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find(kLineEnd), reply.size());
    text += visible(reply.substr(0, end), "\n\t");
    if (end < reply.size()) text += kLineEnd;
    reply.remove_prefix(std::min(end + kLineEnd.size(), reply.size()));
  }
  return text + "\n";
}

/// True if there is a key to sign with; else it says why not.
bool get_key(Shell& shell) {
  const auto got = shell.session.credentials().complete(shell.session.host());
  if (!got) shell.warn(got.error().message);
  return got.has_value();
}

}  // namespace

void run_authenticate(Shell& shell, std::string_view argument) {
  bool& always = shell.session.always_sign;
  if (argument == "yes") {
    always = true;
  } else if (argument == "no") {
    always = false;
  } else if (!argument.empty()) {
    shell.warn("What?\n");
  }
  shell.say(always ? "authenticated requests being sent\n"
                   : "unauthenticated requests being sent\n");
}

void run_keyid(Shell& shell, std::string_view argument) {
  Credentials& credentials = shell.session.credentials();
  if (!argument.empty()) {
    const auto number = parse_decimal(argument);
    if (number) {
      credentials.set_id(*number);
    } else {
      shell.warn("What?\n");
    }
  }
  const auto id = credentials.id();
  shell.say(id ? "keyid is " + std::to_string(*id) + "\n" : "no keyid defined\n");
}

void run_keytype(Shell& shell, std::string_view argument) {
  Credentials& credentials = shell.session.credentials();
  if (argument.empty()) {
    shell.say("Keytype: " + credentials.type() + "\n");
  } else if (!credentials.set_type(argument)) {
    shell.warn("Keytype " + visible(argument) + " is not supported by openSSL or ntpq.\n\n");
  }
}

void run_passwd(Shell& shell, std::string_view) { get_key(shell); }

void run_reslist(Shell& shell, std::string_view) {
  if (!get_key(shell)) return;
  const auto reply = shell.session.query(wire::ControlOpcode::ReadOrderedList, 0,
                                         "addr_restrictions", Session::Signing::Required);
  if (!reply) {
    shell.warn(reply.error().message());
    return;
  }
  if (shell.raw) {
    shell.say(raw_list(reply->data));
    return;
  }
  std::string text = "   hits    addr/prefix or addr mask\n           restrictions\n" +
                     std::string(72, '=') + "\n";
  for (const auto& [number, entry] : restrictions(reply->data)) text += lines_of(entry);
  shell.say(text);
}

}  // namespace ntp::ntpq
