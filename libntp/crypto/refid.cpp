// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/refid.h"

#include <openssl/evp.h>

#include <array>

namespace ntp::crypto {
namespace {

/// For an OpenSSL without MD5: all that an identifier must do is to differ from others.
RefId folded(ByteView octets) {
  std::uint32_t value = 0;
  for (ByteReader in(octets); in.remaining() >= 4;) value ^= in.u32();
  return RefId(value);
}

}  // namespace

RefId reference_id(const Address& address) {
  if (!address.is_set()) return RefId();
  if (address.is_v4()) return RefId::from_v4(address);
  const ByteView octets = address.bytes();
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  // MD5 is no protection here, so a policy that forbids it (FIPS) does not matter.
  if (EVP_Q_digest(nullptr, "MD5", "-fips", octets.data(), octets.size(), digest.data(), nullptr) !=
      1) {
    return folded(octets);
  }
  return RefId(ByteReader(digest).u32());
}

}  // namespace ntp::crypto
