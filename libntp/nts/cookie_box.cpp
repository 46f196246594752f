// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/cookie_box.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ntp::nts {
namespace {

constexpr std::size_t kIdSize = 4;
constexpr std::size_t kNonceSize = 16;
constexpr std::size_t kBoxAt = kIdSize + kNonceSize;
constexpr std::size_t kAeadSize = 4;
constexpr std::size_t kMaxPlaintext = kAeadSize + 2 * crypto::Secret::kCapacity;
constexpr std::size_t kOverhead = kBoxAt + crypto::kTagSize + kAeadSize;
static_assert(kMaxOwnCookie == kOverhead + 2 * crypto::Secret::kCapacity);

/// NTPsec: the host's order, which is little-endian on all machines that share key files.
void put_little_endian(std::uint32_t value, ByteWriter& out) { out.u32(__builtin_bswap32(value)); }
std::uint32_t get_little_endian(ByteReader& in) { return __builtin_bswap32(in.u32()); }

crypto::AeadId aead_of_key(std::size_t key_size) {
  if (key_size == 48) return crypto::AeadId::AesSivCmac384;
  return key_size == 64 ? crypto::AeadId::AesSivCmac512 : crypto::AeadId::AesSivCmac256;
}

bool is_own_size(std::size_t size) {
  return std::any_of(crypto::kAeads.begin(), crypto::kAeads.end(),
                     [size](const auto& each) { return cookie_size(each.id) == size; });
}

/// What the box held, if it is right.
bool unpack(ByteView plaintext, SessionKeys& keys) {
  ByteReader in(plaintext);
  const std::uint32_t number = get_little_endian(in);
  const crypto::AeadTraits* aead =
      number > 0xffff ? nullptr : crypto::find_aead(static_cast<std::uint16_t>(number));
  if (aead == nullptr || in.remaining() != 2 * aead->key_size) return false;
  keys.aead = aead->id;
  keys.c2s.assign(in.take(aead->key_size));
  keys.s2c.assign(in.take(aead->key_size));
  return true;
}

}  // namespace

std::size_t cookie_size(crypto::AeadId aead) {
  return kOverhead + 2 * crypto::traits(aead).key_size;
}

Result<CookieBox> CookieBox::make(const CookieKeys& keys) {
  CookieBox box;
  if (auto set = box.set_keys(keys); !set) return fail(set.error().message);
  return box;
}

Result<void> CookieBox::set_keys(const CookieKeys& keys) {
  // First all that may fail, then the exchange.
  std::vector<Slot> slots;
  slots.reserve(keys.keys().size());
  for (const CookieKey& key : keys.keys()) {
    if (find(slots, key.id) != slots.end()) continue;  // it could never be chosen
    const auto old = find(slots_, key.id);
    if (old != slots_.end() && old->secret == key.secret) {
      slots.push_back(Slot{key.id, key.secret, std::nullopt});
      continue;
    }
    auto aead = crypto::Aead::make(aead_of_key(key.secret.size()));
    if (!aead) return fail(aead.error().message);
    if (!aead->set_key(key.secret.view())) return fail("OpenSSL refuses a key for cookies");
    slots.push_back(Slot{key.id, key.secret, std::move(*aead)});
  }
  for (Slot& slot : slots) {
    if (!slot.aead) slot.aead = std::move(find(slots_, slot.id)->aead);
  }
  slots_ = std::move(slots);
  return {};
}

std::vector<CookieBox::Slot>::iterator CookieBox::find(std::vector<Slot>& slots, std::uint32_t id) {
  return std::find_if(slots.begin(), slots.end(), [id](const Slot& slot) { return slot.id == id; });
}

std::optional<std::size_t> CookieBox::seal(const SessionKeys& keys, Random& random, ByteSpan out) {
  const std::size_t key_size = crypto::traits(keys.aead).key_size;
  const std::size_t size = cookie_size(keys.aead);
  if (keys.c2s.size() != key_size || keys.s2c.size() != key_size || out.size() < size) {
    return std::nullopt;
  }
  Slot& current = slots_.front();
  ByteWriter front(out.first(kBoxAt));
  put_little_endian(current.id, front);
  const ByteSpan nonce = out.subspan(kIdSize, kNonceSize);
  random.fill(nonce);
  const ByteSpan box = out.subspan(kBoxAt, size - kBoxAt);
  const ByteSpan plaintext = box.subspan(crypto::kTagSize);
  ByteWriter inside(plaintext);
  put_little_endian(static_cast<std::uint32_t>(keys.aead), inside);
  inside.bytes(keys.c2s.view());
  inside.bytes(keys.s2c.view());
  if (!current.aead->seal(out.first(kBoxAt), nonce, plaintext, box)) {
    crypto::wipe(plaintext);
    return std::nullopt;
  }
  ++counters_.made;
  return size;
}

void CookieBox::count_age(std::size_t index) {
  const std::array<std::uint64_t*, 3> young{&counters_.decode_current, &counters_.decode_old,
                                            &counters_.decode_old2};
  ++(index < young.size() ? *young[index] : counters_.decode_older);
}

bool CookieBox::open(ByteView cookie, SessionKeys& keys) {
  ++counters_.decode_total;
  ByteReader in(cookie);
  const std::uint32_t id = get_little_endian(in);
  const auto slot = find(slots_, id);
  if (!in.ok() || slot == slots_.end()) {
    ++counters_.decode_too_old;
    return false;
  }
  count_age(static_cast<std::size_t>(slot - slots_.begin()));
  std::array<std::uint8_t, kMaxPlaintext> plaintext;
  bool good = false;
  if (is_own_size(cookie.size())) {
    const auto size = slot->aead->open(cookie.first(kBoxAt), cookie.subspan(kIdSize, kNonceSize),
                                       cookie.subspan(kBoxAt), plaintext);
    good = size && unpack(ByteView(plaintext).first(*size), keys);
    if (size) crypto::wipe(ByteSpan(plaintext).first(*size));
  }
  if (!good) ++counters_.decode_error;
  return good;
}

}  // namespace ntp::nts
