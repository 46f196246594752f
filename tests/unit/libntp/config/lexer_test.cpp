// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ntp::config {
namespace {

using testing::ElementsAre;

std::vector<Token> tokens_of(std::string_view text) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  for (Token token = lexer.next(); token.kind != TokenKind::EndOfText; token = lexer.next()) {
    tokens.push_back(token);
  }
  return tokens;
}

/// Each token as a letter and its text: k(eyword), i(nteger), u(nsigned), r(eal), s(tring),
/// p(unctuation), m(alformed), and `.` for the end of a command.
std::vector<std::string> shapes_of(std::string_view text) {
  std::vector<std::string> shapes;
  for (const auto& token : tokens_of(text)) {
    const char letter = ".zkiurspm"[static_cast<std::size_t>(token.kind)];
    shapes.push_back(letter == '.' ? "." : letter + (" " + token.text));
  }
  return shapes;
}

/// The only token of a word that stands where any word may.
Token word(std::string_view text) {
  const std::string line(text);
  return tokens_of(line).front();
}

TEST(Lexer, SplitsLinesAndComments) {
  EXPECT_THAT(shapes_of("# note\n\n enable\tntp#glued\ndisable"),
              ElementsAre(".", ".", "k enable", "k ntp", ".", "k disable", "."));
}

TEST(Lexer, SuppliesTheLastNewlineOnce) {
  EXPECT_THAT(shapes_of("end"), ElementsAre("k end", "."));
  EXPECT_THAT(shapes_of("end\n"), ElementsAre("k end", "."));
  EXPECT_THAT(shapes_of(""), ElementsAre());
}

TEST(Lexer, TakesCarriageReturnsAsBlanks) {
  EXPECT_THAT(shapes_of("end\r\n\v\f\r\n"), ElementsAre("k end", ".", "."));
}

TEST(Lexer, DropsHighBytesAndTheByteOrderMark) {
  EXPECT_THAT(shapes_of("\xef\xbb\xbfserver caf\xc3\xa9.example\n"),
              ElementsAre("k server", "s caf.example", "."));
}

TEST(Lexer, CountsLinesAndCharactersFromOne) {
  const auto tokens = tokens_of("\xef\xbb\xbfserver  caf\xc3\xa9 iburst\n  end\n");
  EXPECT_EQ(tokens[0].line, 1);
  EXPECT_EQ(tokens[0].column, 1);
  EXPECT_EQ(tokens[1].column, 9);
  EXPECT_EQ(tokens[2].column, 14);
  EXPECT_EQ(tokens[4].line, 2);
  EXPECT_EQ(tokens[4].column, 3);
}

TEST(Lexer, ReadsQuotesAsStrings) {
  EXPECT_THAT(shapes_of("mask \"kod\" \"4\" \"a # b; c\"\n"),
              ElementsAre("k mask", "s kod", "s 4", "s a # b; c", "."));
}

TEST(Lexer, ClosesAQuoteAtTheLineEnd) {
  EXPECT_THAT(shapes_of("keys \"a b\nend\n"), ElementsAre("k keys", "s a b", ".", "k end", "."));
}

TEST(Lexer, JoinsAQuoteToWhatPrecedesIt) {
  EXPECT_THAT(shapes_of("abc\"d e\"f\n"), ElementsAre("s abcd e", "s f", "."));
}

TEST(Lexer, MakesNoWordOfAnEmptyStringButQuotesTheNext) {
  EXPECT_THAT(shapes_of("mask \"\" kod kod\n"), ElementsAre("k mask", "s kod", "k kod", "."));
}

TEST(Lexer, EndsTheCommandAtQuotedBlanks) {
  EXPECT_THAT(shapes_of("end \"  \" end\n"), ElementsAre("k end", ".", "k end", "."));
}

TEST(Lexer, CutsPunctuationOnlyBetweenNormalWords) {
  EXPECT_THAT(shapes_of("mask(kod,4)\n"),
              ElementsAre("k mask", "p (", "k kod", "p ,", "i 4", "p )", "."));
  EXPECT_THAT(shapes_of("keys a;b\n"), ElementsAre("k keys", "s a;b", "."));
}

TEST(Lexer, ForcesStringsAfterSomeKeywordsAndEquals) {
  EXPECT_THAT(shapes_of("server kod kod\n"), ElementsAre("k server", "s kod", "k kod", "."));
  EXPECT_THAT(shapes_of("setvar 4 = 4 4\n"),
              ElementsAre("k setvar", "s 4", "p =", "s 4", "i 4", "."));
  EXPECT_THAT(shapes_of("phone 1 kod 2\nkod\n"),
              ElementsAre("k phone", "s 1", "s kod", "s 2", ".", "k kod", "."));
}

TEST(Lexer, SeesFamilyFlagsBeforeForcedStrings) {
  EXPECT_THAT(shapes_of("server -4 kod\n"), ElementsAre("k server", "k -4", "s kod", "."));
  EXPECT_THAT(shapes_of("server -66 kod\n"), ElementsAre("k server", "k -66", "s kod", "."));
  EXPECT_THAT(shapes_of("mask -4 -5\n"), ElementsAre("k mask", "k -4", "i -5", "."));
}

TEST(Lexer, ReadsIntegers) {
  EXPECT_EQ(word("2147483647").integer, 2147483647);
  EXPECT_EQ(word("-5").integer, -5);
  EXPECT_EQ(word("010").integer, 10);
  EXPECT_EQ(word("-").kind, TokenKind::Integer);
  EXPECT_EQ(word("-").integer, 0);
  EXPECT_EQ(word("4294967297").integer, 1);
}

TEST(Lexer, ReadsUnsignedNumbers) {
  EXPECT_EQ(word("2147483648").kind, TokenKind::Unsigned);
  EXPECT_EQ(word("2147483648").number, 2147483648U);
  EXPECT_EQ(word("0XfF").number, 255U);
  EXPECT_EQ(word("99999999999999999999").number, 0xffffffffU);
}

TEST(Lexer, ReadsFractions) {
  EXPECT_EQ(word("+5").kind, TokenKind::Real);
  EXPECT_DOUBLE_EQ(word("+5").real, 5);
  EXPECT_DOUBLE_EQ(word("5.").real, 5);
  EXPECT_DOUBLE_EQ(word("-.25").real, -0.25);
  EXPECT_DOUBLE_EQ(word("1e").real, 1);
  EXPECT_DOUBLE_EQ(word("1E-3").real, 0.001);
  EXPECT_DOUBLE_EQ(word("-4.0").real, -4);
}

TEST(Lexer, AddsErasToNumbers) {
  EXPECT_DOUBLE_EQ(word("1g").real, 1 + 1024.0 * 604800);
  EXPECT_DOUBLE_EQ(word("0.5gG").real, 0.5 + 9216.0 * 604800);
}

TEST(Lexer, SurvivesNumbersBeyondDouble) {
  EXPECT_TRUE(std::isinf(word("1e999").real));
  EXPECT_TRUE(std::isinf(word(std::string(400, '9') + ".0").real));
  EXPECT_EQ(word("1e-999").real, 0);
}

TEST(Lexer, LeavesOtherWordsStrings) {
  for (const char* text : {"0x", "0xg", ".", "+", "1.2.3", "1e5x", "12h", "1...5", "false"}) {
    EXPECT_EQ(word(text).kind, TokenKind::String) << text;
  }
}

TEST(Lexer, MarksWordsThatAreTooLong) {
  EXPECT_EQ(word(std::string(kMaxWord, 'x')).kind, TokenKind::String);
  EXPECT_THAT(shapes_of("end " + std::string(kMaxWord + 1, 'x') + " end\n"),
              ElementsAre("k end", "m " + std::string(kMaxWord, 'x'), "k end", "."));
  EXPECT_EQ(word('"' + std::string(5000, ' ') + '"').kind, TokenKind::Malformed);
}

TEST(Lexer, MarksWordsWithNul) {
  using namespace std::string_view_literals;
  EXPECT_THAT(shapes_of("end a\0b \0 end\n"sv), ElementsAre("k end", "m ab", "m ", "k end", "."));
}

TEST(Lexer, EndsForGood) {
  Lexer lexer("end");
  for (int i = 0; i < 2; ++i) lexer.next();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lexer.next().kind, TokenKind::EndOfText);
}

}  // namespace
}  // namespace ntp::config
