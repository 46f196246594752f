// SPDX-License-Identifier: BSD-2-Clause
#include <cstdlib>

#include "tests/fuzz/nts_fixture.h"

// Any octets are no cookie, and any octets sealed by the server's own key give keys of the size
// that their AEAD has, or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ntp::nts::CookieBox box = ntp::fuzz::fixed_box();
  ntp::nts::SessionKeys keys;
  if (box.open({data, size}, keys)) std::abort();
  auto aead = ntp::crypto::Aead::make(ntp::crypto::AeadId::AesSivCmac256);
  const std::vector<std::uint8_t> key(32, 0x55);
  if (!aead || !aead->set_key(key)) std::abort();
  std::vector<std::uint8_t> cookie(36 + size, 1);
  for (std::size_t i = 0; i < 4; ++i) cookie[i] = static_cast<std::uint8_t>(i + 1);
  const ntp::ByteView front(cookie.data(), 20);
  if (!aead->seal(front, front.subspan(4), {data, size}, ntp::ByteSpan(cookie).subspan(20))) {
    std::abort();
  }
  if (!box.open(cookie, keys)) return 0;
  const std::size_t key_size = ntp::crypto::traits(keys.aead).key_size;
  if (keys.c2s.size() != key_size || keys.s2c.size() != key_size) std::abort();
  if (cookie.size() != ntp::nts::cookie_size(keys.aead)) std::abort();
  return 0;
}
