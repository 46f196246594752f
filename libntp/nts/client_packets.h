// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/cookie_jar.h"
#include "libntp/nts/packet.h"
#include "libntp/nts/session_keys.h"

namespace ntp::nts {

/// What a datagram is to a client that has one request outstanding. Only Genuine and Nak are
/// answers; the others are dropped as if they had never come, and the request stays outstanding.
enum class ReplyVerdict : std::uint8_t {
  Genuine,
  /// A kiss NTSN with the right unique identifier and without protection: the server could not open
  /// the cookie, or a stranger on the way says so. Go on; if no genuine reply comes before the next
  /// poll, start a key establishment.
  Nak,
  NotProtected,    // no authenticator
  Malformed,       // fields that can't be read, or not exactly one unique identifier
  NotOurs,         // another unique identifier: a stranger's, or an old reply
  NotGenuine,      // the authenticator is wrong
  BadInnerFields,  // genuine, but what it holds can't be read
};
[[nodiscard]] std::string_view describe(ReplyVerdict verdict);

/// What a genuine reply brought.
struct Reply {
  CookieList cookies;
  /// How many came; perhaps more than are kept.
  std::size_t cookies_received = 0;
};

/// The header that a client shows (privacy): version, mode, precision 0x20 and nothing else, but
/// for the transmit timestamp, for which 64 random bits are used.
void write_client_header(NtpTimestamp transmit, ByteSpan out);

/// The client's side of protected packets, for the keys of one key establishment.
class ClientPackets {
 public:
  /// Fails if the AEAD is not available or a key has the wrong size.
  static Result<ClientPackets> make(const SessionKeys& keys);

  /// Puts unique identifier, cookie, placeholders as long as the cookie, and the authenticator over
  /// all that behind the header that stands in the first 48 octets of `packet`. Returns the size of
  /// the whole; 0 if there is no room or OpenSSL fails.
  std::size_t protect(const UniqueId& id, const Cookie& cookie, std::size_t placeholders,
                      Random& random, ByteSpan packet);
  /// Judges a datagram; `reply` is filled if it is Genuine. The origin timestamp is the caller's to
  /// check, before the cookies are kept. What lies behind the authenticator is ignored.
  ReplyVerdict verify(ByteView datagram, const UniqueId& id, Reply& reply);

 private:
  ClientPackets(crypto::Aead c2s, crypto::Aead s2c);

  crypto::Aead c2s_;
  crypto::Aead s2c_;
  std::array<std::uint8_t, kMaxPacket> plaintext_{};
};

}  // namespace ntp::nts
