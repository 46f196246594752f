// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/wire/packet.h"

namespace ntp::wire {

struct ExtensionField {
  std::uint16_t type = 0;
  /// The value with its padding.
  ByteView value;
  /// Octets from the start of the packet to the start of this field: what an authenticator covers.
  std::size_t offset = 0;
};

/// Walks what follows the header: extension fields (RFC 7822: type, length of at least 16 and a
/// multiple of 4, 28 for the last field of a packet without MAC), then perhaps a MAC trailer: what
/// has the size of one is one. Before version 4 there are no fields, all is trailer. Never copies,
/// never allocates.
class ExtensionWalker {
 public:
  /// `datagram` is the whole packet, header included.
  explicit ExtensionWalker(ByteView datagram);

  /// The next field, or nothing at the end or at the first malformed one; then error() tells which.
  std::optional<ExtensionField> next();
  /// What is left when the fields have ended: empty or a MAC trailer, or with error() set what is
  /// malformed.
  [[nodiscard]] ByteView trailer() const;
  [[nodiscard]] std::optional<PacketError> error() const { return error_; }

 private:
  ByteView datagram_;
  std::size_t position_;
  bool ended_ = false;
  std::optional<PacketError> error_;
};

/// A MAC trailer: key identifier and digest, or a crypto-NAK (an identifier alone, RFC 5905 section
/// 9.2 and appendix A.3.2.1).
struct MacTrailer {
  std::uint32_t key_id = 0;
  ByteView digest;
  [[nodiscard]] bool is_crypto_nak() const { return digest.empty(); }
};

/// Trailers of 4, 20 and 24 octets are recognized (MD5, CMAC: 16-octet digests; SHA-1 and what is
/// cut to its length: 20).
std::optional<MacTrailer> parse_mac(ByteView trailer);

/// The layout of a whole time packet: header, fields checked, trailer recognized.
struct PacketLayout {
  Header header;
  std::size_t extensions_size = 0;
  std::optional<MacTrailer> mac;
};
/// Checks the whole datagram. Up to version 2 there is no MAC. NTPsec: 6 octets behind version 2
/// and 72 behind version 3 (MS-SNTP) pass and are ignored.
Result<PacketLayout, PacketError> parse_packet(ByteView datagram);

}  // namespace ntp::wire
