// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/sha1.h"

#include <openssl/evp.h>

namespace ntp::crypto {

std::optional<std::array<std::uint8_t, 20>> sha1(ByteView message) {
  std::array<std::uint8_t, 20> digest{};
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, "SHA1", nullptr, message.data(), message.size(), digest.data(),
                   &size) != 1 ||
      size != digest.size()) {
    return std::nullopt;
  }
  return digest;
}

}  // namespace ntp::crypto
