// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "libntp/crypto/secret.h"

namespace ntp::nts {

/// A key that seals cookies.
struct CookieKey {
  std::uint32_t id = 0;
  crypto::Secret secret;

  friend bool operator==(const CookieKey&, const CookieKey&) = default;
};

/// The server's keys for cookies, as NTPsec keeps them in `nts-keys`: the current one and those of
/// the days before. A value, to be copied to each thread that needs it.
class CookieKeys {
 public:
  static constexpr std::size_t kKept = 10;
  static constexpr std::int64_t kRotation = 86400;  // s
  static constexpr std::size_t kUsualKeySize = 32;

  /// One new key that starts now.
  static CookieKeys generate(WallTime now, Random& random);
  /// Reads the file: `T: ` start of the newest key in Unix seconds, `L: ` 32, 48 or 64 octets, then
  /// up to ten pairs of `I: ` number and `K: ` hexadecimal digits, newest first. NTPsec: blanks and
  /// line ends are the same, and what follows the pairs is not read. Errors tell no part of a key.
  static Result<CookieKeys> parse(std::string_view text);
  /// The file. Whoever holds the text wipes it (crypto::wipe).
  [[nodiscard]] std::string to_text() const;

  /// A day or more after the start of the newest key a new one takes its place, the tenth falls
  /// out, and the start moves on by whole days. True if the file is to be written.
  bool rotate(WallTime now, Random& random);

  /// Newest first; never empty.
  [[nodiscard]] const std::vector<CookieKey>& keys() const { return keys_; }
  /// Octets of each: 32, 48 or 64, which is AES-SIV of 256, 384 or 512.
  [[nodiscard]] std::size_t key_size() const { return key_size_; }
  /// Unix seconds.
  [[nodiscard]] std::int64_t started() const { return started_; }

  friend bool operator==(const CookieKeys&, const CookieKeys&) = default;

 private:
  CookieKeys() = default;
  void add_new(Random& random);

  std::vector<CookieKey> keys_;
  std::size_t key_size_ = kUsualKeySize;
  std::int64_t started_ = 0;
};

}  // namespace ntp::nts
