// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "libntp/core/seams.h"

namespace ntp::ke {

class KeptLog final : public Log {
 public:
  void write(LogLevel, std::string_view text) override { lines.emplace_back(text); }
  /// How many lines have this in them.
  [[nodiscard]] long count(std::string_view part) const {
    return std::count_if(lines.begin(), lines.end(), [part](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }
  std::vector<std::string> lines;
};

}  // namespace ntp::ke
