// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/key_ring.h"

#include <algorithm>

namespace ntp::crypto {

void KeyRing::trust(std::uint16_t first, std::uint16_t last) {
  const std::size_t end = std::size_t{last} + 1;
  if (trusted_.size() < end) trusted_.resize(end, false);
  if (first < end) std::fill_n(trusted_.begin() + first, end - first, true);
}

MacKey* KeyRing::look_up(std::uint32_t id) {
  ++statistics_.lookups;
  const auto found = keys_.find(id);
  if (found == keys_.end() || !trusts(id)) {
    ++statistics_.not_found;
    return nullptr;
  }
  return &found->second;
}

std::size_t KeyRing::sign(std::uint32_t id, ByteView message, ByteSpan out) {
  MacKey* key = look_up(id);
  if (key == nullptr) return 0;
  ++(key->kind() == MacType::Kind::Digest ? statistics_.digests_made : statistics_.cmacs_made);
  ByteWriter writer(out);
  writer.u32(id);
  const std::size_t size = key->compute(message, out.subspan(writer.size()));
  return size == 0 ? 0 : writer.size() + size;
}

bool KeyRing::verify(std::uint32_t id, ByteView message, ByteView mac) {
  MacKey* key = look_up(id);
  if (key == nullptr) return false;
  const bool good = key->verify(message, mac);
  const bool digest = key->kind() == MacType::Kind::Digest;
  ++(digest ? statistics_.digests_checked : statistics_.cmacs_checked);
  if (!good) ++(digest ? statistics_.digests_wrong : statistics_.cmacs_wrong);
  return good;
}

}  // namespace ntp::crypto
