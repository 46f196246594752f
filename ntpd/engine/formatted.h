// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace ntp::engine {

/// One number by a printf format, for log lines.
inline std::string formatted(const char* format, double value) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace ntp::engine
