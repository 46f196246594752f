// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "libntp/config/keywords.h"
#include "libntp/config/report.h"
#include "tests/unit/libntp/config/parse_helpers.h"

namespace ntp::config {
namespace {

using testing::ElementsAre;

/// What holds for any text: bounded diagnostics, each at a line of the text, and printable.
void expect_sane(const std::string& text, const ParseResult& result) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  EXPECT_LE(result.diagnostics.size(), kMaxDiagnostics + 1);
  EXPECT_LE(result.hints.size(), kMaxDiagnostics);
  for (const auto& diagnostic : result.diagnostics) {
    EXPECT_LE(diagnostic.where.line, lines);
    EXPECT_EQ(diagnostic.to_string().find_first_of(std::string_view("\0\n\r\x1b", 4)),
              std::string::npos);
  }
}

/// The server that stands behind the bad text has to be there.
void expect_read_on(const std::string& text) {
  const auto result = parse(text + "\nserver after.example\n");
  EXPECT_THAT(hosts(result.settings), testing::Contains("after.example")) << quote(text, 200);
  expect_sane(text + "\nserver after.example\n", result);
}

TEST(BadInput, RandomBytesLeaveTheNextLineAlone) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 200, ' ');
    for (char& byte : text) byte = static_cast<char>(random() & 0xff);
    // 'end' would rightly end the reading, and needs three bytes to come in order.
    ASSERT_EQ(text.find("end"), std::string::npos);
    expect_read_on(text);
  }
}

TEST(BadInput, RandomWordsOfTheLanguageLeaveTheNextLineAlone) {
  const std::vector<std::string> others{
      "192.0.2.1", "name.example", "-4", "-6", "7", "-1",  "0x10",        "1.5",
      "\"",        "\"a b\"",      "=",  "(",  ")", "...", "99999999999", "/dev/zero"};
  std::mt19937 random(2);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (auto words = random() % 12; words > 0; --words) {
      const bool keyword = random() % 4 != 0;
      const std::string word = keyword ? std::string(kKeywords[random() % kKeywords.size()].text)
                                       : others[random() % others.size()];
      if (word == "end" || word.starts_with("un")) continue;
      text += word + (random() % 9 == 0 ? "\n" : " ");
    }
    expect_read_on(text);
  }
}

TEST(BadInput, KeywordsCutAtEveryByteAreErrorsOfTheirLine) {
  for (const KeywordEntry& entry : kKeywords) {
    for (std::size_t length = 1; length < entry.text.size(); ++length) {
      const std::string part(entry.text.substr(0, length));
      if (find_keyword(part) != nullptr) continue;
      const auto result = parse(part + " x\nserver after\n");
      EXPECT_THAT(hosts(result.settings), ElementsAre("after")) << part;
      const auto warned = places(result, Severity::Warning);
      EXPECT_TRUE(errors(result) == std::vector<std::string>{"1:1"} ||
                  warned == std::vector<std::string>{"1:1"})
          << part;
    }
  }
}

TEST(BadInput, LinesCutAtEveryByteLeaveTheNextLineAlone) {
  for (const std::string line :
       {"server 192.0.2.1 iburst minpoll 4 maxpoll 0x6 key 7 bias -.25 version 3",
        "refclock shm unit 0 refid \"G PS\" time1 0.142 flag1 true mode 1 path /dev/x",
        "restrict 192.0.2.0 mask 255.255.255.0 kod limited nomodify ntpport",
        "trustedkey 1 ( 5 ... 9 ) 12", "filegen loopstats file loops type day link enable",
        "setvar motto = \"no restarts; = ok\" default", "logconfig =syncall +clockinfo",
        "nts cert /c key /k cookie /o mintls \"TLS1.3\" enable port 4460",
        "interface listen 192.0.2.0/24", "fudge 127.127.28.0 time1 +0.5 refid GPS stratum 1",
        "includefile x server y", "driftfile /d 1e-7", "phone 1 2 3", "rlimit filenum 30"}) {
    for (std::size_t length = 0; length <= line.size(); ++length) {
      expect_read_on(line.substr(0, length));
    }
  }
}

TEST(BadInput, ALineOfAMegabyteIsOneError) {
  for (const std::string word : {"x", "x ", "\"", "server ", "0", "(", "-"}) {
    std::string text;
    while (text.size() < (1U << 20)) text += word;
    expect_read_on("tos " + text);
  }
}

TEST(BadInput, HasItsMessagesCounted) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "nonsense\n";
  const auto result = parse(text);
  EXPECT_EQ(result.syntax_errors, 5000U);
  ASSERT_EQ(result.diagnostics.size(), kMaxDiagnostics + 1);
  EXPECT_EQ(result.diagnostics.back().text, "and 4900 more messages");
}

TEST(Hints, NameLinesThatADisableBeats) {
  const auto result = parse("enable kernel ntp\ndisable kernel\n");
  EXPECT_THAT(result.diagnostics, testing::IsEmpty());
  ASSERT_EQ(result.hints.size(), 1U);
  EXPECT_EQ(result.hints[0].where.line, 1);
  EXPECT_NE(result.hints[0].text.find("ntp.conf line 2"), std::string::npos);
}

TEST(Hints, NameFudgeLinesWithoutTheirClock) {
  EXPECT_EQ(parse("fudge 127.127.28.0 refid GPS\nserver 127.127.28.1\n").hints.size(), 1U);
  EXPECT_TRUE(parse("fudge 127.127.28.0 refid GPS\nserver 127.127.28.0\n").hints.empty());
}

TEST(Hints, NameSettingsOfOneFileThatAnotherOverrides) {
  MemoryFiles files({{"/etc/ntp.conf", "driftfile /a\ndriftfile /b\n"},
                     {"/etc/ntp.d/a.conf", "driftfile /c\n"},
                     {"/etc/ntp.d/b.conf", "driftfile /d\n"}});
  const auto result = parse_file("/etc/ntp.conf", files.access());
  EXPECT_EQ(result.settings.drift_file, "/c");
  ASSERT_EQ(result.hints.size(), 2U);
  EXPECT_EQ(result.hints[0].severity, Severity::Info);
  EXPECT_EQ(result.hints[0].where.line, 2);
  EXPECT_EQ(result.hints[1].severity, Severity::Warning);
  EXPECT_EQ(result.hints[1].where.file, "/etc/ntp.d/b.conf");
}

}  // namespace
}  // namespace ntp::config
