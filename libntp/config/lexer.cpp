// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/lexer.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace ntp::config {
namespace {

constexpr double kGpsEra10Bit = 1024.0 * 7 * 86400;  // s
constexpr double kGpsEra13Bit = 8192.0 * 7 * 86400;  // s

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_space(char c) { return c == '\n' || is_blank(c); }
bool is_punctuation(char c) {
  return std::string_view("{}(),;|=").find(c) != std::string_view::npos;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

/// Digits to a number modulo 2^32, saturating where 64 bits do. NTPsec: `4294967297` means 1.
std::optional<std::uint32_t> parse_wrapping(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(value);
}

bool parse_integer(Token& token) {
  const std::string_view text = token.text;
  const bool negative = text.front() == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (!all_digits(digits)) return false;
  // NTPsec: a minus sign alone is the number 0.
  const auto value = digits.empty() ? 0U : parse_wrapping(digits, 10).value_or(0);
  if (!negative && value > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max())) {
    return false;
  }
  token.kind = TokenKind::Integer;
  token.integer = static_cast<std::int32_t>(negative ? 0U - value : value);
  token.real = token.integer;
  return true;
}

bool parse_unsigned(Token& token) {
  const std::string_view text = token.text;
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  // NTPsec: `0x` alone ends the daemon; here it is no number.
  const auto value = hex ? parse_wrapping(text.substr(2), 16)
                         : (all_digits(text) ? parse_wrapping(text, 10) : std::nullopt);
  if (!value) return false;
  token.kind = TokenKind::Unsigned;
  token.number = *value;
  return true;
}

/// How many bytes of `text` make a decimal fraction with an optional exponent (whose digits may be
/// missing); 0 if it does not begin with one.
std::size_t real_length(std::string_view text) {
  std::size_t i = 0;
  std::size_t digits = 0;
  const auto skip_digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - start;
  };
  const auto skip_sign = [&] {
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  };
  skip_sign();
  digits += skip_digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    digits += skip_digits();
  }
  if (digits == 0) return 0;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    skip_sign();
    skip_digits();
  }
  return i;
}

bool parse_real(Token& token) {
  std::string_view text = token.text;
  const std::size_t length = real_length(text);
  if (length == 0) return false;
  double era = 0;
  for (const char suffix : text.substr(length)) {
    if (suffix != 'g' && suffix != 'G') return false;
    era += suffix == 'g' ? kGpsEra10Bit : kGpsEra13Bit;
  }
  text = text.substr(0, length);
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    const auto exponent = text.find_first_of("eE");
    const auto leading = text.find_first_not_of('-');
    const bool tiny = exponent != text.npos ? text.substr(exponent + 1).starts_with('-')
                                            : text[leading] == '0' || text[leading] == '.';
    value = tiny ? 0 : std::numeric_limits<double>::infinity();
  }
  token.kind = TokenKind::Real;
  token.real = era + value;
  return true;
}

}  // namespace

Lexer::Lexer(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  skip_ignored_bytes();
}

void Lexer::advance() {
  if (current() == '\n') {
    ++line_;
    column_ = 1;
  } else {
    ++column_;
  }
  line_open_ = current() != '\n';
  ++position_;
  skip_ignored_bytes();
}

void Lexer::skip_ignored_bytes() {
  while (!at_end() && static_cast<unsigned char>(current()) > 127) {
    const bool continues_character = (static_cast<unsigned char>(current()) & 0xc0) == 0x80;
    if (!continues_character) ++column_;
    ++position_;
    line_open_ = true;
  }
}

void Lexer::skip_blanks() {
  while (!at_end() && is_blank(current())) advance();
}

void Lexer::skip_comment() {
  while (!at_end() && current() != '\n') advance();
}

void Lexer::append(Token& token, char byte) {
  if (byte == '\0' || token.text.size() >= kMaxWord) {
    token.kind = TokenKind::Malformed;
  } else {
    token.text.push_back(byte);
  }
}

void Lexer::read_bare(Token& token) {
  while (!at_end() && !is_space(current()) && current() != '"' && current() != '#') {
    if (follow_ == Follow::Word && is_punctuation(current())) return;
    append(token, current());
    advance();
  }
}

void Lexer::read_quoted(Token& token) {
  advance();
  while (!at_end() && current() != '"' && current() != '\n') {
    append(token, current());
    advance();
  }
  if (!at_end() && current() == '"') advance();
}

Token Lexer::end_of_line() {
  Token token;
  token.line = line_;
  token.column = column_;
  follow_ = Follow::Word;
  if (!at_end()) {
    token.kind = TokenKind::EndOfCommand;
    advance();
  } else if (line_open_) {
    token.kind = TokenKind::EndOfCommand;
    line_open_ = false;
  }
  return token;
}

Token Lexer::next() {
  Token token;
  token.kind = TokenKind::String;
  while (token.text.empty() && token.kind == TokenKind::String) {
    skip_blanks();
    if (!at_end() && current() == '#') skip_comment();
    if (at_end() || current() == '\n') return end_of_line();
    token.line = line_;
    token.column = column_;
    if (follow_ == Follow::Word && is_punctuation(current())) {
      token.kind = TokenKind::Punctuation;
      token.text = current();
      if (current() == '=') follow_ = Follow::String;
      advance();
      return token;
    }
    read_bare(token);
    // NTPsec: an empty string makes no word, but the next word counts as quoted.
    if (!at_end() && current() == '"') {
      token.quoted = true;
      read_quoted(token);
    }
  }
  if (token.kind == TokenKind::Malformed) return token;
  if (follow_ == Follow::Word && !token.quoted) return classify(std::move(token));
  return force_string(std::move(token));
}

Token Lexer::classify(Token token) {
  if (const auto* entry = find_keyword(token.text)) {
    token.kind = TokenKind::Keyword;
    token.keyword = entry->keyword;
    follow_ = entry->follow;
    return token;
  }
  if (parse_integer(token) || parse_unsigned(token) || parse_real(token)) return token;
  return token;
}

Token Lexer::force_string(Token token) {
  // NTPsec: whatever begins with -4 or -6 is the family flag here, and the string is yet to come.
  if (token.text.starts_with("-4") || token.text.starts_with("-6")) {
    token.kind = TokenKind::Keyword;
    token.keyword = token.text[1] == '4' ? Keyword::Ipv4Flag : Keyword::Ipv6Flag;
    return token;
  }
  if (follow_ == Follow::String) follow_ = Follow::Word;
  if (std::all_of(token.text.begin(), token.text.end(), is_space)) {
    token.kind = TokenKind::EndOfCommand;
  }
  return token;
}

}  // namespace ntp::config
