// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/aead.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <array>
#include <numeric>
#include <vector>

#include "libntp/crypto/gcm_siv.h"
#include "libntp/crypto/siv.h"
#include "tests/support/vectors.h"

namespace ntp::crypto {
namespace {

using test::octets;
using Octets = std::vector<std::uint8_t>;

std::vector<Octets> list_of(const std::string& words) {
  std::vector<Octets> list;
  std::istringstream in(words);
  for (std::string word; std::getline(in, word, ',');) list.push_back(octets(word));
  return list;
}

Aead keyed(AeadId id) {
  auto aead = Aead::make(id);
  EXPECT_TRUE(aead);
  Octets key(traits(id).key_size);
  std::iota(key.begin(), key.end(), std::uint8_t{1});
  EXPECT_TRUE(aead->set_key(key));
  return std::move(*aead);
}

/// OpenSSL 3.5: from there on AES-GCM-SIV takes empty plaintexts.
constexpr unsigned long kGcmSivWorks = 0x30500000UL;
constexpr std::array kSivs{AeadId::AesSivCmac256, AeadId::AesSivCmac384, AeadId::AesSivCmac512};

TEST(Siv, GivesTheOutputsOfAllVectors) {
  const auto lines = test::read_vectors("nts/aes-siv.txt");
  ASSERT_EQ(lines.size(), 55U);
  for (const auto& line : lines) {
    SCOPED_TRACE(line[4]);
    const AeadTraits* its = find_aead(static_cast<std::uint16_t>(std::stoi(line[0])));
    ASSERT_NE(its, nullptr);
    auto siv = Siv::make(its->key_size);
    ASSERT_TRUE(siv);
    ASSERT_TRUE(siv->set_key(octets(line[1])));
    const auto strings = list_of(line[2]);
    const std::vector<ByteView> views(strings.begin(), strings.end());
    const Octets plaintext = octets(line[3]);
    Octets sealed(plaintext.size() + kTagSize);
    // Twice, for what is left of the message before.
    for (int round = 0; round < 2; ++round) {
      ASSERT_TRUE(siv->seal(views, plaintext, sealed));
      EXPECT_EQ(test::to_hex(sealed), line[4]);
      Octets opened(plaintext.size());
      ASSERT_TRUE(siv->open(views, sealed, opened));
      EXPECT_EQ(opened, plaintext);
    }
  }
}

TEST(Aead, GivesTheOutputsOfTheVectorsThatHaveANonce) {
  std::size_t seen = 0;
  for (const auto& line : test::read_vectors("nts/aes-siv.txt")) {
    const auto strings = list_of(line[2]);
    if (strings.size() != 2) continue;
    ++seen;
    auto aead = Aead::make(find_aead(static_cast<std::uint16_t>(std::stoi(line[0])))->id);
    ASSERT_TRUE(aead);
    ASSERT_TRUE(aead->set_key(octets(line[1])));
    const Octets plaintext = octets(line[3]);
    Octets sealed(plaintext.size() + kTagSize);
    EXPECT_EQ(aead->seal(strings[0], strings[1], plaintext, sealed), sealed.size());
    EXPECT_EQ(test::to_hex(sealed), line[4]);
  }
  EXPECT_EQ(seen, 53U);
}

TEST(Aead, GivesTheOutputsOfAllGcmSivVectors) {
  if (OpenSSL_version_num() < kGcmSivWorks) GTEST_SKIP() << "this OpenSSL has no AES-GCM-SIV";
  ASSERT_TRUE(aead_available(AeadId::Aes128GcmSiv));
  const auto lines = test::read_vectors("nts/aes-gcm-siv.txt");
  ASSERT_EQ(lines.size(), 16U);
  auto aead = Aead::make(AeadId::Aes128GcmSiv);
  ASSERT_TRUE(aead);
  for (const auto& line : lines) {
    SCOPED_TRACE(line[5]);
    ASSERT_TRUE(aead->set_key(octets(line[1])));
    const Octets ad = octets(line[2]);
    const Octets nonce = octets(line[3]);
    const Octets plaintext = octets(line[4]);
    Octets sealed(plaintext.size() + kTagSize);
    ASSERT_EQ(aead->seal(ad, nonce, plaintext, sealed), sealed.size());
    EXPECT_EQ(test::to_hex(sealed), line[5]);
    Octets opened(plaintext.size());
    ASSERT_EQ(aead->open(ad, nonce, sealed, opened), opened.size());
    EXPECT_EQ(opened, plaintext);
    sealed.back() ^= 1;
    EXPECT_FALSE(aead->open(ad, nonce, sealed, opened));
  }
}

TEST(Aead, KnowsItsAnswers) {
  EXPECT_TRUE(known_answer_test());
  for (const AeadId id : kSivs) EXPECT_TRUE(aead_available(id));
}

TEST(Aead, SaysWhatOpenSslDoesNotHave) {
  const auto aead = Aead::make(AeadId::Aes128GcmSiv);
  if (aead) GTEST_SKIP() << "this OpenSSL has AES-GCM-SIV";
  EXPECT_EQ(aead.error().message, "OpenSSL does not provide AES_128_GCM_SIV");
  EXPECT_FALSE(aead_available(AeadId::Aes128GcmSiv));
}

TEST(Aead, IsFoundByNumberAndName) {
  EXPECT_EQ(find_aead(15)->key_size, 32U);
  EXPECT_EQ(find_aead("AES_SIV_CMAC_512")->id, AeadId::AesSivCmac512);
  EXPECT_EQ(find_aead(31), nullptr);
  EXPECT_EQ(find_aead("AES_SIV_CMAC_128"), nullptr);
}

TEST(Aead, RefusesEachFlippedBitAndLeavesNoPlaintext) {
  for (const AeadId id : kSivs) {
    Aead aead = keyed(id);
    Octets ad(20, 0x11);
    Octets nonce(16, 0x22);
    const Octets plaintext(37, 0x33);
    Octets sealed(plaintext.size() + kTagSize);
    ASSERT_TRUE(aead.seal(ad, nonce, plaintext, sealed));
    for (Octets* part : {&ad, &nonce, &sealed}) {
      for (std::size_t bit = 0; bit < part->size() * 8; ++bit) {
        (*part)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        Octets opened(plaintext.size(), 0xaa);
        EXPECT_FALSE(aead.open(ad, nonce, sealed, opened));
        EXPECT_EQ(opened, Octets(plaintext.size(), 0));
        (*part)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      }
    }
    Octets opened(plaintext.size());
    EXPECT_TRUE(aead.open(ad, nonce, sealed, opened));
  }
}

TEST(Aead, SealsMessagesOfAnySizeInPlace) {
  for (const AeadId id : kSivs) {
    Aead aead = keyed(id);
    const Octets nonce(16, 0x22);
    for (std::size_t size : {0U, 1U, 15U, 16U, 17U, 1007U, 1008U, 1009U, 1023U, 1024U, 1025U, 1040U,
                             2031U, 2032U, 2048U, 2049U, 5000U}) {
      Octets plaintext(size);
      std::iota(plaintext.begin(), plaintext.end(), std::uint8_t{0});
      Octets apart(size + kTagSize);
      ASSERT_EQ(aead.seal(plaintext, nonce, plaintext, apart), size + kTagSize);
      Octets in_place(kTagSize);
      in_place.insert(in_place.end(), plaintext.begin(), plaintext.end());
      const ByteView inside = ByteView(in_place).subspan(traits(id).plaintext_offset, size);
      ASSERT_EQ(aead.seal(plaintext, nonce, inside, in_place), size + kTagSize);
      EXPECT_EQ(in_place, apart) << size;
      Octets opened(size);
      EXPECT_EQ(aead.open(plaintext, nonce, apart, opened), size);
      EXPECT_EQ(opened, plaintext) << size;
    }
  }
}

TEST(Aead, KeepsToSizes) {
  Aead aead = keyed(AeadId::AesSivCmac256);
  const Octets ad(4);
  const Octets nonce(16);
  Octets out(20);
  EXPECT_FALSE(aead.seal(ad, {}, ad, out));
  EXPECT_FALSE(aead.seal(ad, nonce, ad, ByteSpan(out).first(19)));
  EXPECT_FALSE(aead.seal(ad, nonce, {}, ByteSpan(out).first(15)));
  EXPECT_EQ(aead.seal(ad, nonce, ad, out), 20U);
  for (std::size_t size = 0; size < out.size(); ++size) {
    Octets opened(4);
    EXPECT_FALSE(aead.open(ad, nonce, ByteView(out).first(size), opened));
  }
  Octets small(3);
  EXPECT_FALSE(aead.open(ad, nonce, out, small));
}

TEST(Aead, DoesNothingWithoutAKey) {
  auto aead = Aead::make(AeadId::AesSivCmac256);
  ASSERT_TRUE(aead);
  Octets out(64);
  EXPECT_FALSE(aead->seal(out, Octets(16), {}, out));
  for (const std::size_t size : {0U, 31U, 33U, 64U}) EXPECT_FALSE(aead->set_key(Octets(size)));
  EXPECT_FALSE(aead->seal({}, Octets(16), {}, out));
  EXPECT_TRUE(aead->set_key(Octets(32)));
  EXPECT_TRUE(aead->seal({}, Octets(16), {}, out));
  aead->forget_key();
  EXPECT_FALSE(aead->seal({}, Octets(16), {}, out));
  EXPECT_FALSE(aead->open({}, Octets(16), Octets(16), out));
}

TEST(Aead, TakesOneKeyAfterTheOther) {
  auto aead = Aead::make(AeadId::AesSivCmac512);
  ASSERT_TRUE(aead);
  const Octets nonce(16, 9);
  const Octets plaintext(40, 5);
  std::vector<Octets> outputs;
  for (const int key : {1, 2, 1, 2}) {
    ASSERT_TRUE(aead->set_key(Octets(64, static_cast<std::uint8_t>(key))));
    outputs.emplace_back(56);
    ASSERT_TRUE(aead->seal({}, nonce, plaintext, outputs.back()));
  }
  EXPECT_EQ(outputs[0], outputs[2]);
  EXPECT_EQ(outputs[1], outputs[3]);
  EXPECT_NE(outputs[0], outputs[1]);
}

}  // namespace
}  // namespace ntp::crypto
