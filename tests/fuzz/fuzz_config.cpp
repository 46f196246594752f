// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libntp/config/parser.h"

// ntp.conf text of any content: the lexer, every directive, and the order of application. The
// bounds that a reading promises hold for all of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = ntp::config::parse_text(text, "fuzz.conf");
  if (result.diagnostics.size() > 101) __builtin_trap();
  for (const auto& diagnostic : result.diagnostics) {
    if (diagnostic.to_string().find('\n') != std::string::npos) __builtin_trap();
  }
  for (const auto& source : result.settings.sources) {
    if (source.min_poll < 0 || source.min_poll > source.max_poll || source.max_poll > 17) {
      __builtin_trap();
    }
  }
  return 0;
}
