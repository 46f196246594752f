// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/seams.h"
#include "ntpd/control/text_writer.h"

namespace ntp::control {

/// Numbered entries of a list: items such as `addr.3=…`. NTPsec: the items of an entry come in any
/// order, and some of any name, so that clients learn to look at names.
class ListWriter {
 public:
  /// One draw of `random` decides about all orders.
  ListWriter(TextWriter& text, Random& random) : text_(text), state_(random.u64()) {}

  struct Item {
    std::string_view stem;
    std::string value;
  };
  /// Adds the items, each with the number behind its name. An entry is sent whole or not at all:
  /// false if there was no room.
  bool add(std::size_t number, std::vector<Item> items);
  /// An item with a name of three letters that means nothing.
  void add_noise(std::size_t number);

 private:
  std::uint32_t draw(std::uint32_t below);

  TextWriter& text_;
  std::uint64_t state_;
};

}  // namespace ntp::control
