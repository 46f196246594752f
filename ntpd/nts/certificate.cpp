// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>

#include "libntp/crypto/secret.h"

namespace ntp::ke {
namespace {

template <auto free_it>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free_it(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using X509Pointer = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

/// A file's text, wiped when it goes.
class SecretText {
 public:
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { crypto::wipe({reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()}); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

Bio reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// There is nobody to be asked for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

std::string fingerprint(const std::string& certificate, const std::string& key) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  std::string result;
  for (const std::string* text : {&certificate, &key}) {
    unsigned size = 0;
    if (EVP_Digest(text->data(), text->size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
      return {};
    }
    result.append(as_text(ByteView(digest).first(size)));
  }
  return result;
}

WallTime end_of(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
  return WallTime(std::chrono::seconds(timegm(&end)));
}

/// The first certificate, and those behind it as its chain. Gives the end of validity.
Result<WallTime> add_certificates(SSL_CTX* context, const std::string& text) {
  const Bio in = reader(text);
  const X509Pointer own(in ? PEM_read_bio_X509_AUX(in.get(), nullptr, no_passphrase, nullptr)
                           : nullptr);
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) return fail(tls_error());
  while (X509* next = PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return fail(tls_error());
    }
  }
  const unsigned long end = ERR_peek_last_error();
  const bool complete =
      ERR_GET_LIB(end) == ERR_LIB_PEM && ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
  const std::string reason = tls_error();
  if (!complete) return fail(reason);
  return end_of(own.get());
}

Result<void> add_key(SSL_CTX* context, const std::string& text) {
  const Bio in = reader(text);
  const KeyPointer key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr)
                          : nullptr);
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return fail(tls_error());
  }
  return {};
}

/// RFC 8915 section 4: a client that offers other protocols only gets the alert
/// no_application_protocol.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void*) {
  ByteReader offered(ByteView(in, in_size));
  while (offered.remaining() != 0) {
    const ByteView name = offered.take(offered.u8());
    if (!offered.ok()) break;
    if (as_text(name) != nts::kAlpn) continue;
    *out = name.data();
    *out_size = static_cast<unsigned char>(name.size());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

std::string certificate_file(const config::NtsSettings& settings) {
  return settings.certificate.empty() ? config::default_path::kNtsCertificate
                                      : settings.certificate;
}

std::string key_file(const config::NtsSettings& settings) {
  return settings.key.empty() ? config::default_path::kNtsKey : settings.key;
}

Result<std::string> fingerprint_files(const config::NtsSettings& settings, FileStore& files) {
  const auto certificate = files.load(certificate_file(settings));
  if (!certificate) return fail(certificate.error().message);
  auto key = files.load(key_file(settings));
  if (!key) return fail(key.error().message);
  const SecretText secret(std::move(*key));
  return fingerprint(*certificate, secret.text());
}

Result<Certificate> load_certificate(const config::NtsSettings& settings, FileStore& files) {
  auto context = make_tls_context(Role::Server, settings);
  if (!context) return fail(context.error().message);
  SSL_CTX_set_alpn_select_cb(context->get(), choose_protocol, nullptr);
  SSL_CTX_set_mode(context->get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);

  const std::string certificate_path = certificate_file(settings);
  const std::string key_path = key_file(settings);
  const auto chain = files.load(certificate_path);
  if (!chain) return fail("can't load certificate (chain) from " + chain.error().message);
  const auto expires = add_certificates(context->get(), *chain);
  if (!expires) {
    return fail("can't load certificate (chain) from " + certificate_path + ": " +
                expires.error().message);
  }
  auto key = files.load(key_path);
  if (!key) return fail("can't load private key from " + key.error().message);
  const SecretText secret(std::move(*key));
  if (auto added = add_key(context->get(), secret.text()); !added) {
    return fail("can't load private key from " + key_path + ": " + added.error().message);
  }
  Certificate result;
  result.context = SharedTlsContext(std::move(*context));
  result.expires = *expires;
  result.fingerprint = fingerprint(*chain, secret.text());
  return result;
}

}  // namespace ntp::ke
