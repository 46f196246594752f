// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/bytes.h"

namespace ntp::test {

/// Octets from hexadecimal digits; blanks between them are skipped.
inline std::vector<std::uint8_t> from_hex(std::string_view digits) {
  std::vector<std::uint8_t> octets;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ' || c == '\n') continue;
    const int value = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = value;
    } else {
      octets.push_back(static_cast<std::uint8_t>(high * 16 + value));
      high = -1;
    }
  }
  return octets;
}

inline std::string to_hex(ByteView octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : octets) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

}  // namespace ntp::test
