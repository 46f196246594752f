// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "libntp/crypto/key_ring.h"
#include "libntp/nts/packet.h"
#include "libntp/wire/packet.h"
#include "ntpd/server/counters.h"
#include "ntpd/server/snapshot.h"

namespace ntp::server {

/// Octets of the longest reply; never more than the request had.
inline constexpr std::size_t kMaxReply = nts::kMaxPacket;
static_assert(kMaxReply >= wire::kHeaderSize + crypto::KeyRing::kMaxTrailer);

/// What a datagram claims to be.
struct Kind {
  wire::Mode mode = wire::Mode::Reserved;
  int version = 0;
  /// Version 1 has no mode field. NTPsec: in 48 octets of it the modes 0 and 1 mean a client.
  bool bare_version1 = false;
};
[[nodiscard]] Kind kind_of(ByteView datagram);

/// A request for the time that is to be answered.
struct Request {
  wire::Header header;
  NtpTimestamp received;
  /// The key of its MAC, which was good; the reply has one by the same key. 0: none.
  std::uint32_t key = 0;
};

/// Whether the restrict list wants a MAC that can be verified (`notrust`).
enum class Trust : std::uint8_t { Anyone, KeyHoldersOnly };

/// The checks of a time packet, in NTPsec's order: layout, mode (only 3 and 1 are answered), MAC
/// (there need be none, but what is there must be by a trusted key; without `keys` none is),
/// extension fields (none is known here, so they are declined; a MAC behind one does not count).
Result<Request, DropReason> parse_request(const Datagram& datagram, Trust trust,
                                          crypto::KeyRing* keys = nullptr);

/// Writes the reply without a MAC into `out`, which has room for it, and returns its size.
/// `transmit` is the clock read right before.
std::size_t write_reply(const ServerSnapshot& snapshot, const Request& request, MonoTime now,
                        WallTime transmit, ByteSpan out);

/// Writes the kiss `RATE`, which tells nothing of the time: all its stamps are the client's.
std::size_t write_kiss(const Request& request, ByteSpan out);

/// Puts a MAC behind the first `size` octets of `out`, which has room for kMaxReply, if the request
/// had one, and returns the size of the whole; 0 if the key has gone.
std::size_t add_mac(const Request& request, std::size_t size, crypto::KeyRing* keys, ByteSpan out);

}  // namespace ntp::server
