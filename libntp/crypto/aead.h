// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"

/// Authenticated encryption with associated data, as NTS uses it (RFC 5297, RFC 8452).
namespace ntp::crypto {

/// IANA's numbers.
enum class AeadId : std::uint16_t {
  AesSivCmac256 = 15,
  AesSivCmac384 = 16,
  AesSivCmac512 = 17,
  Aes128GcmSiv = 30,
};

struct AeadTraits {
  AeadId id;
  /// As ntp.conf names it.
  std::string_view name;
  std::size_t key_size;
  /// The nonce to send, and the shortest and longest that open() takes.
  std::size_t nonce_size;
  std::size_t min_nonce;
  std::size_t max_nonce;
  /// Where the plaintext may stand in the output to be sealed in place: behind the tag for AES-SIV,
  /// before it for AES-GCM-SIV.
  std::size_t plaintext_offset;
};

/// Octets that sealing adds.
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kMaxAeadNonce = 16;

inline constexpr std::array<AeadTraits, 4> kAeads{{
    {AeadId::AesSivCmac256, "AES_SIV_CMAC_256", 32, 16, 1, 65535, kTagSize},
    {AeadId::AesSivCmac384, "AES_SIV_CMAC_384", 48, 16, 1, 65535, kTagSize},
    {AeadId::AesSivCmac512, "AES_SIV_CMAC_512", 64, 16, 1, 65535, kTagSize},
    {AeadId::Aes128GcmSiv, "AES_128_GCM_SIV", 16, 12, 12, 12, 0},
}};

[[nodiscard]] const AeadTraits& traits(AeadId id);
/// Null if it is none of ours. That it is does not mean that it is available.
[[nodiscard]] const AeadTraits* find_aead(std::uint16_t number);
[[nodiscard]] const AeadTraits* find_aead(std::string_view name);

/// One algorithm with one key at a time; setting another key costs about 0.1 us and allocates
/// nothing, nor does sealing or opening. Not for use by several threads at once. Keys and
/// intermediate values are wiped when replaced and at the end.
class Aead {
 public:
  /// Without a key yet. Fails if OpenSSL on this host does not provide the algorithm.
  static Result<Aead> make(AeadId id);
  Aead(Aead&&) noexcept;
  Aead& operator=(Aead&&) noexcept;
  ~Aead();

  [[nodiscard]] AeadId id() const;
  /// False, and no key is set, if the size is wrong or OpenSSL fails.
  bool set_key(ByteView key);
  void forget_key();

  /// Writes plaintext.size() + kTagSize octets to the front of `out` and returns their number;
  /// nothing if there is no key, the nonce has a forbidden size or `out` no room. The plaintext may
  /// be empty, and may stand in `out` at traits().plaintext_offset; otherwise they do not overlap.
  std::optional<std::size_t> seal(ByteView ad, ByteView nonce, ByteView plaintext, ByteSpan out);
  /// Writes the plaintext to the front of `out`, which does not overlap with the rest, and returns
  /// its size; nothing, and nothing is left in `out`, if the ciphertext is not genuine. Tags are
  /// compared in constant time.
  std::optional<std::size_t> open(ByteView ad, ByteView nonce, ByteView ciphertext, ByteSpan out);

 private:
  struct State;
  explicit Aead(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Seals and opens known messages by all three AES-SIV algorithms. Where it fails, NTS must not
/// start; the error names the algorithm.
[[nodiscard]] Result<void> known_answer_test();
/// Whether OpenSSL has the algorithm and gives the known answers. Costs some 100 us: ask at start.
[[nodiscard]] bool aead_available(AeadId id);

}  // namespace ntp::crypto
