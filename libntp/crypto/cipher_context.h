// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>

struct evp_cipher_ctx_st;  // OpenSSL's

namespace ntp::crypto {

struct FreeCipherContext {
  void operator()(evp_cipher_ctx_st* context) const;
};
using CipherContext = std::unique_ptr<evp_cipher_ctx_st, FreeCipherContext>;

/// A context to encrypt by the algorithm that OpenSSL calls `name`, with a zero key and, where
/// there is one, a zero IV, to which OpenSSL goes back with each new key. Null if it does not
/// provide it.
///
/// Padding stays on: it is added at the end of a message, which is never told, and to have it off
/// would cost more with each key than setting that.
CipherContext make_cipher_context(const char* name);

}  // namespace ntp::crypto
