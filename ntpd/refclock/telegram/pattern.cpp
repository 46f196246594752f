// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/pattern.h"

#include <algorithm>

namespace ntp::refclock::telegram {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits that may have blanks before them.
std::optional<int> padded(std::string_view field) {
  const auto first = field.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::nullopt;
  return number(field.substr(first));
}

Duration decimals(int value, std::size_t digits) {
  std::int64_t nanoseconds = value;
  for (std::size_t i = digits; i < 9; ++i) nanoseconds *= 10;
  return Duration(nanoseconds);
}

void assign(Civil& civil, char field, int value, std::size_t digits) {
  switch (field) {
    case 'y':
      civil.year = value;
      break;
    case 'o':
      civil.month = value;
      break;
    case 'd':
      civil.day = value;
      break;
    case 'j':
      civil.day_of_year = value;
      break;
    case 'w':
      civil.weekday = value;
      break;
    case 'h':
      civil.hour = value;
      break;
    case 'm':
      civil.minute = value;
      break;
    case 's':
      civil.second = value;
      break;
    default:
      civil.fraction = decimals(value, digits);
      break;
  }
}

}  // namespace

std::optional<int> number(std::string_view digits) {
  if (digits.empty() || digits.size() > 9 || !std::ranges::all_of(digits, is_digit)) {
    return std::nullopt;
  }
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::optional<int> hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<Civil> match(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return std::nullopt;
  Civil civil;
  for (std::size_t at = 0; at < pattern.size();) {
    const char sign = pattern[at];
    if (sign < 'a' || sign > 'z') {
      if (sign != '_' && text[at] != sign) return std::nullopt;
      ++at;
      continue;
    }
    const std::size_t end = std::min(pattern.find_first_not_of(sign, at), pattern.size());
    const auto value = padded(text.substr(at, end - at));
    if (!value) return std::nullopt;
    assign(civil, sign, *value, end - at);
    at = end;
  }
  return civil;
}

}  // namespace ntp::refclock::telegram
