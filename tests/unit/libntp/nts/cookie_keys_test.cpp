// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/cookie_keys.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/fixed_host.h"
#include "tests/unit/libntp/nts/sessions.h"

namespace ntp::nts {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr WallTime kNow{seconds(1'795'402'605)};
const std::string kHex32 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::string error_of(const std::string& text) {
  const auto keys = CookieKeys::parse(text);
  EXPECT_FALSE(keys) << text;
  return keys ? "" : keys.error().message;
}

TEST(CookieKeys, ReadAndWriteTheFilesOfNtpsec) {
  for (const std::string name : {"ntpsec-aead15", "ntpsec-aead16", "ntpsec-aead17"}) {
    const std::string text = test::session(name).key_file;
    ASSERT_FALSE(text.empty());
    const auto keys = CookieKeys::parse(text);
    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_EQ(keys->started(), 1'795'402'605);
    EXPECT_EQ(keys->key_size(), 32U);
    EXPECT_EQ(keys->keys().front().id, 2'275'054'800U);
    EXPECT_EQ(keys->to_text(), text);
  }
}

TEST(CookieKeys, AreMadeWithOneKeyThatStartsNow) {
  ntp::test::SeededRandom random;
  const CookieKeys keys = CookieKeys::generate(kNow, random);
  EXPECT_EQ(keys.keys().size(), 1U);
  EXPECT_EQ(keys.started(), 1'795'402'605);
  EXPECT_EQ(keys.keys()[0].secret.size(), 32U);
  const auto again = CookieKeys::parse(keys.to_text());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, keys);
}

TEST(CookieKeys, RotateOnceADay) {
  ntp::test::SeededRandom random;
  CookieKeys keys = CookieKeys::generate(kNow, random);
  const CookieKey first = keys.keys()[0];
  EXPECT_FALSE(keys.rotate(kNow + hours(24) - seconds(1), random));
  EXPECT_FALSE(keys.rotate(kNow - hours(100), random));
  EXPECT_TRUE(keys.rotate(kNow + hours(24), random));
  EXPECT_FALSE(keys.rotate(kNow + hours(24) + seconds(1), random));
  EXPECT_EQ(keys.started(), 1'795'402'605 + 86400);
  ASSERT_EQ(keys.keys().size(), 2U);
  EXPECT_EQ(keys.keys()[1], first);
  EXPECT_NE(keys.keys()[0], first);
}

TEST(CookieKeys, MoveTheirStartByWholeDaysAfterALongSleep) {
  ntp::test::SeededRandom random;
  CookieKeys keys = CookieKeys::generate(kNow, random);
  EXPECT_TRUE(keys.rotate(kNow + hours(24 * 30 + 5), random));
  EXPECT_EQ(keys.started(), 1'795'402'605 + 30 * 86400);
  EXPECT_EQ(keys.keys().size(), 2U);
}

TEST(CookieKeys, KeepTen) {
  ntp::test::SeededRandom random;
  CookieKeys keys = CookieKeys::generate(kNow, random);
  const CookieKey first = keys.keys()[0];
  for (int day = 1; day <= 9; ++day) keys.rotate(kNow + day * hours(24), random);
  ASSERT_EQ(keys.keys().size(), 10U);
  EXPECT_EQ(keys.keys()[9], first);
  keys.rotate(kNow + 10 * hours(24), random);
  ASSERT_EQ(keys.keys().size(), 10U);
  EXPECT_NE(keys.keys()[9], first);
  std::set<std::uint32_t> ids;
  for (const auto& key : keys.keys()) ids.insert(key.id);
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_EQ(*CookieKeys::parse(keys.to_text()), keys);
}

TEST(CookieKeys, DoNotCareAboutBlanksAndCase) {
  const auto keys =
      CookieKeys::parse("T:1\r\n\n L:  32 I: 7\n\n\tK: " + kHex32 + "\nI:8 K:" +
                        "AABBCCDDEEFFaabbccddeeff0011223344556677889900112233445566778899");
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->keys().size(), 2U);
  EXPECT_EQ(keys->keys()[1].secret.view()[0], 0xaa);
  EXPECT_EQ(keys->started(), 1);
}

TEST(CookieKeys, MayBeLonger) {
  const std::string hex64 = kHex32 + kHex32;
  const auto keys = CookieKeys::parse("T: 5\nL: 64\nI: 1\nK: " + hex64 + "\n");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys()[0].secret.size(), 64U);
  EXPECT_TRUE(CookieKeys::parse("T: 5\nL: 48\nI: 1\nK: " + hex64.substr(0, 96) + "\n"));
}

TEST(CookieKeys, ReadTenPairsAndNothingBehind) {
  std::string text = "T: 5\nL: 32\n";
  for (int i = 0; i < 12; ++i) text += "I: " + std::to_string(i) + "\nK: " + kHex32 + "\n";
  const auto keys = CookieKeys::parse(text);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys().size(), 10U);
  const auto noted = CookieKeys::parse("T: 5\nL: 32\nI: 1\nK: " + kHex32 + "\nand so on");
  ASSERT_TRUE(noted);
  EXPECT_EQ(noted->keys().size(), 1U);
}

TEST(CookieKeys, SayWhatIsWrongWithAFileWithoutShowingIt) {
  const std::string head = "T: 5\nL: 32\n";
  EXPECT_EQ(error_of(""), "no time at 'T:'");
  EXPECT_EQ(error_of("T: x\n"), "no time at 'T:'");
  EXPECT_EQ(error_of("T: -1\nL: 32\n"), "no time at 'T:'");
  EXPECT_EQ(error_of("T: 99999999999999999999\nL: 32\n"), "no time at 'T:'");
  for (const std::string size : {"", "31", "0", "-32", "32x", "4294967328"}) {
    EXPECT_EQ(error_of("T: 5\nL: " + size + "\nI: 1\nK: " + kHex32),
              "no length of 32, 48 or 64 at 'L:'");
  }
  EXPECT_EQ(error_of(head), "there is no key");
  EXPECT_EQ(error_of(head + "I: 4294967296\nK: " + kHex32), "key 1 has no number at 'I:'");
  for (const std::string& bad : {std::string(), kHex32.substr(2), kHex32 + "00", kHex32.substr(1),
                                 "zz" + kHex32.substr(2)}) {
    EXPECT_EQ(error_of(head + "I: 1\nK: " + kHex32 + "\nI: 2\nK: " + bad),
              "key 2 has not 32 octets at 'K:'");
  }
  EXPECT_EQ(error_of(head + "I: 1\n" + kHex32), "key 1 has not 32 octets at 'K:'");
}

TEST(CookieKeys, AreNotReadFromAFileThatWasCut) {
  ntp::test::SeededRandom random;
  CookieKeys keys = CookieKeys::generate(kNow, random);
  keys.rotate(kNow + hours(24), random);
  const std::string text = keys.to_text();
  std::size_t whole = 0;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = CookieKeys::parse(text.substr(0, size));
    if (!cut) continue;
    ++whole;
    EXPECT_EQ(cut->keys()[0], keys.keys()[0]);
  }
  // Behind the first pair up to the `I:` of the second, and without the last line end.
  EXPECT_EQ(whole, 4U);
}

}  // namespace
}  // namespace ntp::nts
