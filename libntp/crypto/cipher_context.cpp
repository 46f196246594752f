// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/cipher_context.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <utility>

namespace ntp::crypto {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};

}  // namespace

void FreeCipherContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

CipherContext make_cipher_context(const char* name) {
  const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
  CipherContext context(EVP_CIPHER_CTX_new());
  constexpr std::array<std::uint8_t, 32> kZeros{};
  const bool ready =
      cipher && context &&
      EVP_EncryptInit_ex2(context.get(), cipher.get(), kZeros.data(), kZeros.data(), nullptr) == 1;
  ERR_clear_error();
  return ready ? std::move(context) : nullptr;
}

}  // namespace ntp::crypto
