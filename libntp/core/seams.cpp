// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/seams.h"

#include <array>

namespace ntp {

std::uint64_t Random::u64() {
  std::array<std::uint8_t, 8> octets{};
  fill(octets);
  return ByteReader(octets).u64();
}

double Random::uniform() { return static_cast<double>(u64() >> 11) * 0x1p-53; }

}  // namespace ntp
