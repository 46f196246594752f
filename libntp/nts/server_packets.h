// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/cookie_box.h"
#include "libntp/nts/packet.h"
#include "libntp/nts/session_keys.h"

namespace ntp::nts {

struct Fields;

/// What a datagram is to a server.
enum class RequestVerdict : std::uint8_t {
  /// To be answered under protection.
  Genuine,
  /// Well-formed, but the cookie can't be opened or the authenticator is wrong: to be answered with
  /// a NAK, if the limits allow.
  Nak,
  /// To be dropped, from here on.
  NotProtected,  // no authenticator, or not version 4, mode 3
  Malformed,     // fields that can't be read, doubled, missing, or of wrong size
  TooLong,
};
[[nodiscard]] std::string_view describe(RequestVerdict verdict);

/// The server's side of protected packets. For one datagram after the other: open(); if it is
/// Genuine prepare(), then write the header with the time of transmission into the first 48 octets,
/// then finish(). If it is Nak, make_nak(). Nothing is allocated, and a reply is never longer than
/// its request. Not for use by several threads at once: each has its own, with its own cookie box.
class ServerPackets {
 public:
  /// Counts since start.
  struct Counters {
    std::uint64_t good = 0;  // nts_server_recv_good
    std::uint64_t bad = 0;   // nts_server_recv_bad: all other verdicts
    std::uint64_t sent = 0;  // nts_server_send
    std::uint64_t naks = 0;
  };

  /// With all algorithms that are available on this host. `cookies` and `random` outlive it; draw
  /// from a RandomPool.
  static Result<ServerPackets> make(CookieBox& cookies, Random& random);

  /// Judges a datagram, which stays valid and unchanged until finish() or make_nak().
  RequestVerdict open(ByteView datagram);
  /// All that does not need the time: unique identifier and fresh cookies, one for the request's
  /// own and one for each placeholder, behind the first 48 octets of `out`. Returns the size that
  /// the reply will have; 0 if there is no room. `out` and the datagram do not overlap.
  std::size_t prepare(ByteSpan out);
  /// Protects the header and the rest; takes the same `out`. Returns the size of the reply; 0 if
  /// OpenSSL fails. The session's keys are wiped.
  std::size_t finish(ByteSpan out);
  /// Writes the NAK for the datagram opened last, which tells nothing of the time, and returns its
  /// size; 0 if there is no room.
  std::size_t make_nak(ByteSpan out);

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  ServerPackets(CookieBox& cookies, Random& random) : cookies_(&cookies), random_(&random) {}
  RequestVerdict judge(ByteView datagram);
  /// Opens the cookie and verifies the authenticator.
  RequestVerdict verify(const Fields& fields);
  [[nodiscard]] crypto::Aead* aead_for(crypto::AeadId id);

  /// What may come next.
  enum class Stage : std::uint8_t { Idle, Genuine, Nak, Prepared };

  CookieBox* cookies_;
  Random* random_;
  std::array<std::optional<crypto::Aead>, crypto::kAeads.size()> aeads_;
  Stage stage_ = Stage::Idle;
  ByteView datagram_;
  ByteView unique_id_;
  SessionKeys keys_;
  std::size_t wanted_ = 0;   // cookies
  std::size_t covered_ = 0;  // octets of the reply before its authenticator
  std::size_t plaintext_size_ = 0;
  std::array<std::uint8_t, kMaxPacket> plaintext_{};
  Counters counters_;
};

}  // namespace ntp::nts
