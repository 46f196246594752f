// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/cookie_keys.h"
#include "libntp/nts/session_keys.h"

namespace ntp::nts {

/// Octets of a cookie of this server, by AEAD: 104, 136, 168 or 72.
[[nodiscard]] std::size_t cookie_size(crypto::AeadId aead);
/// Of the longest of them.
inline constexpr std::size_t kMaxOwnCookie = 168;

/// Counts since start, as the mode 6 variables `nts_cookie_…` show them.
struct CookieCounters {
  std::uint64_t made = 0;
  std::uint64_t decode_total = 0;    // all of the following
  std::uint64_t decode_current = 0;  // by the age of the key, whether the cookie is good or not
  std::uint64_t decode_old = 0;
  std::uint64_t decode_old2 = 0;
  std::uint64_t decode_older = 0;
  std::uint64_t decode_too_old = 0;  // no such key
  std::uint64_t decode_error = 0;    // there is one, but the cookie is not genuine
};

/// Makes and opens cookies in NTPsec's format: key identifier (little-endian, 4 octets), nonce
/// (16), and AES-SIV of the AEAD's number (little-endian, 4), C2S and S2C, with identifier and
/// nonce as associated data. Key schedules are made once a key; making and opening allocate
/// nothing. Not for use by several threads at once: each has its own.
class CookieBox {
 public:
  /// Fails if OpenSSL does not provide AES.
  static Result<CookieBox> make(const CookieKeys& keys);
  /// Other keys from now on; those that stay keep their schedules. Counters go on. On failure all
  /// stays as it is.
  Result<void> set_keys(const CookieKeys& keys);

  /// Writes a cookie by the current key to the front of `out` and returns its size; nothing if
  /// there is no room, or the keys do not have the AEAD's size.
  std::optional<std::size_t> seal(const SessionKeys& keys, Random& random, ByteSpan out);
  /// False if the cookie is not one of ours or has an unknown AEAD; `keys` are then undefined.
  bool open(ByteView cookie, SessionKeys& keys);

  [[nodiscard]] const CookieCounters& counters() const { return counters_; }

 private:
  struct Slot {
    std::uint32_t id = 0;
    crypto::Secret secret;
    std::optional<crypto::Aead> aead;  // always, outside set_keys()
  };

  CookieBox() = default;
  static std::vector<Slot>::iterator find(std::vector<Slot>& slots, std::uint32_t id);
  void count_age(std::size_t index);

  std::vector<Slot> slots_;  // newest first
  CookieCounters counters_;
};

}  // namespace ntp::nts
