// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/hp.h"

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

HpLine strip_hp_prompts(std::string_view line) {
  constexpr std::string_view kPrompt = "scpi > ";
  constexpr std::size_t kErrorSize = 7;  // E-nnn> and a blank
  HpLine found{.text = line};
  while (true) {
    if (found.text.starts_with(kPrompt)) {
      found.text.remove_prefix(kPrompt.size());
    } else if (found.text.size() >= kErrorSize && found.text.starts_with("E-") &&
               found.text.substr(5, 2) == "> ") {
      found.refused = true;
      found.text.remove_prefix(kErrorSize);
    } else {
      break;
    }
  }
  const auto first = found.text.find_first_not_of(" \t");
  found.text.remove_prefix(first == std::string_view::npos ? found.text.size() : first);
  return found;
}

Result<Decoded, Problem> decode_hp(std::string_view text) {
  constexpr std::size_t kSummed = 21;
  const auto civil = match(text, "T2yyyyooddhhmmss_______");
  if (!civil) return fail(Problem::BadFormat);
  const auto high = hex_digit(text[kSummed]), low = hex_digit(text[kSummed + 1]);
  unsigned sum = 0;
  for (const char c : text.substr(0, kSummed)) sum += static_cast<std::uint8_t>(c);
  if (!high || !low || static_cast<unsigned>(*high * 16 + *low) != (sum & 0xff)) {
    return fail(Problem::BadFormat);
  }
  const char merit = text[16], leap = text[18], invalid = text[20];
  if (merit < '0' || merit > '4') return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil, .utc = true};
  decoded.civil.week_rolls = true;
  if (invalid != '0') {
    decoded.lock = Lock::Invalid;
    return decoded;
  }
  const bool season = civil->in_month_of_leap_second();
  switch (leap) {
    case '0':
      break;
    case '+':
      if (season) decoded.leap = Leap::Insert;
      break;
    case '-':
      if (season) decoded.leap = Leap::Delete;
      break;
    default:
      return fail(Problem::BadTime);
  }
  return decoded;
}

}  // namespace ntp::refclock::telegram
