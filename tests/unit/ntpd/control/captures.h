// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libntp/wire/control.h"
#include "tests/support/hex.h"

/// Exchanges captured from NTPsec 1.2.5.
namespace ntp::control {

using Bytes = std::vector<std::uint8_t>;
using wire::ControlOpcode;

struct Exchange {
  std::string title;
  Bytes request;
  std::vector<Bytes> replies;
};

inline std::vector<Exchange> load(const std::string& name) {
  std::ifstream file(std::string(REGULATOR_GOLDEN_DIR) + "/1.2.5/packets/" + name + ".hex");
  EXPECT_TRUE(file) << name;
  std::vector<Exchange> exchanges;
  std::string title;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("# ")) title = line.substr(2);
    if (line.starts_with("> ")) exchanges.push_back({title, test::from_hex(line.substr(2)), {}});
    if (line.starts_with("< ") && !line.starts_with("< (")) {
      exchanges.back().replies.push_back(test::from_hex(line.substr(2)));
    }
  }
  return exchanges;
}

inline wire::ControlHeader header_of(const Bytes& datagram) {
  const auto frame = wire::decode_control(datagram);
  EXPECT_TRUE(frame);
  return frame ? frame->header : wire::ControlHeader();
}

inline ControlOpcode opcode_of(const Bytes& datagram) {
  return static_cast<ControlOpcode>(datagram.at(1) & 0x1f);
}

inline std::string text_of(const std::vector<Bytes>& replies) {
  std::string text;
  for (const Bytes& reply : replies) {
    if (const auto frame = wire::decode_control(reply)) text += as_text(frame->data);
  }
  return text;
}

}  // namespace ntp::control
