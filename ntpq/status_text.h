// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ntpq/record.h"

/// Status words of mode 6 in words (RFC 9327 section 5, with NTPsec's names).
namespace ntp::ntpq {

enum class StatusKind : std::uint8_t { System, Peer, Clock };

/// As in the first line of `rv`: `leap_none, sync_ntp, 1 event, restart`.
std::string describe_status(StatusKind kind, std::uint16_t status);

/// The same field by field, without the prefixes of its words.
std::vector<Field> status_fields(StatusKind kind, std::uint16_t status);

/// The fields of a peer status word as the columns of `associations` show them.
struct PeerStatus {
  std::string_view configured;
  std::string_view reach;
  std::string_view authentication;
  std::string_view condition;
  std::string_view last_event;
  unsigned event_count = 0;
};
PeerStatus describe_peer(std::uint16_t status);

/// The selection code, 0 to 7, and the character in front of a peer's name.
/// The state of a reference clock, 0 to 15, of its status word.
unsigned clock_state(std::uint16_t clock_status);
unsigned selection_code(std::uint16_t peer_status);
char tally(std::uint16_t peer_status);

}  // namespace ntp::ntpq
