// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/aead.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "libntp/crypto/gcm_siv.h"
#include "libntp/crypto/siv.h"

namespace ntp::crypto {

const AeadTraits& traits(AeadId id) {
  const AeadTraits* found = find_aead(static_cast<std::uint16_t>(id));
  assert(found != nullptr);
  return *found;
}

const AeadTraits* find_aead(std::uint16_t number) {
  for (const AeadTraits& each : kAeads) {
    if (static_cast<std::uint16_t>(each.id) == number) return &each;
  }
  return nullptr;
}

const AeadTraits* find_aead(std::string_view name) {
  for (const AeadTraits& each : kAeads) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

/// One of the two is there.
struct Aead::State {
  explicit State(AeadId id) : traits(crypto::traits(id)) {}

  [[nodiscard]] bool takes_nonce(ByteView nonce) const {
    return nonce.size() >= traits.min_nonce && nonce.size() <= traits.max_nonce;
  }

  const AeadTraits& traits;
  std::optional<Siv> siv;
  std::optional<GcmSiv> gcm_siv;
};

Aead::Aead(std::unique_ptr<State> state) : state_(std::move(state)) {}
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;
Aead::~Aead() = default;

Result<Aead> Aead::make(AeadId id) {
  auto state = std::make_unique<State>(id);
  if (id == AeadId::Aes128GcmSiv) {
    state->gcm_siv = GcmSiv::make();
  } else {
    state->siv = Siv::make(state->traits.key_size);
  }
  if (!state->siv && !state->gcm_siv) {
    return fail("OpenSSL does not provide " + std::string(state->traits.name));
  }
  return Aead(std::move(state));
}

AeadId Aead::id() const { return state_->traits.id; }

bool Aead::set_key(ByteView key) {
  return state_->siv ? state_->siv->set_key(key) : state_->gcm_siv->set_key(key);
}

void Aead::forget_key() {
  if (state_->siv) {
    state_->siv->forget_key();
  } else {
    state_->gcm_siv->forget_key();
  }
}

std::optional<std::size_t> Aead::seal(ByteView ad, ByteView nonce, ByteView plaintext,
                                      ByteSpan out) {
  if (!state_->takes_nonce(nonce) || out.size() < kTagSize ||
      out.size() - kTagSize < plaintext.size()) {
    return std::nullopt;
  }
  const std::size_t size = plaintext.size() + kTagSize;
  const std::array<ByteView, 2> strings{ad, nonce};
  const bool sealed = state_->siv ? state_->siv->seal(strings, plaintext, out.first(size))
                                  : state_->gcm_siv->seal(ad, nonce, plaintext, out.first(size));
  if (!sealed) return std::nullopt;
  return size;
}

std::optional<std::size_t> Aead::open(ByteView ad, ByteView nonce, ByteView ciphertext,
                                      ByteSpan out) {
  if (!state_->takes_nonce(nonce) || ciphertext.size() < kTagSize ||
      out.size() < ciphertext.size() - kTagSize) {
    return std::nullopt;
  }
  const std::size_t size = ciphertext.size() - kTagSize;
  const std::array<ByteView, 2> strings{ad, nonce};
  const bool genuine = state_->siv ? state_->siv->open(strings, ciphertext, out.first(size))
                                   : state_->gcm_siv->open(ad, nonce, ciphertext, out.first(size));
  if (!genuine) return std::nullopt;
  return size;
}

}  // namespace ntp::crypto
