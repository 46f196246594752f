// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/trust.h"

#include <openssl/ssl.h>

#include <array>
#include <filesystem>

#include "libntp/nts/session_keys.h"

namespace ntp::ke {
namespace {

/// As ALPN's list is sent: each name behind its length.
std::array<std::uint8_t, nts::kAlpn.size() + 1> alpn_list() {
  std::array<std::uint8_t, nts::kAlpn.size() + 1> list{};
  list[0] = static_cast<std::uint8_t>(nts::kAlpn.size());
  std::copy(nts::kAlpn.begin(), nts::kAlpn.end(), list.begin() + 1);
  return list;
}

}  // namespace

void Trust::reconfigure(config::NtsSettings settings) {
  settings_ = std::move(settings);
  contexts_.clear();
}

Result<TlsContext> Trust::load(const std::string& authorities) {
  auto context = make_tls_context(Role::Client, settings_);
  if (!context) return context;
  SSL_CTX* raw = context->get();
  SSL_CTX_set_verify(raw, SSL_VERIFY_NONE, nullptr);
  // The end of the message is what counts, not how TLS is closed behind it.
  SSL_CTX_set_options(raw, SSL_OP_IGNORE_UNEXPECTED_EOF);
  // One record at a time: a server that goes on with tickets would have the whole loop.
  SSL_CTX_clear_mode(raw, SSL_MODE_AUTO_RETRY);
  const auto alpn = alpn_list();
  SSL_CTX_set_alpn_protos(raw, alpn.data(), alpn.size());
  if (authorities.empty()) {
    SSL_CTX_set_default_verify_paths(raw);
    log_.info("NTSc: Using system default root certificates.");
    return context;
  }
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(authorities, ignored);
  const int loaded = directory ? SSL_CTX_load_verify_dir(raw, authorities.c_str())
                               : SSL_CTX_load_verify_file(raw, authorities.c_str());
  const std::string what = directory ? "dir" : "file";
  if (loaded != 1) {
    return fail("can't use " + authorities + " as " + what +
                " for root certificates: " + tls_error());
  }
  log_.info("NTSc: Using " + what + " " + authorities + " for root certificates.");
  return context;
}

Result<TlsSession> Trust::new_session(const std::string& authorities) {
  auto known = contexts_.find(authorities);
  if (known == contexts_.end()) {
    auto loaded = load(authorities);
    if (!loaded) return Failure<Error>{loaded.error()};
    known = contexts_.emplace(authorities, std::move(*loaded)).first;
  }
  TlsSession session(SSL_new(known->second.get()));
  if (!session) return fail("TLS: " + tls_error());
  return session;
}

}  // namespace ntp::ke
