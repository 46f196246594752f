// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libntp/config/keywords.h"
#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Parser, TakesAnEmptyTextForTheDefaults) {
  for (const char* text : {"", "\n", "# nothing", " \t\r\n\n"}) {
    const auto result = parse(text);
    EXPECT_THAT(result.diagnostics, IsEmpty()) << text;
    EXPECT_THAT(result.settings.sources, IsEmpty());
    EXPECT_TRUE(result.settings.discipline);
  }
}

TEST(Parser, ReportsEachErrorAtItsOwnPlaceAndReadsOn) {
  const auto result = parse("server a\nalpha\n beta\ngamma\nserver b\ndelta\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("a", "b"));
  EXPECT_THAT(errors(result), ElementsAre("2:1", "3:2", "4:1", "6:1"));
  EXPECT_EQ(result.syntax_errors, 4U);
}

TEST(Parser, SaysWhatWasExpected) {
  const auto result = parse("server a minpoll x\n");
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_EQ(result.diagnostics[0].to_string(),
            "CONFIG: syntax error, the line is ignored: expected an integer after 'minpoll', found "
            "'x' in ntp.conf line 1, column 18");
}

TEST(Parser, DoesNotTakeQuotedKeywordsOrPunctuationAsDirectives) {
  EXPECT_THAT(errors(parse("\"server\" x\n(server x)\n4 x\niburst\n")),
              ElementsAre("1:1", "2:1", "3:1", "4:1"));
}

TEST(Parser, DoesNotJoinLines) {
  const auto result = parse("server a \\\n iburst\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("a"));
  EXPECT_FALSE(result.settings.sources[0].iburst);
  EXPECT_THAT(errors(result), ElementsAre("1:10", "2:2"));
}

TEST(Parser, StopsAtEnd) {
  const auto result = parse("server a\nend\nserver b\nnonsense\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("a"));
  EXPECT_THAT(result.diagnostics, IsEmpty());
}

TEST(Parser, ReadsOnAfterWordsThatAreTooLong) {
  const auto result = parse("server a iburst " + std::string(5000, 'x') + "\nleapfile " +
                            std::string(5000, 'x') + "\nserver b\n");
  EXPECT_THAT(hosts(result.settings), ElementsAre("a", "b"));
  EXPECT_TRUE(result.settings.sources[0].iburst);
  EXPECT_EQ(result.settings.leap_file, "");
  EXPECT_THAT(errors(result), ElementsAre("1:17", "2:10"));
}

TEST(Parser, ReadsOnAfterNulBytes) {
  using namespace std::string_view_literals;
  const auto result = parse("server a\0b\n\0\0\0\nserver \"c\0d\"\nserver e\n"sv);
  EXPECT_THAT(hosts(result.settings), ElementsAre("e"));
  EXPECT_THAT(errors(result), ElementsAre("1:8", "2:1", "3:8"));
}

TEST(Parser, KeepsMessagesPrintable) {
  const auto result = parse("ser\x1b[2Jver x\n");
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_EQ(result.diagnostics[0].text.find('\x1b'), std::string::npos);
}

TEST(Parser, BoundsItsDiagnostics) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "x\n";
  const auto result = parse(text);
  ASSERT_EQ(result.diagnostics.size(), 101U);
  EXPECT_EQ(result.diagnostics.back().to_string(), "CONFIG: and 99900 more messages");
  EXPECT_EQ(result.syntax_errors, 100'000U);
}

TEST(Parser, BoundsWhatItKeeps) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "server s" + std::to_string(i) + "\nsetvar v = 1\nunpeer u" + std::to_string(i) + "\n";
  }
  const auto settings = settings_of(text);
  EXPECT_EQ(settings.sources.size(), 10'000U);
  EXPECT_EQ(settings.variables.size(), 10'000U);
  EXPECT_EQ(settings.unpeers.size(), 10'000U);
}

TEST(Parser, ReadsTenMegabytesOfOneLine) {
  const std::size_t size = 10U << 20;
  EXPECT_EQ(parse(std::string(size, 'x')).diagnostics.size(), 1U);
  EXPECT_EQ(parse('"' + std::string(size, 'x')).diagnostics.size(), 1U);
  EXPECT_EQ(parse(std::string(size, '(')).diagnostics.size(), 1U);
  std::string chain;
  while (chain.size() < size) chain += "includefile a ";
  EXPECT_LE(parse(chain).diagnostics.size(), 101U);
  std::string flags = "restrict default";
  while (flags.size() < size) flags += " nopeer";
  EXPECT_EQ(parse(flags).settings.restrictions.size(), 1U);
}

TEST(Parser, SurvivesEveryKeywordCutAnywhere) {
  const std::string arguments[] = {"", " ", " x", " 1", " 1.5", " \"", " (", " =", " -4 x 1"};
  for (const auto& entry : kKeywords) {
    for (std::size_t length = 0; length <= entry.text.size(); ++length) {
      for (const auto& argument : arguments) {
        const auto text = std::string(entry.text.substr(0, length)) + argument;
        EXPECT_LE(parse(text).syntax_errors, 1U) << text;
      }
    }
  }
}

TEST(Parser, SurvivesEveryPairOfKeywords) {
  for (const auto& first : kKeywords) {
    for (const auto& second : kKeywords) {
      const auto text =
          std::string(first.text) + ' ' + std::string(second.text) + " 1 x\nserver a\n";
      const auto result = parse(text);
      if (first.keyword == Keyword::End || result.settings.sources.empty()) continue;
      EXPECT_EQ(result.settings.sources.back().host, "a") << text;
    }
  }
}

}  // namespace
}  // namespace ntp::config
