// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/gcm_siv.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

namespace ntp::crypto {
namespace {

constexpr std::size_t kKeySize = 16;
constexpr int kTag = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};

/// OpenSSL asks for a pointer even where there is nothing.
constexpr std::uint8_t kNothing = 0;
const std::uint8_t* pointer(ByteView octets) { return octets.empty() ? &kNothing : octets.data(); }

/// A new key leaves what was associated with the message before, at least in 3.5: nothing, given by
/// itself, removes it.
bool set_associated(EVP_CIPHER_CTX* context, ByteView ad) {
  int written = 0;
  return EVP_CipherUpdate(context, nullptr, &written, &kNothing, 0) == 1 &&
         (ad.empty() || EVP_CipherUpdate(context, nullptr, &written, ad.data(),
                                         static_cast<int>(ad.size())) == 1);
}

}  // namespace

std::optional<GcmSiv> GcmSiv::make() {
  const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher(
      EVP_CIPHER_fetch(nullptr, "AES-128-GCM-SIV", nullptr));
  GcmSiv result;
  result.seal_.reset(EVP_CIPHER_CTX_new());
  result.open_.reset(EVP_CIPHER_CTX_new());
  const bool ready =
      cipher && result.seal_ && result.open_ &&
      EVP_EncryptInit_ex2(result.seal_.get(), cipher.get(), nullptr, nullptr, nullptr) == 1 &&
      EVP_DecryptInit_ex2(result.open_.get(), cipher.get(), nullptr, nullptr, nullptr) == 1;
  ERR_clear_error();
  if (!ready) return std::nullopt;
  return result;
}

bool GcmSiv::set_key(ByteView key) {
  key_.clear();
  if (key.size() != kKeySize) return false;
  key_.assign(key);
  return true;
}

void GcmSiv::forget_key() {
  constexpr std::array<std::uint8_t, kKeySize> kZeros{};
  for (const CipherContext* context : {&seal_, &open_}) {
    EVP_CipherInit_ex2(context->get(), nullptr, kZeros.data(), nullptr, -1, nullptr);
  }
  key_.clear();
}

bool GcmSiv::seal(ByteView ad, ByteView nonce, ByteView plaintext, ByteSpan out) {
  if (key_.size() == 0) return false;
  // OpenSSL takes one message for each time that the key is set.
  EVP_CIPHER_CTX* const context = seal_.get();
  std::array<std::uint8_t, kTag> rest{};
  int size = 0;
  int more = 0;
  const bool done =
      EVP_EncryptInit_ex2(context, nullptr, key_.view().data(), nonce.data(), nullptr) == 1 &&
      set_associated(context, ad) &&
      EVP_EncryptUpdate(context, out.data(), &size, pointer(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context, rest.data(), &more) == 1 &&
      static_cast<std::size_t>(size) == plaintext.size() && more == 0 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTag,
                          out.subspan(plaintext.size()).data()) == 1;
  if (!done) {
    ERR_clear_error();
    wipe(out);
  }
  return done;
}

bool GcmSiv::open(ByteView ad, ByteView nonce, ByteView ciphertext, ByteSpan out) {
  if (key_.size() == 0) return false;
  EVP_CIPHER_CTX* const context = open_.get();
  std::array<std::uint8_t, kTag> tag{};
  const ByteView given = ciphertext.last(kTag);
  std::copy(given.begin(), given.end(), tag.begin());
  std::array<std::uint8_t, kTag> rest{};
  int size = 0;
  int more = 0;
  const bool genuine =
      EVP_DecryptInit_ex2(context, nullptr, key_.view().data(), nonce.data(), nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
      set_associated(context, ad) &&
      EVP_DecryptUpdate(context, out.empty() ? rest.data() : out.data(), &size, pointer(ciphertext),
                        static_cast<int>(out.size())) == 1 &&
      EVP_DecryptFinal_ex(context, rest.data(), &more) == 1 &&
      static_cast<std::size_t>(size) == out.size() && more == 0;
  if (!genuine) {
    ERR_clear_error();
    wipe(out);
  }
  return genuine;
}

}  // namespace ntp::crypto
