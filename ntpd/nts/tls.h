// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "libntp/config/settings.h"
#include "libntp/core/result.h"
#include "libntp/crypto/aead.h"
#include "libntp/nts/session_keys.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

/// Key establishment of NTS on the host: TLS, sockets and files around libntp/nts. This file is
/// what client and server share.
namespace ntp::ke {

struct FreeTlsContext {
  void operator()(ssl_ctx_st* context) const;
};
struct FreeTlsSession {
  void operator()(ssl_st* session) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;
using TlsSession = std::unique_ptr<ssl_st, FreeTlsSession>;

enum class Role : std::uint8_t { Client, Server };

/// A context for TLS 1.3 alone, without session tickets, with the ciphers and curves that ntp.conf
/// asks for. Certificates are the caller's to add. The error names the option that is no good.
Result<TlsContext> make_tls_context(Role role, const config::NtsSettings& settings);

/// What OpenSSL's error queue of this thread holds, fit for a log line; the queue is empty
/// afterwards. Where it holds nothing the text says so.
std::string tls_error();

/// As NTPsec's log tells a session: `TLSv1.3, TLS_AES_256_GCM_SHA384 (256)`, with `separator`
/// between version and suite.
std::string describe_cipher(const ssl_st* session, std::string_view separator = ", ");

/// The keys of a session whose handshake is done (RFC 8915 section 5.1); nothing if OpenSSL fails.
/// For AEAD 30, without `compliant_gcm_siv`, those that chrony before 4.6.1 takes.
std::optional<nts::SessionKeys> export_keys(ssl_st* session, crypto::AeadId aead,
                                            bool compliant_gcm_siv);

}  // namespace ntp::ke
