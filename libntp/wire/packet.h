// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "libntp/core/bytes.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"

namespace ntp::wire {

/// Association modes (RFC 5905 section 7.3).
enum class Mode : std::uint8_t {
  Reserved = 0,
  SymmetricActive = 1,
  SymmetricPassive = 2,
  Client = 3,
  Server = 4,
  Broadcast = 5,
  Control = 6,
  Private = 7,
};

inline constexpr std::size_t kHeaderSize = 48;
inline constexpr int kVersion = 4;
/// Stratum 16 is "unsynchronized" inside the daemon and 0 on the wire (RFC 5905 section 7.3).
inline constexpr int kStratumUnsynchronized = 16;

/// The 48-octet header (RFC 5905 section 7.3). Stratum is as on the wire: 0 is unspecified or a
/// kiss-o'-death.
struct Header {
  Leap leap = Leap::None;
  int version = kVersion;
  Mode mode = Mode::Reserved;
  std::uint8_t stratum = 0;
  std::int8_t poll = 0;
  std::int8_t precision = 0;
  NtpShort root_delay;
  NtpShort root_dispersion;
  RefId reference_id;
  NtpTimestamp reference;
  NtpTimestamp origin;
  NtpTimestamp receive;
  NtpTimestamp transmit;

  friend bool operator==(const Header&, const Header&) = default;
};

/// Why a datagram is not a packet.
enum class PacketError : std::uint8_t { TooShort, BadExtension, BadTrailer };

/// Mode and version of any datagram, from its first octet.
[[nodiscard]] Mode mode_of(ByteView datagram);
[[nodiscard]] int version_of(ByteView datagram);

/// The first 48 octets. Any version and mode passes; whoever asks decides.
Result<Header, PacketError> decode_header(ByteView datagram);
/// Writes 48 octets; `out` has room for them.
void encode_header(const Header& header, ByteWriter& out);

}  // namespace ntp::wire
