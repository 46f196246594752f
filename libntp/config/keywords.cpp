// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/keywords.h"

#include <algorithm>

namespace ntp::config {
namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < kKeywords.size(); ++i) {
    if (kKeywords[i].keyword != static_cast<Keyword>(i)) return false;
    if (i > 0 && kKeywords[i - 1].text >= kKeywords[i].text) return false;
  }
  return true;
}
static_assert(in_order(), "searched by halves, and numbered like the enumerators");

}  // namespace

const KeywordEntry* find_keyword(std::string_view text) {
  const auto entry = std::lower_bound(kKeywords.begin(), kKeywords.end(), text,
                                      [](const KeywordEntry& candidate, std::string_view wanted) {
                                        return candidate.text < wanted;
                                      });
  return entry != kKeywords.end() && entry->text == text ? &*entry : nullptr;
}

}  // namespace ntp::config
