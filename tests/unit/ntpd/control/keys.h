// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/crypto/key_ring.h"
#include "tests/support/hex.h"

namespace ntp::control {

/// The keys of the captures, all trusted; key 1 is the control key.
inline void give_golden_keys(crypto::KeyRing& ring) {
  crypto::KeyRing::Keys keys;
  const auto add = [&keys](std::uint32_t id, std::string_view type, ByteView secret) {
    keys.emplace(id, *crypto::MacKey::make(*crypto::find_mac_type(type), secret));
  };
  add(1, "AES", test::from_hex("00112233445566778899aabbccddeeff"));
  add(2, "SHA1", as_bytes("sha1-sample-key"));
  add(3, "MD5", as_bytes("md5-sample-key"));
  ring.set_keys(std::move(keys));
  ring.trust(1, 3);
}

}  // namespace ntp::control
