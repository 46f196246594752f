// SPDX-License-Identifier: BSD-2-Clause
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "ntpd/nts/client_exchange.h"

/// Who the other side is: what it has to prove, and whether it has.
namespace ntp::ke {
namespace {

std::string one_line(const X509_NAME* name) {
  std::array<char, 256> text{};
  X509_NAME_oneline(name, text.data(), static_cast<int>(text.size()));
  return text.data();
}

/// Without the dot that makes a name absolute, which no certificate has.
std::string certificate_name(std::string host) {
  if (host.size() > 1 && host.back() == '.') host.pop_back();
  return host;
}

}  // namespace

Result<TlsSession> ClientExchange::make_session(int descriptor) {
  auto made = trust_.new_session(request_.authorities);
  if (!made) return made;
  SSL* session = made->get();
  const std::string name = certificate_name(request_.host);
  bool ready = SSL_set_fd(session, descriptor) == 1;
  if (const auto literal = parse_address(name)) {
    // Without the zone, which no certificate has.
    const ByteView octets = literal->bytes();
    ready = ready &&
            X509_VERIFY_PARAM_set1_ip(SSL_get0_param(session), octets.data(), octets.size()) == 1;
  } else {
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    ready = ready && SSL_set1_host(session, name.c_str()) == 1 &&
            SSL_set_tlsext_host_name(session, name.c_str()) == 1;
  }
  if (!ready) return fail("TLS: " + tls_error());
  SSL_set_connect_state(session);
  return made;
}

Result<void> ClientExchange::check_certificate() {
  const X509* certificate = SSL_get0_peer_certificate(session_.get());
  if (certificate == nullptr) return fail("No certificate");
  tell("certificate subject name: " + one_line(X509_get_subject_name(certificate)));
  tell("certificate issuer name: " + one_line(X509_get_issuer_name(certificate)));
  const long verdict = SSL_get_verify_result(session_.get());
  if (verdict == X509_V_OK) {
    tell("certificate is valid.");
    return {};
  }
  const std::string invalid = "certificate invalid: " + std::to_string(verdict) + "=>" +
                              X509_verify_cert_error_string(verdict);
  if (!request_.accept_any_certificate) return fail(invalid);
  tell(invalid);
  tell("noval - accepting invalid cert.");
  return {};
}

Result<void> ClientExchange::check_peer() {
  if (auto checked = check_certificate(); !checked) return checked;
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_.get(), &protocol, &size);
  if (size == 0) return fail("No ALPN from " + request_.host);
  if (!std::equal(nts::kAlpn.begin(), nts::kAlpn.end(), protocol, protocol + size)) {
    return fail("Strange ALPN from " + request_.host);
  }
  return {};
}

}  // namespace ntp::ke
