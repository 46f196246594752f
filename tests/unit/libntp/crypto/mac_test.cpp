// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/mac.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/support/hex.h"

namespace ntp::crypto {
namespace {

using test::from_hex;
using test::to_hex;

constexpr std::string_view kFox = "the quick brown fox";

std::string mac_of(std::string_view type, ByteView secret, ByteView message) {
  const auto found = find_mac_type(type);
  if (!found) return "no type";
  auto key = MacKey::make(*found, secret);
  if (!key) return key.error().message;
  std::array<std::uint8_t, kMaxMac> out{};
  const std::size_t size = key->compute(message, out);
  return to_hex(ByteView(out).first(size));
}

std::string mac_of(std::string_view type, std::string_view secret, std::string_view message) {
  return mac_of(type, as_bytes(secret), as_bytes(message));
}

// RFC 4493 section 4 (AES-128) and NIST SP 800-38B appendix D (AES-192, AES-256).
constexpr std::string_view kKey128 = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr std::string_view kKey192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
constexpr std::string_view kKey256 =
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr std::string_view kMessage =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

std::string cmac_of(std::string_view type, std::string_view key, std::size_t octets) {
  return mac_of(type, from_hex(key), from_hex(kMessage.substr(0, 2 * octets)));
}

TEST(Cmac, AgreesWithRfc4493) {
  EXPECT_EQ(cmac_of("AES", kKey128, 0), "bb1d6929e95937287fa37d129b756746");
  EXPECT_EQ(cmac_of("AES", kKey128, 16), "070a16b46b4d4144f79bdd9dd04a287c");
  EXPECT_EQ(cmac_of("AES-128", kKey128, 40), "dfa66747de9ae63030ca32611497c827");
  EXPECT_EQ(cmac_of("AES128CMAC", kKey128, 64), "51f0bebf7e3b9d92fc49741779363cfe");
}

TEST(Cmac, AgreesWithNistForLongerKeys) {
  EXPECT_EQ(cmac_of("AES-192", kKey192, 0), "d17ddf46adaacde531cac483de7a9367");
  EXPECT_EQ(cmac_of("AES-192", kKey192, 40), "8a1de5be2eb31aad089a82e6ee908b0e");
  EXPECT_EQ(cmac_of("AES-256", kKey256, 16), "28a7023f452e8f82bd4bf28d8c37c35c");
  EXPECT_EQ(cmac_of("AES-256", kKey256, 64), "e1992190549f6ed5696a2c056c315410");
}

TEST(Cmac, TakesCamellia) {
  EXPECT_EQ(mac_of("CAMELLIA-256",
                   from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                   as_bytes(kFox)),
            "cca21e6e82898e785e869c7ff0f97f53");
}

TEST(Cmac, FillsShortKeysWithZeros) {
  EXPECT_EQ(mac_of("AES", "secret", kFox), "9dc86b9fdeeae85951bfbec25d74223e");
  EXPECT_EQ(mac_of("AES", "secret", kFox), mac_of("AES", std::string("secret\0\0\0", 9), kFox));
}

TEST(Cmac, CutsLongKeys) {
  EXPECT_EQ(cmac_of("AES", std::string(kKey128) + "ffff", 16), "070a16b46b4d4144f79bdd9dd04a287c");
}

// By `printf 'secretthe quick brown fox' | openssl dgst -md5` and its like.
TEST(DigestMac, IsTheDigestOfKeyAndMessageCutTo20Octets) {
  EXPECT_EQ(mac_of("MD5", "secret", kFox), "f15ae4faf81059870a1dbfd8b8d81202");
  EXPECT_EQ(mac_of("sha1", "secret", kFox), "3ffac8f520400050bc3cdb6db65bd89e094d6f8e");
  EXPECT_EQ(mac_of("SHA-1", "secret", kFox), "3ffac8f520400050bc3cdb6db65bd89e094d6f8e");
  EXPECT_EQ(mac_of("SHA256", "secret", kFox), "feedd145eafc609a954e580cad1c79558777d146");
  EXPECT_EQ(mac_of("SHA512", "secret", kFox), "87c813ae0d9202224590251a914c09efea74d838");
}

TEST(DigestMac, TakesAnythingWithMForMd5) {
  EXPECT_EQ(mac_of("m", "secret", kFox), mac_of("MD5", "secret", kFox));
  EXPECT_EQ(mac_of("Message", "secret", kFox), mac_of("MD5", "secret", kFox));
}

TEST(MacType, SaysWhatItNeedsAndGives) {
  const auto aes = find_mac_type("aes-256");
  ASSERT_TRUE(aes);
  EXPECT_EQ(aes->kind, MacType::Kind::Cmac);
  EXPECT_EQ(aes->key_size, 32U);
  EXPECT_EQ(aes->mac_size, 16U);
  const auto sha = find_mac_type("SHA256");
  ASSERT_TRUE(sha);
  EXPECT_EQ(sha->kind, MacType::Kind::Digest);
  EXPECT_EQ(sha->key_size, 0U);
  EXPECT_EQ(sha->full_size, 32U);
  EXPECT_EQ(sha->mac_size, 20U);
}

TEST(MacType, RefusesWhatIsUnknownOrDoesNotFit) {
  for (const std::string_view name :
       {"", "nonsense", "SHAKE128", "DES-EDE3", "MD4", "AES-128-CBC"}) {
    EXPECT_FALSE(find_mac_type(name)) << name;
  }
  EXPECT_FALSE(find_mac_type(std::string_view("MD5\0x", 5)));
  EXPECT_FALSE(find_mac_type(std::string(100'000, 'M')));
}

TEST(MacKey, WorksForAnyNumberOfMessages) {
  for (const std::string_view type : {"AES", "SHA1"}) {
    auto key = MacKey::make(*find_mac_type(type), as_bytes("secret"));
    ASSERT_TRUE(key);
    std::array<std::uint8_t, kMaxMac> first{};
    std::array<std::uint8_t, kMaxMac> other{};
    std::array<std::uint8_t, kMaxMac> again{};
    key->compute(as_bytes(kFox), first);
    key->compute(as_bytes("another"), other);
    key->compute(as_bytes(kFox), again);
    EXPECT_EQ(first, again);
    EXPECT_NE(first, other);
  }
}

TEST(MacKey, VerifiesTheWholeCodeOnly) {
  auto key = MacKey::make(*find_mac_type("SHA1"), as_bytes("secret"));
  ASSERT_TRUE(key);
  std::vector<std::uint8_t> mac = from_hex("3ffac8f520400050bc3cdb6db65bd89e094d6f8e");
  EXPECT_TRUE(key->verify(as_bytes(kFox), mac));
  EXPECT_FALSE(key->verify(as_bytes("the quick brown foy"), mac));
  EXPECT_FALSE(key->verify(as_bytes(kFox), ByteView(mac).first(16)));
  EXPECT_FALSE(key->verify(as_bytes(kFox), {}));
  mac.back() ^= 1;
  EXPECT_FALSE(key->verify(as_bytes(kFox), mac));
}

}  // namespace
}  // namespace ntp::crypto
