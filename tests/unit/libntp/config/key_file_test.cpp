// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/key_file.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/hex.h"

namespace ntp::config {
namespace {

std::optional<KeyType> some_types(std::string_view name) {
  if (name == "AES") return KeyType{16, false};
  if (name == "MD5" || name == "sha1") return KeyType{0, false};
  if (name == "OLD") return KeyType{0, true};
  return std::nullopt;
}

KeyFile read(std::string_view text) { return parse_key_file(text, "F", some_types); }

/// The keys as `ID TYPE HEX` lines.
std::string keys_of(const KeyFile& file) {
  std::string text;
  for (const SymmetricKey& key : file.keys) {
    text += std::to_string(key.id) + " " + key.type + " " + test::to_hex(key.secret) + "\n";
  }
  return text;
}

std::string keys_of(std::string_view text) { return keys_of(read(text)); }

/// The only diagnostic; else how many there are.
std::string complaint(std::string_view text) {
  const auto file = read(text);
  if (file.diagnostics.size() != 1) return std::to_string(file.diagnostics.size());
  return file.diagnostics[0].to_string();
}

TEST(KeyFileText, ReadsKeysByNumber) {
  EXPECT_EQ(keys_of("# keys\n\n 10 MD5 abc  # ten\n\t2\tsha1\tdef"),
            "2 sha1 646566\n10 MD5 616263\n");
  EXPECT_EQ(keys_of(""), "");
  EXPECT_EQ(complaint("1 MD5 abc\n2 sha1 def\n"), "0");
}

TEST(KeyFileText, ACommentBeginsAnywhere) {
  EXPECT_EQ(keys_of("1 MD5 abc#def\n"), "1 MD5 616263\n");
  EXPECT_EQ(complaint("1 MD5 #abc\n"),
            "CONFIG: no key for key 1, expected NUMBER TYPE KEY; the line is ignored in F line 1, "
            "column 7");
  EXPECT_EQ(complaint("1#MD5 abc"),
            "CONFIG: no key type for key 1, expected NUMBER TYPE KEY; the line is ignored in F "
            "line 1, column 2");
}

TEST(KeyFileText, IgnoresTheFourthWord) {
  EXPECT_EQ(keys_of("1 MD5 abc 10.0.0.0/8 x\n"), "1 MD5 616263\n");
}

TEST(KeyFileText, TakesUpTo20CharactersAsTheyStand) {
  EXPECT_EQ(keys_of("1 MD5 00112233445566778899\n"),
            "1 MD5 3030313132323333343435353636373738383939\n");
  EXPECT_EQ(keys_of("1 AES 00112233445566778899AABBCCddeeff\n"),
            "1 AES 00112233445566778899aabbccddeeff\n");
}

TEST(KeyFileText, RefusesOtherCharactersInLongKeys) {
  EXPECT_EQ(keys_of("1 MD5 00112233445566778899x\n2 MD5 abc"), "2 MD5 616263\n");
  EXPECT_EQ(complaint("1 MD5 00112233445566778899x\n"),
            "CONFIG: invalid hex digit for key 1: what is longer than 20 characters is "
            "hexadecimal; the line is ignored in F line 1, column 7");
}

TEST(KeyFileText, DropsAnOddDigitAndWhatIsBeyond64) {
  EXPECT_EQ(keys_of("1 MD5 001122334455667788990\n"), "1 MD5 00112233445566778899\n");
  EXPECT_EQ(keys_of("1 MD5 " + std::string(64, 'a') + "xyz\n"),
            "1 MD5 " + std::string(64, 'a') + "\n");
  EXPECT_EQ(complaint("1 MD5 " + std::string(66, 'a')),
            "CONFIG: key 1 truncated to 64 hexadecimal digits in F line 1, column 7");
}

TEST(KeyFileText, ReadsNumbersByTheirLeadingDigits) {
  EXPECT_EQ(keys_of("+5x MD5 a\n65535 MD5 b\n"), "5 MD5 61\n65535 MD5 62\n");
  for (const std::string number : {"0", "x", "65536", "-1", "99999999999999999999", "0x5"}) {
    const auto file = read(number + " MD5 abc\n");
    EXPECT_TRUE(file.keys.empty()) << number;
    ASSERT_EQ(file.diagnostics.size(), 1U) << number;
    EXPECT_EQ(file.diagnostics[0].severity, Severity::Error);
  }
}

TEST(KeyFileText, NamesUnknownTypes) {
  EXPECT_EQ(complaint("\n 1 nonsense abc\n"),
            "CONFIG: unknown auth type 'nonsense' of key 1, expected one such as AES, AES-256, "
            "SHA1 or MD5; the line is ignored in F line 2, column 4");
}

TEST(KeyFileText, SaysWhatBecomesOfKeysOfTheWrongSize) {
  EXPECT_EQ(complaint("1 AES short\n"),
            "CONFIG: CMAC key 1 will be padded with zeros 5=>16 bytes in F line 1, column 7");
  EXPECT_EQ(complaint("1 AES " + std::string(40, 'a')),
            "CONFIG: CMAC key 1 will be truncated 20=>16 bytes in F line 1, column 7");
}

TEST(KeyFileText, SaysWhenAPolicyIsAgainstTheType) {
  EXPECT_EQ(complaint("1 OLD abc\n"),
            "CONFIG: 'OLD' of key 1 is not allowed by this host's OpenSSL configuration; it is "
            "used all the same in F line 1, column 3");
  EXPECT_EQ(keys_of("1 OLD abc\n"), "1 OLD 616263\n");
}

TEST(KeyFileText, TheLastLineOfANumberCounts) {
  const auto file = read("1 MD5 abc\n1 sha1 def\n");
  EXPECT_EQ(keys_of(file), "1 sha1 646566\n");
  EXPECT_EQ(file.lines, 2U);
  ASSERT_EQ(file.diagnostics.size(), 1U);
  EXPECT_EQ(file.diagnostics[0].to_string(),
            "CONFIG: key 1 is defined in line 1 already; this line replaces it in F line 2, "
            "column 1");
  EXPECT_EQ(keys_of("1 MD5 abc\n1 nonsense def\n"), "1 MD5 616263\n");
}

TEST(KeyFileText, ToleratesCarriageReturns) {
  EXPECT_EQ(keys_of("1 MD5 abc\r\n\r\n"), "1 MD5 616263\n");
}

TEST(KeyFileText, LeavesOutLinesWithNulBytes) {
  EXPECT_EQ(keys_of(std::string("1 MD5 a\0c\n2 MD5 b\n", 19)), "2 MD5 62\n");
  EXPECT_EQ(keys_of(std::string("1 MD5 abc # \0\n", 14)), "1 MD5 616263\n");
}

TEST(KeyFileText, SurvivesLongLinesAndManyOfThem) {
  const std::string megabyte(1 << 20, 'a');
  EXPECT_EQ(keys_of(megabyte + "\n1 MD5 abc\n"), "1 MD5 616263\n");
  EXPECT_EQ(keys_of("2 MD5 " + megabyte), "2 MD5 " + std::string(64, 'a') + "\n");
  EXPECT_EQ(keys_of("#" + megabyte + "\n1 MD5 abc\n"), "1 MD5 616263\n");
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "1 MD5 x\n";
  const auto file = read(many);
  EXPECT_EQ(file.keys.size(), 1U);
  EXPECT_LE(file.diagnostics.size(), 101U);
}

TEST(KeyFileText, NeverShowsAKey) {
  for (const std::string_view text :
       {"1 MD5 topsecrettopsecrettopsecret", "1 nonsense topsecret", "x MD5 topsecret",
        "1 AES topsecret", "1 MD5 topsecret\n1 MD5 topsecret"}) {
    for (const Diagnostic& diagnostic : read(text).diagnostics) {
      EXPECT_EQ(diagnostic.text.find("topsecret"), std::string::npos) << diagnostic.text;
    }
  }
}

}  // namespace
}  // namespace ntp::config
