// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "libntp/wire/control.h"

/// Replies built by hand.
namespace ntp::ntpq {

using Bytes = std::vector<std::uint8_t>;

enum class More : std::uint8_t { No, Yes };

/// A request for the variables of association 7, with sequence number 1.
inline wire::ControlHeader peer_request() {
  wire::ControlHeader request;
  request.opcode = static_cast<std::uint8_t>(wire::ControlOpcode::ReadVariables);
  request.sequence = 1;
  request.association = 7;
  return request;
}

inline wire::ControlHeader reply_header(const wire::ControlHeader& request) {
  wire::ControlHeader header = request;
  header.leap = Leap::None;
  header.response = true;
  header.status = 0x9614;
  return header;
}

/// A fragment of the reply to peer_request().
inline Bytes fragment(std::uint16_t offset, std::string_view data, More more) {
  wire::ControlHeader header = reply_header(peer_request());
  header.offset = offset;
  header.more = more == More::Yes;
  return wire::encode_control(header, as_bytes(data));
}

inline Bytes refusal(std::uint8_t code) {
  wire::ControlHeader header = reply_header(peer_request());
  header.error = true;
  header.status = static_cast<std::uint16_t>(code << 8U);
  return wire::encode_control(header, {});
}

}  // namespace ntp::ntpq
