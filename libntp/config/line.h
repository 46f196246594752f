// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/config/lexer.h"
#include "libntp/config/report.h"

namespace ntp::config {

/// One directive while it is read: its words, one ahead, and the way to complain about them.
///
/// The argument readers take the next word if it is of their kind; otherwise they report a syntax
/// error at it and return nothing, upon which the whole directive is to be dropped.
class Line {
 public:
  Line(Lexer& lexer, Report& report, const std::string& file);

  [[nodiscard]] const Token& peek() const { return token_; }
  [[nodiscard]] bool at_end() const { return token_.ends_command(); }
  Token take();
  /// Takes the next word if it is that keyword.
  bool accept(Keyword keyword);
  /// Takes all words up to the end of the command.
  void skip_rest();

  std::optional<std::string> string();
  /// Decimal, 32 bits with sign.
  std::optional<std::int32_t> integer();
  /// Also hexadecimal or beyond the sign bit.
  std::optional<std::uint32_t> unsigned_integer();
  /// An integer or a fraction.
  std::optional<double> number();
  /// `0`, `1` or `true`; any other integer is reported and taken as 1.
  std::optional<bool> boolean();

  /// Where the directive begins.
  [[nodiscard]] const Location& start() const { return start_; }
  /// Where the next word is.
  [[nodiscard]] Location here() const;
  /// Where the word before it was.
  [[nodiscard]] Location previous() const;
  [[nodiscard]] Report& report() { return report_; }

  /// The directive that is read, for advice on words of classic ntp.
  void set_directive(Keyword directive) { directive_ = directive; }
  /// What may follow what has been read, for the complaint about a word that can't.
  void expect(std::string_view what) { expected_ = what; }
  /// The next word makes the directive void.
  void reject(std::string_view expected);
  /// The word just taken makes the directive void, whatever follows.
  void refuse(std::string_view why);
  /// The directive is complete, but the next word does not belong to it: what was read is applied.
  void reject_rest();
  /// Where reading gave up, in octets from the line's begin. NTPsec: the end of the line and
  /// special characters count as the word before them.
  [[nodiscard]] int rejected_column() const { return rejected_column_; }

 private:
  void note_rejection();
  [[nodiscard]] std::string found() const;
  bool advise();

  Lexer& lexer_;
  Report& report_;
  const std::string& file_;
  Token token_;
  Location start_;
  std::string previous_text_;
  int previous_line_ = 0;
  int previous_column_ = 0;
  int rejected_column_ = 0;
  std::optional<Keyword> directive_;
  std::string expected_ = "the end of the line";
};

}  // namespace ntp::config
