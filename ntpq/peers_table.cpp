// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/peers_table.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "ntpq/date.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"
#include "ntpq/units.h"

namespace ntp::ntpq {
namespace {

constexpr std::size_t kPlainWidth = 80;
constexpr std::size_t kMostSlack = 24;
constexpr std::size_t kPlainNameWidth = 15;
constexpr std::size_t kSecondWidth = 15;
constexpr std::size_t kAssociationWidth = 7;
constexpr std::size_t kValueWidth = 8;
constexpr std::string_view kRemoteHeader = "     remote    ";
constexpr std::string_view kNumbersHeader = "st t when poll reach   delay   offset   ";
constexpr std::string_view kRpeersHeader =
    " st t when poll reach   delay   offset   jitter refid           T remote";
constexpr std::size_t kRpeersLimit = 76;

enum class Mode : std::int64_t {
  SymmetricActive = 1,
  SymmetricPassive = 2,
  Client = 3,
  Broadcast = 5,
  BroadcastClient = 6,
};

std::int64_t integer_or(const Variable* variable, std::int64_t fallback) {
  return variable != nullptr && variable->is_integer() ? variable->integer : fallback;
}

/// 2^exponent seconds; what can't be a poll exponent is taken as the nearest that can.
std::int64_t poll_seconds(std::int64_t exponent) {
  return std::int64_t{1} << std::clamp<std::int64_t>(exponent, 0, 32);
}

/// The column of names, on a terminal so wide. Where nothing would be left of the names the rows
/// are longer than the terminal.
std::size_t name_width_of(std::size_t width) {
  const std::size_t room = std::min(width, kPlainWidth + kMostSlack) + kPlainNameWidth;
  return room > kPlainWidth ? room - kPlainWidth : kPlainNameWidth;
}

/// The column before the numbers keeps the end of a long text: local IPv6 addresses differ there.
std::string keep_end(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : "-" + text.substr(text.size() - width + 1);
}

}  // namespace

/// What a row needs of a peer's variables; pointers are null where the reply has none.
struct PeersTable::Peer {
  std::string address;
  std::string host;
  std::string second;
  const Variable* delay = nullptr;
  const Variable* offset = nullptr;
  const Variable* last = nullptr;
  std::optional<NtpTimestamp> last_packet;
  std::int64_t stratum = 20;
  std::int64_t poll = 1;
  std::int64_t reach = 0;
  char type = '?';
};

namespace {

char type_letter(std::int64_t mode, const std::string& address, const std::string& host,
                 const std::string& second, std::int64_t cookies) {
  const bool multicast = address.substr(0, 4) == "224.";
  switch (static_cast<Mode>(mode)) {
    case Mode::SymmetricActive:
      return 's';
    case Mode::SymmetricPassive:
      return 'S';
    case Mode::Broadcast:
      return multicast ? 'M' : 'B';
    case Mode::BroadcastClient:
      return 'b';
    case Mode::Client:
      if (host.find('(') != std::string::npos) return 'l';
      if (second == "POOL") return 'p';
      if (multicast) return 'a';
      if (cookies < 0) return 'u';
      return cookies > 9 ? '9' : static_cast<char>('0' + cookies);
  }
  return '?';
}

/// Whole seconds since the stamp, 0 if there is none: it was never set, or lies in the future.
std::int64_t seconds_since(std::optional<NtpTimestamp> stamp, WallTime now) {
  if (!stamp || stamp->is_zero()) return 0;
  const Duration age = now - stamp->to_wall(now);
  return std::chrono::duration_cast<std::chrono::seconds>(age).count();
}

}  // namespace

PeersTable::PeersTable(PeersOptions options)
    : options_(std::move(options)), name_width_(name_width_of(options_.width)) {}

std::string PeersTable::header() const {
  const std::string remote = pad_right(kRemoteHeader, name_width_);
  const std::string numbers(kNumbersHeader);
  switch (options_.form) {
    case PeersForm::Peers:
      break;
    case PeersForm::Apeers:
      return remote + "   refid   assid  " + numbers + "jitter";
    case PeersForm::Opeers:
      return remote + "       local      " + numbers + "  disp";
    case PeersForm::Rpeers:
      return std::string(kRpeersHeader);
  }
  return remote + "       refid      " + numbers + "jitter";
}

std::size_t PeersTable::width() const { return kPlainWidth - 1 + name_width_ - kPlainNameWidth; }

PeersTable::Peer PeersTable::read(const Variables& variables) const {
  const bool local = options_.form == PeersForm::Opeers;
  Peer peer;
  const Variable* dispersion = nullptr;
  const Variable* jitter = nullptr;
  // In the order of the reply, since of some pairs the one that comes last counts.
  for (const Variable& variable : variables) {
    if (variable.name == "rec" || variable.name == "reftime") {
      peer.last_packet = parse_timestamp(variable.text);
    } else if (variable.name == "rootdisp" || variable.name == "dispersion") {
      dispersion = &variable;
    } else if (variable.name == "jitter") {
      jitter = &variable;
    } else if (variable.name == "srcadr" || variable.name == "peeradr") {
      peer.address = visible(variable.text);
    } else if (variable.name == "srchost") {
      peer.host = visible(variable.text);
    } else if (variable.name == (local ? "dstadr" : "refid")) {
      peer.second = visible(variable.text);
    }
  }
  peer.delay = variables.find("delay");
  peer.offset = variables.find("offset");
  peer.last = jitter != nullptr && !local ? jitter : dispersion;
  peer.stratum = integer_or(variables.find("stratum"), peer.stratum);
  peer.poll = poll_seconds(
      std::min(integer_or(variables.find("ppoll"), 0), integer_or(variables.find("hpoll"), 0)));
  peer.reach = std::max<std::int64_t>(integer_or(variables.find("reach"), 0), 0);
  peer.type = type_letter(integer_or(variables.find("hmode"), 0), peer.address, peer.host,
                          peer.second, integer_or(variables.find("ntscookies"), -1));
  return peer;
}

std::string PeersTable::remote_name(const Peer& peer) const {
  // A peer without an address of its own (a pool, an unresolved name, a clock) goes by its name.
  const bool addressed = !peer.address.empty() && peer.address != "0.0.0.0" &&
                         peer.address != "::" && peer.address.substr(0, 7) != "127.127";
  if (addressed) return options_.name_of ? options_.name_of(peer.address) : peer.address;
  return peer.host.empty() ? peer.address : peer.host;
}

std::string PeersTable::value(const Variable* variable, bool six_decimals) const {
  if (variable == nullptr) return pad_left(".", kValueWidth);
  if (options_.units) {
    return with_unit(variable->text, Unit::Milliseconds, kValueWidth);
  }
  if (!variable->is_number()) return pad_left(visible(variable->text), kValueWidth);
  return eight_columns(variable->real, six_decimals ? 4 : 3);
}

std::string PeersTable::numbers(const Peer& peer, WallTime now) const {
  const auto four = [](std::int64_t seconds) {
    return pad_left(pretty_interval(seconds).substr(0, 4), 4);
  };
  bool six_decimals = false;
  if (peer.delay != nullptr) {
    const std::string& text = peer.delay->text;
    six_decimals = text.size() > 6 && text[text.size() - 7] == '.';
  }
  return " " + pad_left(std::to_string(peer.stratum), 2) + " " + peer.type + " " +
         four(seconds_since(peer.last_packet, now)) + " " + four(peer.poll) + "  " +
         pad_left(to_octal(static_cast<std::uint64_t>(peer.reach), 1), 3) + " " +
         value(peer.delay, six_decimals) + " " + value(peer.offset, six_decimals) + " " +
         value(peer.last, six_decimals);
}

std::string PeersTable::front(char mark, const std::string& name) const {
  if (options_.wide && name.size() > name_width_) {
    return mark + name + "\n" + std::string(name_width_ + 2, ' ');
  }
  return mark + pad_right(name.substr(0, name_width_), name_width_) + " ";
}

std::string PeersTable::second_column(const std::string& text, std::uint16_t association) const {
  if (options_.form != PeersForm::Apeers) {
    return pad_right(keep_end(text, kSecondWidth), kSecondWidth);
  }
  constexpr std::size_t kRoom = kSecondWidth - kAssociationWidth;
  return pad_right(text.size() >= kRoom ? "..." : text, kRoom + 1) +
         pad_right(std::to_string(association), kAssociationWidth - 1);
}

std::string PeersTable::row(std::uint16_t association, std::uint16_t status,
                            const Variables& variables, WallTime now) const {
  const Peer peer = read(variables);
  const char mark = tally(status);
  const std::string name = remote_name(peer);
  const bool address = peer.second.find_first_of(".:") != std::string::npos;
  const std::string second = address ? peer.second : "." + peer.second + ".";
  if (options_.form != PeersForm::Rpeers) {
    return front(mark, name) + second_column(second, association) + numbers(peer, now) + "\n";
  }
  std::string line = numbers(peer, now) + " " + pad_right(second, kSecondWidth);
  line += std::string(" ") + mark + " " +
          name.substr(0, line.size() < kRpeersLimit ? kRpeersLimit - line.size() : 0);
  return line + "\n";
}

std::string pretty_interval(std::int64_t seconds) {
  if (seconds <= 0) return "-";
  if (seconds <= 2048) return std::to_string(seconds);
  const auto whole = [](double value) { return std::to_string(static_cast<std::int64_t>(value)); };
  const double minutes = (static_cast<double>(seconds) + 29) / 60;
  if (minutes <= 300) return whole(minutes) + "m";
  const double hours = (minutes + 29) / 60;
  if (hours <= 96) return whole(hours) + "h";
  return whole((hours + 11) / 24) + "d";
}

std::string eight_columns(double value, int most_decimals) {
  if (std::isnan(value)) return "     nan";
  if (std::isinf(value)) return value < 0 ? "    -inf" : "     inf";
  // A minus takes the place of a digit.
  double limit = value < 0 ? 100 : 1000;
  int decimals = 4;
  while (decimals > 0 && std::fabs(value) >= limit) {
    limit *= 10;
    --decimals;
  }
  // Whole numbers are cut, not rounded.
  if (decimals == 0) return pad_left(to_fixed(std::trunc(value), 0), kValueWidth);
  return pad_left(to_fixed(value, std::min(decimals, most_decimals)), kValueWidth);
}

}  // namespace ntp::ntpq
