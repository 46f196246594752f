// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/refid.h"

namespace ntp {

std::string RefId::to_text() const {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto octet = static_cast<std::uint8_t>(raw_ >> shift);
    if (octet == 0) break;
    text += octet > 0x20 && octet < 0x7f ? static_cast<char>(octet) : '.';
  }
  return text;
}

std::string RefId::to_quad() const { return Address::v4(raw_).to_string(); }

std::string RefId::to_string(int stratum) const {
  return stratum >= 2 && stratum <= 15 ? to_quad() : to_text();
}

}  // namespace ntp
