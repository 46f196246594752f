// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libntp/core/seams.h"
#include "libntp/crypto/cipher_context.h"

namespace ntp::crypto {

/// Draws a key from another source for each 4 KiB, and hands out what AES-256 in counter mode makes
/// of it, so that a nonce costs a copy and no system call. What has been handed out is wiped, and
/// the key with the first draw of the next. For one thread and one process: make it after the last
/// fork.
class RandomPool final : public Random {
 public:
  /// `source` outlives the pool. Where OpenSSL has no AES all is drawn from the source.
  explicit RandomPool(Random& source);
  RandomPool(const RandomPool&) = delete;
  RandomPool& operator=(const RandomPool&) = delete;
  ~RandomPool() override;

  void fill(ByteSpan out) override;

 private:
  static constexpr std::size_t kSize = 4096;

  void refill();
  bool expand();

  Random& source_;
  CipherContext cipher_;
  std::array<std::uint8_t, kSize> pool_{};
  std::size_t used_ = kSize;
};

}  // namespace ntp::crypto
