// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/result.h"

namespace ntp::wire {

/// Mode 6 operation codes (RFC 9327 section 3.1).
enum class ControlOpcode : std::uint8_t {
  Unspecified = 0,
  ReadStatus = 1,
  ReadVariables = 2,
  WriteVariables = 3,
  ReadClock = 4,
  WriteClock = 5,
  SetTrap = 6,
  AsyncMessage = 7,
  Configure = 8,
  SaveConfiguration = 9,
  ReadMru = 10,
  ReadOrderedList = 11,
  RequestNonce = 12,
  UnsetTrap = 31,
};

/// Error codes of replies; they stand in the high octet of the status field.
enum class ControlError : std::uint8_t {
  Unspecified = 0,
  Permission = 1,
  BadFormat = 2,
  BadOpcode = 3,
  BadAssociation = 4,
  UnknownVariable = 5,
  BadValue = 6,
  Restricted = 7,
};

inline constexpr std::size_t kControlHeaderSize = 12;
/// Most data octets of one frame, request and reply alike.
inline constexpr std::size_t kControlDataLimit = 468;

/// The 12-octet header of a mode 6 frame.
struct ControlHeader {
  Leap leap = Leap::None;
  int version = 2;
  bool response = false;
  bool error = false;
  bool more = false;
  std::uint8_t opcode = 0;
  std::uint16_t sequence = 0;
  std::uint16_t status = 0;
  std::uint16_t association = 0;
  std::uint16_t offset = 0;
  std::uint16_t count = 0;

  friend bool operator==(const ControlHeader&, const ControlHeader&) = default;
};

struct ControlFrame {
  ControlHeader header;
  /// `count` octets.
  ByteView data;
  /// What follows the data padded to a multiple of 4: a MAC, or nothing that matters.
  ByteView rest;
};

/// A frame that can't be taken, and what the sender is owed: silence, or an error code.
struct ControlRejection {
  std::optional<ControlError> answer;
};

/// Decodes any frame: at least 12 octets, mode 6, and as much data as `count` says.
Result<ControlFrame, ControlRejection> decode_control(ByteView datagram);
/// A request as a daemon takes it: in addition no R, E, M bit and no offset (else silence), version
/// 1 to 4 (else silence), a length that is a multiple of 4 and at most 468 data octets (else
/// BADFMT). NTPsec: the checks come in this order.
Result<ControlFrame, ControlRejection> decode_control_request(ByteView datagram);
/// Header, data, and zeros up to a multiple of 4. `header.count` is taken from the data, which is
/// at most kControlDataLimit octets.
std::vector<std::uint8_t> encode_control(ControlHeader header, ByteView data);

/// One `name=value`, or a name alone (then `value` is absent).
struct Variable {
  std::string_view name;
  std::optional<std::string_view> value;
};

/// Splits a mode 6 text at commas outside double quotes; trims blanks and line ends around names
/// and values; a value in double quotes loses them. Empty items are left out. The views point into
/// `text`.
std::vector<Variable> parse_variables(std::string_view text);

/// Builds the text of a reply and cuts it into frames as NTPsec does: items separated by a comma
/// and a blank, or by comma, CR and LF where the line would reach 72 characters; frames of at most
/// 468 octets with a cut anywhere; CR LF at the end, alone in a frame of its own if need be.
class TextReply {
 public:
  void add(std::string_view name, std::string_view value);
  /// An item that is stored whole, as `name=value` or any text.
  void add_raw(std::string_view item);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// How many frames are full.
  [[nodiscard]] std::size_t full_frames() const { return cuts_.size(); }
  /// The datagrams, in order. `header` gives everything but response, more, offset and count.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> frames(ControlHeader header) const;

 private:
  std::string text_;
  std::vector<std::size_t> cuts_;
  std::size_t fragment_start_ = 0;
  std::size_t line_length_ = 0;
  std::size_t count_ = 0;
};

/// The datagrams of a reply whose data is binary (READSTAT 0): cut at exactly 468 octets.
std::vector<std::vector<std::uint8_t>> binary_reply(ControlHeader header, ByteView data);
/// An error reply: R and E set, the code in the status field, no data.
std::vector<std::uint8_t> error_reply(ControlHeader request, ControlError error);

}  // namespace ntp::wire
