// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/cookie_box.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/support/fixed_host.h"
#include "tests/unit/libntp/nts/sessions.h"

namespace ntp::nts {
namespace {

using crypto::AeadId;
using test::Octets;

constexpr WallTime kNow{std::chrono::seconds(1'795'402'605)};

SessionKeys keys_for(AeadId id) {
  SessionKeys keys;
  keys.aead = id;
  keys.c2s.assign(Octets(crypto::traits(id).key_size, 0x11));
  keys.s2c.assign(Octets(crypto::traits(id).key_size, 0x22));
  return keys;
}

struct CookieBoxTest : testing::Test {
  CookieBoxTest()
      : file(CookieKeys::generate(kNow, random)), box(std::move(*CookieBox::make(file))) {}

  Octets sealed(AeadId id = AeadId::AesSivCmac256) {
    Octets cookie(cookie_size(id));
    EXPECT_EQ(box.seal(keys_for(id), random, cookie), cookie.size());
    return cookie;
  }
  bool opens(ByteView cookie) { return box.open(cookie, opened); }

  ntp::test::SeededRandom random;
  CookieKeys file;
  CookieBox box;
  SessionKeys opened;
};

TEST(CookieBox, OpensCookiesThatNtpsecIssued) {
  const auto lines = ntp::test::read_vectors("nts/cookies.txt");
  ASSERT_EQ(lines.size(), 6U);
  for (const auto& line : lines) {
    const auto keys = CookieKeys::parse("T: 1\nL: 32\nI: " + line[0] + "\nK: " + line[1] + "\n");
    ASSERT_TRUE(keys);
    auto box = CookieBox::make(*keys);
    ASSERT_TRUE(box);
    SessionKeys opened;
    ASSERT_TRUE(box->open(ntp::test::octets(line[2]), opened)) << line[3];
    EXPECT_EQ(std::to_string(static_cast<int>(opened.aead)), line[3]);
    EXPECT_EQ(ntp::test::to_hex(opened.c2s.view()), line[4]);
    EXPECT_EQ(ntp::test::to_hex(opened.s2c.view()), line[5]);
  }
}

TEST_F(CookieBoxTest, MakesWhatItOpens) {
  const std::array<std::pair<AeadId, std::size_t>, 4> sizes{{{AeadId::AesSivCmac256, 104},
                                                             {AeadId::AesSivCmac384, 136},
                                                             {AeadId::AesSivCmac512, 168},
                                                             {AeadId::Aes128GcmSiv, 72}}};
  for (const auto& [id, size] : sizes) {
    const Octets cookie = sealed(id);
    EXPECT_EQ(cookie.size(), size);
    ASSERT_TRUE(opens(cookie));
    EXPECT_EQ(opened, keys_for(id));
    EXPECT_NE(sealed(id), cookie);
  }
  EXPECT_EQ(box.counters().made, 8U);
  EXPECT_EQ(box.counters().decode_current, 4U);
}

TEST_F(CookieBoxTest, MakesTheCookiesOfNtpsecOctetForOctet) {
  const auto line = ntp::test::read_vectors("nts/cookies.txt")[0];
  auto recorded =
      CookieBox::make(*CookieKeys::parse("T: 1\nL: 32\nI: " + line[0] + "\nK: " + line[1] + "\n"));
  const Octets cookie = ntp::test::octets(line[2]);
  ASSERT_TRUE(recorded->open(cookie, opened));
  class Recorded final : public Random {
   public:
    explicit Recorded(ByteView octets) : octets_(octets) {}
    void fill(ByteSpan out) override {
      ASSERT_EQ(out.size(), octets_.size());
      std::copy(octets_.begin(), octets_.end(), out.begin());
    }

   private:
    ByteView octets_;
  } nonce(ByteView(cookie).subspan(4, 16));
  Octets made(104);
  ASSERT_TRUE(recorded->seal(opened, nonce, made));
  EXPECT_EQ(ntp::test::to_hex(made), line[2]);
}

TEST_F(CookieBoxTest, RefusesEachFlippedBit) {
  const Octets good = sealed();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Octets bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(opens(bad)) << bit;
  }
  EXPECT_EQ(box.counters().decode_too_old, 32U);
  EXPECT_EQ(box.counters().decode_error, good.size() * 8 - 32);
  EXPECT_EQ(box.counters().decode_total, good.size() * 8);
  EXPECT_TRUE(opens(good));
}

TEST_F(CookieBoxTest, RefusesEachOtherSize) {
  const Octets good = sealed();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(opens(ByteView(good).first(size))) << size;
  }
  for (const std::size_t size : {105U, 108U, 136U, 168U, 65531U}) {
    Octets longer = good;
    longer.resize(size);
    EXPECT_FALSE(opens(longer)) << size;
  }
}

TEST_F(CookieBoxTest, RefusesGenuineCookiesThatHoldNonsense) {
  auto aead = crypto::Aead::make(AeadId::AesSivCmac256);
  ASSERT_TRUE(aead && aead->set_key(file.keys()[0].secret.view()));
  const std::uint32_t id = file.keys()[0].id;
  // An unknown AEAD, one with high bits, and one whose keys have another size.
  for (const Octets& number : {Octets{31, 0, 0, 0}, Octets{15, 0, 1, 0}, Octets{16, 0, 0, 0},
                               Octets{0, 0, 0, 15}, Octets{15, 0, 0, 0}}) {
    Octets plaintext(68);
    std::copy(number.begin(), number.end(), plaintext.begin());
    Octets cookie(104);
    for (std::size_t i = 0; i < 4; ++i) cookie[i] = static_cast<std::uint8_t>(id >> 8 * i);
    ASSERT_TRUE(aead->seal(ByteView(cookie).first(20), ByteView(cookie).subspan(4, 16), plaintext,
                           ByteSpan(cookie).subspan(20)));
    EXPECT_EQ(opens(cookie), number == (Octets{15, 0, 0, 0}));
  }
}

TEST_F(CookieBoxTest, HonoursOldKeysAndCountsTheirAge) {
  std::vector<Octets> cookies{sealed()};
  for (int day = 1; day <= 10; ++day) {
    ASSERT_TRUE(file.rotate(kNow + day * std::chrono::hours(24), random));
    ASSERT_TRUE(box.set_keys(file));
    cookies.push_back(sealed());
  }
  // Eleven cookies for ten keys: the first is too old.
  for (std::size_t i = 0; i < cookies.size(); ++i) EXPECT_EQ(opens(cookies[i]), i != 0);
  const CookieCounters& counters = box.counters();
  EXPECT_EQ(counters.decode_current, 1U);
  EXPECT_EQ(counters.decode_old, 1U);
  EXPECT_EQ(counters.decode_old2, 1U);
  EXPECT_EQ(counters.decode_older, 7U);
  EXPECT_EQ(counters.decode_too_old, 1U);
  EXPECT_EQ(counters.decode_error, 0U);
  EXPECT_EQ(counters.decode_total, 11U);
}

TEST_F(CookieBoxTest, TakesAFileWithTheSameKeyTwice) {
  const std::string hex(64, 'a');
  const std::string pair = "I: 5\nK: " + hex + "\n";
  const auto twice = CookieKeys::parse("T: 1\nL: 32\n" + pair + pair);
  ASSERT_TRUE(twice);
  ASSERT_TRUE(box.set_keys(*twice));
  ASSERT_TRUE(box.set_keys(*twice));
  EXPECT_TRUE(opens(sealed()));
}

TEST_F(CookieBoxTest, TakesKeysOfOtherSizes) {
  for (const int size : {32, 48, 64}) {
    const auto keys = CookieKeys::parse("T: 1\nL: " + std::to_string(size) + "\nI: 5\nK: " +
                                        std::string(static_cast<std::size_t>(size) * 2, 'b'));
    ASSERT_TRUE(keys);
    ASSERT_TRUE(box.set_keys(*keys));
    const Octets cookie = sealed();
    EXPECT_EQ(cookie.size(), 104U);
    EXPECT_TRUE(opens(cookie));
  }
}

TEST_F(CookieBoxTest, SealsOnlyWhatFits) {
  Octets room(103);
  EXPECT_FALSE(box.seal(keys_for(AeadId::AesSivCmac256), random, room));
  SessionKeys wrong = keys_for(AeadId::AesSivCmac256);
  wrong.aead = AeadId::AesSivCmac512;
  Octets much(300);
  EXPECT_FALSE(box.seal(wrong, random, much));
  EXPECT_EQ(box.counters().made, 0U);
}

}  // namespace
}  // namespace ntp::nts
