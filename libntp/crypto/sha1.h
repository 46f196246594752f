// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "libntp/core/bytes.h"

namespace ntp::crypto {

/// SHA-1, where an old file format asks for it; nothing if OpenSSL has none here.
std::optional<std::array<std::uint8_t, 20>> sha1(ByteView message);

}  // namespace ntp::crypto
