// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

namespace ntp::ntpq {
namespace {

/// The sign taken off the front: true for a minus.
bool take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  const bool negative = text.front() == '-';
  text.remove_prefix(1);
  return negative;
}

std::optional<std::int64_t> parse_digits(std::string_view digits, int base, bool negative) {
  std::uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, magnitude, base);
  if (digits.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  if (magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  const auto value = static_cast<std::int64_t>(magnitude);
  return negative ? -value : value;
}

int base_of_prefix(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return 10;
  switch (text[1]) {
    case 'x':
    case 'X':
      return 16;
    case 'o':
    case 'O':
      return 8;
    case 'b':
    case 'B':
      return 2;
    default:
      return 10;
  }
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = take_sign(text);
  const int base = base_of_prefix(text);
  if (base != 10) return parse_digits(text.substr(2), base, negative);
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  if (leading_zero && text.find_first_not_of('0') != std::string_view::npos) return std::nullopt;
  return parse_digits(text, 10, negative);
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  const bool negative = take_sign(text);
  return parse_digits(text, 10, negative);
}

std::optional<double> parse_real(std::string_view text) {
  const bool negative = take_sign(text);
  // from_chars takes a minus of its own, and `nan(...)`.
  if (text.empty() || text.front() == '-' || text.back() == ')') return std::nullopt;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range) return std::nullopt;
  return negative ? -value : value;
}

std::string shortest(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 400> buffer{};
  char* const first = buffer.data();
  char* const last = first + buffer.size();
  const double magnitude = std::fabs(value);
  if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return std::string(first, std::to_chars(first, last, value, std::chars_format::scientific).ptr);
  }
  std::string text(first, std::to_chars(first, last, value, std::chars_format::fixed).ptr);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace ntp::ntpq
