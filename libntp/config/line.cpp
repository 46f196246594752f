// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/line.h"

#include <algorithm>
#include <cmath>

#include "libntp/config/classic.h"

namespace ntp::config {

Line::Line(Lexer& lexer, Report& report, const std::string& file)
    : lexer_(lexer), report_(report), file_(file), token_(lexer.next()) {
  start_ = here();
}

Token Line::take() {
  Token taken = std::move(token_);
  previous_text_ = taken.text;
  previous_line_ = taken.line;
  previous_column_ = taken.column;
  token_ = lexer_.next();
  return taken;
}

bool Line::accept(Keyword keyword) {
  if (!token_.is(keyword)) return false;
  take();
  return true;
}

void Line::skip_rest() {
  while (!at_end()) token_ = lexer_.next();
}

std::optional<std::string> Line::string() {
  if (token_.kind == TokenKind::String) return take().text;
  const bool quotable = !at_end() && token_.kind != TokenKind::Punctuation &&
                        token_.kind != TokenKind::Malformed && !token_.is(Keyword::Ipv4Flag) &&
                        !token_.is(Keyword::Ipv6Flag);
  reject(quotable ? "a string (a keyword or number has to be quoted)" : "a string");
  return std::nullopt;
}

std::optional<std::int32_t> Line::integer() {
  if (token_.kind == TokenKind::Integer) return take().integer;
  reject("a decimal integer");
  return std::nullopt;
}

std::optional<std::uint32_t> Line::unsigned_integer() {
  if (token_.kind == TokenKind::Integer) return static_cast<std::uint32_t>(take().integer);
  if (token_.kind == TokenKind::Unsigned) return take().number;
  reject("an integer");
  return std::nullopt;
}

std::optional<double> Line::number() {
  const bool numeric = token_.kind == TokenKind::Integer || token_.kind == TokenKind::Real;
  if (numeric && std::isfinite(token_.real)) return take().real;
  // NTPsec: -4 and -6 are the family flags everywhere.
  const bool family = token_.is(Keyword::Ipv4Flag) || token_.is(Keyword::Ipv6Flag);
  reject(family ? "a number (write -4.0 or -6.0)" : "a number");
  return std::nullopt;
}

std::optional<bool> Line::boolean() {
  if (accept(Keyword::True)) return true;
  if (token_.kind == TokenKind::Integer) {
    if (token_.integer != 0 && token_.integer != 1) {
      report_.error(here(), "expected 0 or 1, found " + found() + ", taken as 1");
    }
    return take().integer != 0;
  }
  reject("0, 1 or 'true'");
  return std::nullopt;
}

Location Line::here() const { return {file_, token_.line, token_.column}; }

Location Line::previous() const { return {file_, previous_line_, previous_column_}; }

std::string Line::found() const {
  if (at_end()) return "the end of the line";
  if (token_.kind == TokenKind::Malformed) {
    return token_.text.size() >= kMaxWord
               ? "a word longer than " + std::to_string(kMaxWord) + " bytes"
               : "a word with a NUL byte";
  }
  return quote(token_.text);
}

/// Whether the next word is one of classic ntp, which is then said instead of a syntax error.
bool Line::advise() {
  if (!directive_ || at_end()) return false;
  const auto advice = classic_option_advice(*directive_, token_.text);
  if (advice.empty()) return false;
  report_.warning(here(), quote(token_.text) + " is of classic ntp: " + std::string(advice) +
                              " (the rest of the line is ignored)");
  return true;
}

void Line::note_rejection() {
  const bool special = at_end() || token_.kind == TokenKind::Punctuation;
  rejected_column_ = std::max(0, (special ? previous_column_ : token_.column) - 1);
}

void Line::reject(std::string_view expected) {
  note_rejection();
  if (advise()) return;
  std::string text = "syntax error, the line is ignored: expected " + std::string(expected);
  if (!previous_text_.empty()) text += " after " + quote(previous_text_);
  report_.error(here(), text + ", found " + found());
}

void Line::refuse(std::string_view why) {
  note_rejection();
  report_.error(here(), "syntax error, the line is ignored: " + std::string(why));
}

void Line::reject_rest() {
  note_rejection();
  if (advise()) return;
  report_.error(here(), "syntax error, the rest of the line is ignored: expected " + expected_ +
                            ", found " + found());
}

}  // namespace ntp::config
