// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libntp/wire/control.h"

namespace ntp::control {

/// The datagrams of an answer.
using Reply = std::vector<std::vector<std::uint8_t>>;

/// A text reply that stays within what the offset field can say; what is beyond is left out.
class TextWriter {
 public:
  void add(std::string_view name, std::string_view value) {
    if (reserve(name.size() + value.size() + 1)) reply_.add(name, value);
  }
  void add_raw(std::string_view item) {
    if (reserve(item.size())) reply_.add_raw(item);
  }
  [[nodiscard]] bool has_room(std::size_t item) const {
    return item + kSeparator <= kTextLimit - size_;
  }
  [[nodiscard]] std::size_t full_frames() const { return reply_.full_frames(); }
  [[nodiscard]] Reply frames(const wire::ControlHeader& header) const {
    return reply_.frames(header);
  }

  /// Octets that may come between two items.
  static constexpr std::size_t kSeparator = 3;

 private:
  /// The offset field of a frame has 16 bits: no text may be longer.
  static constexpr std::size_t kTextLimit = 0xffff;

  bool reserve(std::size_t item) {
    if (!has_room(item)) return false;
    size_ += item + kSeparator;
    return true;
  }

  wire::TextReply reply_;
  std::size_t size_ = 0;
};

}  // namespace ntp::control
