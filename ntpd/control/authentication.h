// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "libntp/core/bytes.h"
#include "libntp/crypto/key_ring.h"
#include "libntp/wire/control.h"

/// The MAC of mode 6 requests and replies. Nothing needs one but what changes the daemon or lists
/// who may talk to it; a request whose MAC is wrong counts as one without.
namespace ntp::control {

/// The keys, which outlive who holds this, and the one that may do everything (`controlkey`).
struct Authority {
  crypto::KeyRing* keys = nullptr;
  std::uint32_t control_key = 0;  // 0: none
};

/// The trusted key by which the request's MAC is good, or 0. It stands where header and data end,
/// rounded up to 4 octets (NTPsec 1.2.5) or to 8 (1.2.2 and ntp classic).
std::uint32_t authenticate(ByteView request, const wire::ControlFrame& frame,
                           crypto::KeyRing* keys);

/// Appends the MAC to each datagram of an answer: at the next multiple of 8 octets to data, and
/// right behind the header to a refusal.
void sign(std::vector<std::vector<std::uint8_t>>& answer, std::uint32_t key, crypto::KeyRing& keys);

}  // namespace ntp::control
