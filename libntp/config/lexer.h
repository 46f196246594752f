// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libntp/config/keywords.h"

namespace ntp::config {

/// Longest word in bytes (NTPsec exits on a longer one; here it is a word that fits nowhere).
inline constexpr std::size_t kMaxWord = 1024;

enum class TokenKind : std::uint8_t {
  EndOfCommand,  // the line's end, or quoted blanks
  EndOfText,
  Keyword,
  Integer,   // fits 32 bits with sign
  Unsigned,  // above that, or hexadecimal
  Real,
  String,
  Punctuation,
  Malformed  // longer than kMaxWord, or holding a NUL
};

struct Token {
  TokenKind kind = TokenKind::EndOfText;
  Keyword keyword{};  // Keyword
  bool quoted = false;
  int line = 0;              // from 1
  int column = 0;            // from 1, in characters
  std::int32_t integer = 0;  // Integer
  std::uint32_t number = 0;  // Unsigned
  double real = 0;           // Real; also the value of an Integer
  std::string text;          // as written, without quotes; the first bytes of a Malformed word

  [[nodiscard]] bool is(Keyword wanted) const {
    return kind == TokenKind::Keyword && keyword == wanted;
  }
  [[nodiscard]] bool is_punctuation(char wanted) const {
    return kind == TokenKind::Punctuation && text.front() == wanted;
  }
  [[nodiscard]] bool ends_command() const {
    return kind == TokenKind::EndOfCommand || kind == TokenKind::EndOfText;
  }
};

/// Cuts ntp.conf text into tokens, one at a time and in linear time. Bytes above 127 vanish, a
/// missing last newline is supplied, and what a word is depends on the keyword before it
/// (keywords.h). The text must outlive the lexer.
class Lexer {
 public:
  explicit Lexer(std::string_view text);

  /// The next token; after the end of the text EndOfText forever.
  Token next();

 private:
  [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
  [[nodiscard]] char current() const { return text_[position_]; }
  void advance();
  void skip_ignored_bytes();
  void skip_blanks();
  void skip_comment();
  void append(Token& token, char byte);
  void read_bare(Token& token);
  void read_quoted(Token& token);
  Token end_of_line();
  Token classify(Token token);
  Token force_string(Token token);

  std::string_view text_;
  std::size_t position_ = 0;
  int line_ = 1;
  int column_ = 1;
  Follow follow_ = Follow::Word;
  bool line_open_ = false;  // the last line has text but no newline
};

}  // namespace ntp::config
