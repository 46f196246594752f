// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/hex.h"

namespace ntp::test {

/// The words of one line.
using VectorLine = std::vector<std::string>;

/// Lines of a file below tests/golden that are not empty and do not start with #.
inline std::vector<VectorLine> read_vectors(const std::string& name) {
  std::ifstream file(std::string(REGULATOR_GOLDEN_DIR) + "/" + name);
  std::vector<VectorLine> lines;
  std::string text;
  while (std::getline(file, text)) {
    if (text.empty() || text.front() == '#') continue;
    std::istringstream in(text);
    VectorLine words;
    for (std::string word; in >> word;) words.push_back(word);
    lines.push_back(std::move(words));
  }
  return lines;
}

/// Octets from hexadecimal digits; `-` is none.
inline std::vector<std::uint8_t> octets(const std::string& word) {
  return word == "-" ? std::vector<std::uint8_t>() : from_hex(word);
}

}  // namespace ntp::test
