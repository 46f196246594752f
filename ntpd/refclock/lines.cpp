// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/lines.h"

namespace ntp::refclock {

void LineAssembler::clear() {
  line_.clear();
  too_long_ = false;
}

void LineAssembler::add(ByteView octets, WallTime received) {
  for (const std::uint8_t octet : octets) {
    const char c = static_cast<char>(octet & 0x7f);
    if (c == '\n' || c == '\r') {
      const bool too_long = too_long_;
      std::string line;
      line.swap(line_);
      too_long_ = false;
      if (too_long) {
        on_too_long_();
      } else if (!line.empty()) {
        on_line_(line, received);
      }
    } else if (c >= ' ' && c < 0x7f && !too_long_) {
      line_ += c;
      if (line_.size() > longest_) {
        too_long_ = true;
        line_.clear();
      }
    }
  }
}

}  // namespace ntp::refclock
