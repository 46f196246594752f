// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace ntp::ke {
namespace {

/// NTPsec's one spelling; others are no version at all.
constexpr std::string_view kTls13 = "TLS1.3";

/// A server's own choice. OpenSSL's clients would have SHA-384 first, which makes the schedule of
/// keys, and with it a session, dearer than processors that know SHA-256 need to; what the session
/// protects is keys of 128 bits as a rule.
constexpr const char* kServerSuites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

Failure<Error> bad_option(const std::string& option, const std::string& value) {
  tls_error();
  return fail("nts " + option + " " + value + ": not usable");
}

}  // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void FreeTlsSession::operator()(ssl_st* session) const { SSL_free(session); }

Result<TlsContext> make_tls_context(Role role, const config::NtsSettings& settings) {
  TlsContext context(SSL_CTX_new(role == Role::Client ? TLS_client_method() : TLS_server_method()));
  if (!context) return fail("TLS: " + tls_error());
  if (!settings.min_tls.empty() && settings.min_tls != kTls13) {
    return bad_option("mintls", settings.min_tls);
  }
  if (!settings.max_tls.empty() && settings.max_tls != kTls13) {
    return bad_option("maxtls", settings.max_tls);
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  if (!settings.max_tls.empty()) SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION);
  if (role == Role::Server && settings.cipher_suites.empty() && !settings.server_preference) {
    SSL_CTX_set_ciphersuites(context.get(), kServerSuites);
  }
  if (!settings.cipher_suites.empty() &&
      SSL_CTX_set_ciphersuites(context.get(), settings.cipher_suites.c_str()) != 1) {
    return bad_option("tlsciphersuites", settings.cipher_suites);
  }
  if (!settings.ecdh_curves.empty() &&
      SSL_CTX_set1_groups_list(context.get(), settings.ecdh_curves.c_str()) != 1) {
    return bad_option("tlsecdhcurves", settings.ecdh_curves);
  }
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  if (role == Role::Server) {
    // NTPsec: a list of suites is in the order of who wrote it.
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
    // The chain is what the file holds. OpenSSL would look for more in each session.
    SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
  }
  return context;
}

std::string tls_error() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (!text.empty()) continue;
    if (reason != nullptr) {
      text = reason;
    } else {
      std::array<char, 120> buffer{};
      ERR_error_string_n(code, buffer.data(), buffer.size());
      text = buffer.data();
    }
  }
  return text.empty() ? "no reason given" : text;
}

std::string describe_cipher(const ssl_st* session, std::string_view separator) {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(session);
  return std::string(SSL_get_version(session)) + std::string(separator) +
         SSL_CIPHER_get_name(cipher) + " (" + std::to_string(SSL_CIPHER_get_bits(cipher, nullptr)) +
         ")";
}

std::optional<nts::SessionKeys> export_keys(ssl_st* session, crypto::AeadId aead,
                                            bool compliant_gcm_siv) {
  const bool as_old_chrony = aead == crypto::AeadId::Aes128GcmSiv && !compliant_gcm_siv;
  const crypto::AeadId named = as_old_chrony ? crypto::AeadId::AesSivCmac256 : aead;
  const auto derive = [&](nts::Direction direction, crypto::Secret& key) {
    const auto context = nts::exporter_context(named, direction);
    const ByteSpan out = key.resize(crypto::traits(aead).key_size);
    return SSL_export_keying_material(session, out.data(), out.size(), nts::kExporterLabel.data(),
                                      nts::kExporterLabel.size(), context.data(), context.size(),
                                      1) == 1;
  };
  nts::SessionKeys keys;
  keys.aead = aead;
  if (!derive(nts::Direction::ClientToServer, keys.c2s) ||
      !derive(nts::Direction::ServerToClient, keys.s2c)) {
    return std::nullopt;
  }
  return keys;
}

}  // namespace ntp::ke
