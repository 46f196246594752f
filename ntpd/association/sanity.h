// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/config/settings.h"
#include "libntp/core/time.h"
#include "libntp/wire/packet.h"

namespace ntp::association {

/// The sanity tests of NTPsec; the bits are those of mode 6's variable `flash`.
namespace flash {
inline constexpr unsigned kDuplicate = 0x1;        // seen before, or not asked for
inline constexpr unsigned kBogus = 0x2;            // the origin is not our request
inline constexpr unsigned kZeroOrigin = 0x4;       // the origin is zero
inline constexpr unsigned kDenied = 0x8;           // a kiss told us to go away
inline constexpr unsigned kAuthentication = 0x10;  // the MAC is missing or wrong
inline constexpr unsigned kUnsynchronized = 0x20;  // leap 3 or a stratum outside floor..ceiling
inline constexpr unsigned kHeader = 0x40;          // root distance beyond all reason
inline constexpr unsigned kPeerStratum = 0x200;
inline constexpr unsigned kPeerDistance = 0x400;
inline constexpr unsigned kPeerLoop = 0x800;
inline constexpr unsigned kPeerUnreachable = 0x1000;
inline constexpr unsigned kPeerTests = 0x1e00;
inline constexpr unsigned kTooLate = 0x2000;  // the round trip took longer than tos maxdist
inline constexpr unsigned kPacketTests = 0x207f;
}  // namespace flash

/// The request that is on its way.
struct PendingRequest {
  bool waiting = false;
  /// What the server must send back: random, so that who does not see the request can't answer it.
  NtpTimestamp nonce;
};

/// The first of NTPsec's packet tests that a reply fails, up to the point where it is known to be
/// the answer to our request: duplicates and stray replies, a zero origin, a wrong one. 0 if it
/// passes. `last_transmit` is the transmit stamp of the last good reply.
unsigned test_origin(const wire::Header& reply, const PendingRequest& pending,
                     NtpTimestamp last_transmit);

/// The tests of what a genuine reply says of its server: synchronized, stratum within `tos
/// floor`..`ceiling`, root distance below `tos maxdisp`. 0 if it passes.
unsigned test_server(const wire::Header& reply, const config::TosSettings& limits);

/// A kiss-o'-death: leap 3 and stratum 0 (RFC 5905 section 7.4).
bool is_kiss(const wire::Header& reply);

}  // namespace ntp::association
