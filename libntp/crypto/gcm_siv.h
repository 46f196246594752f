// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/bytes.h"
#include "libntp/crypto/cipher_context.h"
#include "libntp/crypto/secret.h"

namespace ntp::crypto {

/// AES-128-GCM-SIV (RFC 8452) as OpenSSL has it from 3.2 on; from 3.5 on with empty plaintexts.
class GcmSiv {
 public:
  /// Nothing if OpenSSL does not have it.
  static std::optional<GcmSiv> make();

  bool set_key(ByteView key);
  void forget_key();

  /// `out` is as long as the plaintext and a tag, which comes last. The plaintext may stand at the
  /// front of `out`. The nonce has 12 octets.
  bool seal(ByteView ad, ByteView nonce, ByteView plaintext, ByteSpan out);
  /// `out` has the size of the ciphertext less the tag; all zeros if it is not genuine.
  bool open(ByteView ad, ByteView nonce, ByteView ciphertext, ByteSpan out);

 private:
  GcmSiv() = default;

  CipherContext seal_;
  CipherContext open_;
  Secret key_;
};

}  // namespace ntp::crypto
