// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "libntp/core/bytes.h"
#include "libntp/core/time.h"

namespace ntp::refclock {

/// Makes lines of what a serial port gives, as NTPsec does: without parity bits and what is not
/// printable. Of a line that is too long nothing is handed on but that it was there.
class LineAssembler {
 public:
  /// `received` is the stamp of the octets that held the line's end.
  using OnLine = std::function<void(std::string_view line, WallTime received)>;

  LineAssembler(std::size_t longest, OnLine on_line, std::function<void()> on_too_long)
      : longest_(longest), on_line_(std::move(on_line)), on_too_long_(std::move(on_too_long)) {}

  void add(ByteView octets, WallTime received);
  void clear();

 private:
  std::size_t longest_;
  OnLine on_line_;
  std::function<void()> on_too_long_;
  std::string line_;
  bool too_long_ = false;
};

}  // namespace ntp::refclock
