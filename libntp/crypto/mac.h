// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"

/// Message authentication codes of symmetric keys (RFC 5905 section 7.3, RFC 8573).
namespace ntp::crypto {

/// Longest code that a packet carries; longer digests are cut.
inline constexpr std::size_t kMaxMac = 20;

/// What a type name of ntp.keys stands for.
struct MacType {
  enum class Kind : std::uint8_t { Digest, Cmac };
  Kind kind = Kind::Digest;
  /// As OpenSSL calls it: a digest, or the block cipher of a CMAC.
  std::string algorithm;
  /// Octets of the key; 0: any.
  std::size_t key_size = 0;
  /// Octets of the whole digest, and what of it is sent: 16 or 20.
  std::size_t full_size = 0;
  std::size_t mac_size = 0;
  /// OpenSSL's configuration on this host (FIPS) does not allow it. It works all the same, by way
  /// of OpenSSL's default provider.
  bool against_policy = false;
};

/// `name` as in ntp.keys, in any case: `AES`, `AES-256`, `CAMELLIA-128`, `SHA1`, `MD5`, `M`, … The
/// ciphers of CMAC come before digests. NTPsec: what is unknown and starts with M is MD5. Nothing
/// if OpenSSL has no such thing, or one whose codes do not fit into a packet.
std::optional<MacType> find_mac_type(std::string_view name);

/// A key ready for use: what is costly about it has been done once. Not for use by several threads
/// at once.
class MacKey {
 public:
  /// For CMAC the secret is filled up with zeros or cut to the size of the cipher's key.
  static Result<MacKey> make(const MacType& type, ByteView secret);
  MacKey(MacKey&&) noexcept;
  MacKey& operator=(MacKey&&) noexcept;
  /// Wipes the secret.
  ~MacKey();

  [[nodiscard]] MacType::Kind kind() const;
  /// Octets of a code.
  [[nodiscard]] std::size_t mac_size() const;
  /// Writes the code of `message` to the front of `out`, which has room for it, and returns its
  /// size; 0 if OpenSSL fails. Digests are taken of the key followed by the message.
  std::size_t compute(ByteView message, ByteSpan out);
  /// Compares in constant time; a code of another size is wrong.
  bool verify(ByteView message, ByteView mac);

 private:
  struct State;
  explicit MacKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ntp::crypto
