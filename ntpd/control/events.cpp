// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/events.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace ntp::control {
namespace {

constexpr std::array<std::string_view, 16> kSystemEvents = {
    "unspecified", "freq_not_set", "freq_set",      "spike_detect",
    "freq_mode",   "clock_sync",   "restart",       "panic_stop",
    "no_sys_peer", "leap_armed",   "leap_disarmed", "leap_event",
    "clock_step",  "kern",         "TAI",           "stale_leapsecond_values"};

constexpr std::array<std::string_view, 14> kPeerEvents = {
    "unspecified", "mobilize",    "demobilize",    "unreachable",   "reachable",
    "restart",     "no_reply",    "rate_exceeded", "access_denied", "leap_armed",
    "sys_peer",    "clock_event", "bad_auth",      "popcorn"};

std::string line(std::string_view who, std::uint16_t status, unsigned code, std::string_view name,
                 std::string_view detail) {
  return fmt::format("{} {:04x} {:02x} {}{}{}", who, status, code, name, detail.empty() ? "" : " ",
                     detail);
}

}  // namespace

std::string_view event_name(SystemEvent event) {
  return kSystemEvents.at(static_cast<std::size_t>(event));
}

std::string_view event_name(PeerEvent event) {
  return kPeerEvents.at(static_cast<std::size_t>(event));
}

std::uint16_t system_status_word(Leap leap, int source, EventCounter events) {
  return static_cast<std::uint16_t>(static_cast<int>(leap) << 14 | (source & 0x3f) << 8 |
                                    events.octet());
}

std::uint16_t peer_status_word(const PeerStatus& status, EventCounter events) {
  const int bits = (status.configured ? 0x80 : 0) | (status.auth_enabled ? 0x40 : 0) |
                   (status.authentic ? 0x20 : 0) | (status.reachable ? 0x10 : 0) |
                   (status.selection & 0x7);
  return static_cast<std::uint16_t>(bits << 8 | events.octet());
}

std::string event_line(std::uint16_t status, SystemEvent event, std::string_view detail) {
  return line("0.0.0.0", status, static_cast<unsigned>(event), event_name(event), detail);
}

std::string event_line(std::string_view who, std::uint16_t status, PeerEvent event,
                       std::string_view detail) {
  constexpr unsigned kPeerBit = 0x80;
  return line(who, status, kPeerBit | static_cast<unsigned>(event), event_name(event), detail);
}

}  // namespace ntp::control
