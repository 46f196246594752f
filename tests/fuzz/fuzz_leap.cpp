// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "libntp/leap/leap_file.h"

/// Any text is a leap second file or is refused; what it gives is in order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file =
      ntp::leap::parse_leap_file(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!file) return 0;
  const auto& all = file->table.transitions;
  if (all.size() > ntp::leap::Table::kKept) std::abort();
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].at <= all[i - 1].at) std::abort();
  }
  return 0;
}
