// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/status_text.h"

#include <array>
#include <cstddef>
#include <span>

namespace ntp::ntpq {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> kLeaps = {"leap_none", "leap_add_sec", "leap_del_sec",
                                                    "leap_alarm"};
constexpr std::array<std::string_view, 10> kSources = {
    "sync_unspec", "sync_pps", "sync_lf_radio", "sync_hf_radio",   "sync_uhf_radio",
    "sync_local",  "sync_ntp", "sync_other",    "sync_wristwatch", "sync_telephone"};
constexpr std::array<std::string_view, 16> kSystemEvents = {
    "unspecified", "freq_not_set", "freq_set",      "spike_detect",
    "freq_mode",   "clock_sync",   "restart",       "panic_stop",
    "no_sys_peer", "leap_armed",   "leap_disarmed", "leap_event",
    "clock_step",  "kern",         "TAI",           "stale_leapsecond_values"};
constexpr std::array<std::string_view, 8> kSelections = {
    "sel_reject",    "sel_falsetick", "sel_excess",   "sel_outlier",
    "sel_candidate", "sel_backup",    "sel_sys.peer", "sel_pps.peer"};
constexpr std::array<std::string_view, 14> kPeerEvents = {
    "",         "mobilize",    "demobilize",    "unreachable",   "reachable",
    "restart",  "no_reply",    "rate_exceeded", "access_denied", "leap_armed",
    "sys_peer", "clock_event", "bad_auth",      "popcorn"};
constexpr std::array<std::string_view, 7> kClockStates = {
    "clk_unspec",     "clk_no_reply", "clk_bad_format", "clk_fault",
    "clk_bad_signal", "clk_bad_date", "clk_bad_time"};

constexpr std::array<std::string_view, 8> kConditions = {
    "reject", "falsetick", "excess", "outlier", "candidate", "backup", "sys.peer", "pps.peer"};
/// NTPsec: the column says `clock_alarm` for clock_event, and nothing for the two that came last.
constexpr std::array<std::string_view, 12> kEventColumn = {
    "",         "mobilize",      "demobilize",    "unreachable", "reachable", "restart",
    "no_reply", "rate_exceeded", "access_denied", "leap_armed",  "sys_peer",  "clock_alarm"};

constexpr unsigned kConfigured = 0x80;
constexpr unsigned kAuthenticationOn = 0x40;
constexpr unsigned kAuthentic = 0x20;
constexpr unsigned kReachable = 0x10;
constexpr unsigned kBroadcast = 0x08;

struct Flag {
  unsigned bit;
  std::string_view name;
};
constexpr std::array<Flag, 5> kPeerFlags = {{{kConfigured, "conf"},
                                             {kAuthenticationOn, "authenb"},
                                             {kAuthentic, "auth"},
                                             {kReachable, "reach"},
                                             {kBroadcast, "bcast"}}};

unsigned peer_bits(std::uint16_t status) { return status >> 8U; }
unsigned event_count(std::uint16_t status) { return status >> 4U & 0xfU; }
unsigned event_code(std::uint16_t status) { return status & 0xfU; }

/// An unknown code is the name of its table and the number.
std::string name_of(Names names, unsigned code, std::string_view table) {
  if (code < names.size()) return std::string(names[code]);
  return std::string(table) + "_" + std::to_string(code);
}

// Lengths of `leap_`, `sync_` and `clk_`.
constexpr std::size_t kLeapPrefix = 5;
constexpr std::size_t kSourcePrefix = 5;
constexpr std::size_t kStatePrefix = 4;

std::string events(unsigned count) {
  if (count == 0) return "no events";
  return std::to_string(count) + (count == 1 ? " event" : " events");
}

std::string describe_system(std::uint16_t status) {
  return name_of(kLeaps, status >> 14U, "leap") + ", " +
         name_of(kSources, status >> 8U & 0x3fU, "sync") + ", " + events(event_count(status)) +
         ", " + name_of(kSystemEvents, event_code(status), "");
}

std::string describe_peer_line(std::uint16_t status) {
  std::string text;
  for (const Flag& flag : kPeerFlags) {
    if ((peer_bits(status) & flag.bit) == 0) continue;
    if (!text.empty()) text += ", ";
    text += flag.name;
  }
  text +=
      ", " + std::string(kSelections[selection_code(status)]) + ", " + events(event_count(status));
  if (event_code(status) != 0) text += ", " + name_of(kPeerEvents, event_code(status), "");
  return text;
}

}  // namespace

std::string describe_status(StatusKind kind, std::uint16_t status) {
  switch (kind) {
    case StatusKind::System:
      return describe_system(status);
    case StatusKind::Peer:
      return describe_peer_line(status);
    case StatusKind::Clock:
      break;
  }
  return events(event_count(status)) + ", " + name_of(kClockStates, event_code(status), "clk");
}

std::vector<Field> status_fields(StatusKind kind, std::uint16_t status) {
  const auto count = static_cast<std::int64_t>(event_count(status));
  std::vector<Field> fields = {{"word", std::int64_t{status}}};
  const auto add = [&fields](std::string_view name, Value value) {
    fields.push_back({std::string(name), std::move(value)});
  };
  const auto flag = [&](unsigned bit) { return (peer_bits(status) & bit) != 0; };
  switch (kind) {
    case StatusKind::System:
      add("leap", name_of(kLeaps, status >> 14U, "leap").substr(kLeapPrefix));
      add("source", name_of(kSources, status >> 8U & 0x3fU, "sync").substr(kSourcePrefix));
      add("last_event", name_of(kSystemEvents, event_code(status), ""));
      break;
    case StatusKind::Peer:
      add("configured", flag(kConfigured));
      add("authentication", flag(kAuthenticationOn));
      add("authentic", flag(kAuthentic));
      add("reachable", flag(kReachable));
      add("broadcast", flag(kBroadcast));
      add("selection", std::string(kConditions[selection_code(status)]));
      add("last_event", name_of(kPeerEvents, event_code(status), ""));
      break;
    case StatusKind::Clock:
      add("state", name_of(kClockStates, event_code(status), "clk").substr(kStatePrefix));
      break;
  }
  add("events", count);
  return fields;
}

PeerStatus describe_peer(std::uint16_t status) {
  const unsigned bits = peer_bits(status);
  PeerStatus fields;
  fields.configured = (bits & kConfigured) != 0 ? "yes" : "no";
  fields.reach = (bits & kBroadcast) != 0 ? "none" : (bits & kReachable) != 0 ? "yes" : "no";
  // NTPsec: "ok" carries a blank, which moves it one column to the left.
  fields.authentication = (bits & kAuthenticationOn) == 0 ? "none"
                          : (bits & kAuthentic) != 0      ? "ok "
                                                          : "bad";
  fields.condition = kConditions[selection_code(status)];
  if (event_code(status) < kEventColumn.size())
    fields.last_event = kEventColumn[event_code(status)];
  fields.event_count = event_count(status);
  return fields;
}

unsigned clock_state(std::uint16_t clock_status) { return event_code(clock_status); }

unsigned selection_code(std::uint16_t peer_status) { return peer_bits(peer_status) & 7U; }

char tally(std::uint16_t peer_status) {
  constexpr std::string_view kTallies = " x.-+#*o";
  return kTallies[selection_code(peer_status)];
}

}  // namespace ntp::ntpq
