// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/secret.h"

#include <openssl/crypto.h>

namespace ntp::crypto {

void wipe(ByteSpan secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

bool equal_secrets(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ntp::crypto
