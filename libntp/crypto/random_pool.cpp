// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/random_pool.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>

#include "libntp/crypto/secret.h"

namespace ntp::crypto {

RandomPool::RandomPool(Random& source) : source_(source) {
  cipher_ = make_cipher_context("AES-256-CTR");
}

RandomPool::~RandomPool() { wipe(pool_); }

void RandomPool::fill(ByteSpan out) {
  if (out.size() > kSize / 4) {
    source_.fill(out);
    return;
  }
  if (out.size() > kSize - used_) {
    refill();
  }
  const ByteSpan fresh = ByteSpan(pool_).subspan(used_, out.size());
  std::copy(fresh.begin(), fresh.end(), out.begin());
  wipe(fresh);
  used_ += out.size();
}

void RandomPool::refill() {
  if (!cipher_ || !expand()) {
    ERR_clear_error();
    source_.fill(pool_);
  }
  used_ = 0;
}

bool RandomPool::expand() {
  constexpr std::size_t kKeySize = 32;
  constexpr std::array<std::uint8_t, 16> kZeroCounter{};
  std::array<std::uint8_t, kKeySize> key;
  source_.fill(key);
  pool_.fill(0);
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex2(cipher_.get(), nullptr, key.data(), kZeroCounter.data(), nullptr) == 1 &&
      EVP_EncryptUpdate(cipher_.get(), pool_.data(), &written, pool_.data(),
                        static_cast<int>(pool_.size())) == 1 &&
      written == static_cast<int>(pool_.size());
  wipe(key);
  return done;
}

}  // namespace ntp::crypto
