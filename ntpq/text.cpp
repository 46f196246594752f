// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ntp::ntpq {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string to_base(std::uint64_t value, std::size_t digits, int base) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, base).ptr;
  const auto length = static_cast<std::size_t>(end - buffer.data());
  return std::string(digits > length ? digits - length : 0, '0') +
         std::string(buffer.data(), length);
}

}  // namespace

std::string visible(std::string_view text, std::string_view keep) {
  std::string shown;
  shown.reserve(text.size());
  for (const char character : text) {
    const auto octet = static_cast<unsigned char>(character);
    if ((octet >= 0x20 && octet < 0x7f) || keep.find(character) != std::string_view::npos) {
      shown += character;
    } else {
      shown += "\\x" + to_hex(octet, 2);
    }
  }
  return shown;
}

std::string raw_lines(std::string_view reply) {
  constexpr std::string_view kLineEnd = "\r\n";
  std::string text;
  while (!reply.empty()) {
    const std::size_t end = std::min(reply.find(kLineEnd), reply.size());
    text += visible(reply.substr(0, end), "\n\t");
    if (end < reply.size()) text += kLineEnd;
    reply.remove_prefix(std::min(end + kLineEnd.size(), reply.size()));
  }
  return text;
}

std::string pad_left(std::string_view text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + std::string(text);
}

std::string pad_right(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string to_hex(std::uint64_t value, std::size_t digits) { return to_base(value, digits, 16); }

std::string to_octal(std::uint64_t value, std::size_t digits) { return to_base(value, digits, 8); }

std::string to_fixed(double value, int decimals) {
  // The largest double has 309 digits before the point.
  std::array<char, 400> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::fixed, std::clamp(decimals, 0, 60));
  return std::string(buffer.data(), result.ptr);
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t position = 0;
  while ((position = text.find_first_not_of(kBlanks, position)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, position), text.size());
    words.push_back(text.substr(position, end - position));
    position = end;
  }
  return words;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace ntp::ntpq
