// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/cookie_box.h"
#include "libntp/nts/server_packets.h"
#include "tests/support/fixed_host.h"

namespace ntp::fuzz {

/// A server's fixed key for cookies, and sessions with fixed keys.
inline nts::CookieBox fixed_box() {
  const auto keys = nts::CookieKeys::parse(
      "T: 1795402605\nL: 32\nI: 67305985\nK: " + std::string(64, '5') + "\n");
  if (!keys) std::abort();
  auto box = nts::CookieBox::make(*keys);
  if (!box) std::abort();
  return std::move(*box);
}

inline nts::SessionKeys fixed_session() {
  const std::vector<std::uint8_t> c2s(32, 0x11);
  const std::vector<std::uint8_t> s2c(32, 0x22);
  nts::SessionKeys keys;
  keys.c2s.assign(c2s);
  keys.s2c.assign(s2c);
  return keys;
}

}  // namespace ntp::fuzz
