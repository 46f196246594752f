// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libntp/core/bytes.h"
#include "libntp/crypto/cipher_context.h"
#include "libntp/crypto/secret.h"

namespace ntp::crypto {

/// AES-SIV (RFC 5297), composed of OpenSSL's AES-CBC and AES-ECB: its own AES-SIV refuses an empty
/// plaintext in 3.0, which each NTS request has, and takes ten times as long to set a key.
class Siv {
 public:
  static constexpr std::size_t kBlock = 16;
  /// Its octets as a number, the first one highest.
  struct Block {
    std::uint64_t high;
    std::uint64_t low;
  };

  /// `key_size` is 32, 48 or 64. Nothing if OpenSSL does not provide AES.
  static std::optional<Siv> make(std::size_t key_size);
  Siv(Siv&&) noexcept = default;
  Siv& operator=(Siv&&) noexcept = default;
  ~Siv();

  bool set_key(ByteView key);
  void forget_key();

  /// S2V over `strings` and the plaintext: for an AEAD the associated data, then the nonce. `out`
  /// is as long as the plaintext and a block, and gets the synthetic IV, then the ciphertext. The
  /// plaintext may stand in `out` behind the first block.
  bool seal(std::span<const ByteView> strings, ByteView plaintext, ByteSpan out);
  /// `out` has the size of the ciphertext less a block; all zeros if it is not genuine.
  bool open(std::span<const ByteView> strings, ByteView ciphertext, ByteSpan out);

 private:
  /// Octets that go through OpenSSL in one call.
  static constexpr std::size_t kChunk = 1024;

  Siv() = default;
  /// Encrypts whole blocks of the scratch in CBC, which goes on from the message before.
  void chain(std::size_t size);
  /// CMAC of a message; `last` is first added to its last 16 octets, and 0 where it has fewer.
  [[nodiscard]] Block mac(ByteView message, Block last = {});
  /// The scratch gets a message of up to kChunk octets, padded; gives the size.
  std::size_t lay_out(ByteView message, Block last);
  [[nodiscard]] Block s2v(std::span<const ByteView> strings, ByteView plaintext);
  void add_keystream(Block iv, ByteView in, ByteSpan out);
  bool use_counter_key();

  std::size_t key_size_ = 0;
  bool ready_ = false;
  /// An OpenSSL call has failed since the key was set: nothing counts any more.
  bool broken_ = false;
  CipherContext cbc_;
  CipherContext ecb_;
  /// Set into ecb_ only when there is something to encrypt.
  Secret counter_key_;
  bool counter_key_set_ = false;
  Block k1_{};
  Block k2_{};
  Block zero_code_{};  // CMAC of a zero block, where S2V starts
  Block chained_{};    // what cbc_ adds to its next block, to be taken off again
  std::array<std::uint8_t, kChunk> scratch_{};
};

}  // namespace ntp::crypto
