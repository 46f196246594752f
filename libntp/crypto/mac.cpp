// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/mac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <vector>

namespace ntp::crypto {
namespace {

using Code = std::array<std::uint8_t, EVP_MAX_MD_SIZE>;

template <auto function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using Digest = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;
using Mac = std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;

/// OpenSSL with its default provider, whatever the configuration of the host loads or forbids.
class DefaultLibrary {
 public:
  DefaultLibrary()
      : context_(OSSL_LIB_CTX_new()), provider_(OSSL_PROVIDER_load(context_, "default")) {}
  ~DefaultLibrary() {
    OSSL_PROVIDER_unload(provider_);
    OSSL_LIB_CTX_free(context_);
  }
  DefaultLibrary(const DefaultLibrary&) = delete;
  DefaultLibrary& operator=(const DefaultLibrary&) = delete;

  /// Made once, when first needed; nothing changes it afterwards.
  static OSSL_LIB_CTX* get() {
    static const DefaultLibrary library;
    return library.context_;
  }

 private:
  OSSL_LIB_CTX* context_;
  OSSL_PROVIDER* provider_;
};

/// Null is the host's own configuration.
OSSL_LIB_CTX* library(bool against_policy) {
  return against_policy ? DefaultLibrary::get() : nullptr;
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

bool fits_a_packet(const MacType& type) { return type.mac_size == 16 || type.mac_size == kMaxMac; }

std::string cmac_cipher(const std::string& name) {
  return (name == "AES" || name == "AES128CMAC" ? "AES-128" : name) + "-CBC";
}

std::optional<MacType> find_cmac(const std::string& name, bool against_policy) {
  MacType type;
  type.kind = MacType::Kind::Cmac;
  type.algorithm = cmac_cipher(name);
  type.against_policy = against_policy;
  const Cipher cipher(EVP_CIPHER_fetch(library(against_policy), type.algorithm.c_str(), nullptr));
  if (!cipher) return std::nullopt;
  type.key_size = static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher.get()));
  // NIST SP 800-38B: a code is one block.
  type.full_size = type.mac_size =
      static_cast<std::size_t>(EVP_CIPHER_get_block_size(cipher.get()));
  return type;
}

std::optional<MacType> find_digest(const std::string& name, bool against_policy) {
  MacType type;
  type.algorithm = name;
  type.against_policy = against_policy;
  const Digest digest(EVP_MD_fetch(library(against_policy), name.c_str(), nullptr));
  if (!digest || (EVP_MD_get_flags(digest.get()) & EVP_MD_FLAG_XOF) != 0) return std::nullopt;
  type.full_size = static_cast<std::size_t>(std::max(0, EVP_MD_get_size(digest.get())));
  type.mac_size = std::min(type.full_size, kMaxMac);
  return type;
}

/// OpenSSL has it somewhere, if perhaps not for this host.
bool is_known(const std::string& name) {
  return EVP_get_digestbyname(name.c_str()) != nullptr ||
         EVP_get_cipherbyname(cmac_cipher(name).c_str()) != nullptr;
}

std::optional<MacType> find_exactly(const std::string& name) {
  for (const bool against_policy : {false, true}) {
    if (against_policy && !is_known(name)) break;
    if (auto type = find_cmac(name, against_policy)) return type;
    if (auto type = find_digest(name, against_policy)) return type;
  }
  return std::nullopt;
}

}  // namespace

std::optional<MacType> find_mac_type(std::string_view name) {
  constexpr std::size_t kLongestName = 64;
  if (name.empty() || name.size() > kLongestName || name.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::string upper = upper_case(name);
  if (upper == "SHA-1") upper = "SHA1";
  auto type = find_exactly(upper);
  // A digest that OpenSSL knows and does not offer (MD4) is not the one that was meant by M.
  if (!type && upper.front() == 'M' && !is_known(upper)) {
    type = find_exactly("MD5");
  }
  ERR_clear_error();
  return type && fits_a_packet(*type) ? type : std::nullopt;
}

struct MacKey::State {
  MacType::Kind kind = MacType::Kind::Digest;
  std::size_t mac_size = 0;
  std::vector<std::uint8_t> secret;
  Digest digest;
  DigestContext digest_context;
  MacContext mac_context;
  /// OpenSSL 3.0 to 3.0.2 forget the key of a CMAC when it starts anew.
  bool set_key_each_time = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { OPENSSL_cleanse(secret.data(), secret.size()); }

  bool prepare(const MacType& type);
  bool compute_digest(ByteView message, Code& code);
  bool compute_cmac(ByteView message, Code& code);
  bool compute(ByteView message, Code& code) {
    return kind == MacType::Kind::Digest ? compute_digest(message, code)
                                         : compute_cmac(message, code);
  }
};

bool MacKey::State::prepare(const MacType& type) {
  OSSL_LIB_CTX* const from = library(type.against_policy);
  if (kind == MacType::Kind::Digest) {
    digest.reset(EVP_MD_fetch(from, type.algorithm.c_str(), nullptr));
    digest_context.reset(EVP_MD_CTX_new());
    return digest && digest_context;
  }
  const Mac mac(EVP_MAC_fetch(from, "CMAC", nullptr));
  if (!mac) return false;
  mac_context.reset(EVP_MAC_CTX_new(mac.get()));
  if (!mac_context) return false;
  std::string cipher = type.algorithm;
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(mac_context.get(), secret.data(), secret.size(), parameters.data()) != 1) {
    return false;
  }
  constexpr std::array<std::uint8_t, 5> kProbe{1, 2, 3, 4, 5};
  Code once{};
  Code twice{};
  set_key_each_time = true;
  if (!compute_cmac(kProbe, once)) return false;
  set_key_each_time = false;
  set_key_each_time = !compute_cmac(kProbe, twice) || once != twice;
  return true;
}

bool MacKey::State::compute_digest(ByteView message, Code& code) {
  EVP_MD_CTX* const context = digest_context.get();
  unsigned size = 0;
  return EVP_DigestInit_ex(context, digest.get(), nullptr) == 1 &&
         EVP_DigestUpdate(context, secret.data(), secret.size()) == 1 &&
         EVP_DigestUpdate(context, message.data(), message.size()) == 1 &&
         EVP_DigestFinal_ex(context, code.data(), &size) == 1 && size >= mac_size;
}

bool MacKey::State::compute_cmac(ByteView message, Code& code) {
  EVP_MAC_CTX* const context = mac_context.get();
  const bool rekey = set_key_each_time;
  std::size_t size = 0;
  return EVP_MAC_init(context, rekey ? secret.data() : nullptr, rekey ? secret.size() : 0,
                      nullptr) == 1 &&
         EVP_MAC_update(context, message.data(), message.size()) == 1 &&
         EVP_MAC_final(context, code.data(), &size, code.size()) == 1 && size >= mac_size;
}

MacKey::MacKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
MacKey::MacKey(MacKey&&) noexcept = default;
MacKey& MacKey::operator=(MacKey&&) noexcept = default;
MacKey::~MacKey() = default;

Result<MacKey> MacKey::make(const MacType& type, ByteView secret) {
  auto state = std::make_unique<State>();
  state->kind = type.kind;
  state->mac_size = type.mac_size;
  // Reserved at once, so that no copy of the secret is left behind.
  state->secret.reserve(std::max(type.key_size, secret.size()));
  state->secret.assign(secret.begin(), secret.end());
  if (type.key_size != 0) state->secret.resize(type.key_size, 0);
  const bool ready = state->prepare(type);
  ERR_clear_error();
  if (!ready) return fail("OpenSSL does not provide " + type.algorithm);
  return MacKey(std::move(state));
}

MacType::Kind MacKey::kind() const { return state_->kind; }

std::size_t MacKey::mac_size() const { return state_->mac_size; }

std::size_t MacKey::compute(ByteView message, ByteSpan out) {
  assert(out.size() >= mac_size());
  Code code{};
  if (!state_->compute(message, code)) {
    ERR_clear_error();
    return 0;
  }
  std::copy_n(code.begin(), mac_size(), out.begin());
  return mac_size();
}

bool MacKey::verify(ByteView message, ByteView mac) {
  if (mac.size() != mac_size()) return false;
  std::array<std::uint8_t, kMaxMac> expected{};
  return compute(message, expected) == mac.size() &&
         CRYPTO_memcmp(expected.data(), mac.data(), mac.size()) == 0;
}

}  // namespace ntp::crypto
