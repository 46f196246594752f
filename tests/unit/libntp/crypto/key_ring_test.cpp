// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/key_ring.h"

#include <gtest/gtest.h>

#include <array>

namespace ntp::crypto {
namespace {

constexpr std::string_view kMessage = "twelve octet";

KeyRing::Keys keys_of(std::string_view secret) {
  KeyRing::Keys keys;
  keys.emplace(1, *MacKey::make(*find_mac_type("MD5"), as_bytes(secret)));
  keys.emplace(2, *MacKey::make(*find_mac_type("AES"), as_bytes(secret)));
  keys.emplace(65535, *MacKey::make(*find_mac_type("SHA1"), as_bytes(secret)));
  return keys;
}

class KeyRingTest : public testing::Test {
 protected:
  KeyRingTest() { ring_.set_keys(keys_of("secret")); }

  std::size_t sign(std::uint32_t id) { return ring_.sign(id, as_bytes(kMessage), trailer_); }
  bool check(std::uint32_t id, std::size_t size) {
    return ring_.verify(id, as_bytes(kMessage), ByteView(trailer_).subspan(4, size - 4));
  }

  KeyRing ring_;
  std::array<std::uint8_t, KeyRing::kMaxTrailer> trailer_{};
};

TEST_F(KeyRingTest, UsesOnlyTrustedKeys) {
  EXPECT_EQ(sign(1), 0U);
  ring_.trust(1, 2);
  EXPECT_EQ(sign(1), 20U);
  EXPECT_TRUE(ring_.usable(2));
  EXPECT_FALSE(ring_.usable(65535));
  EXPECT_TRUE(ring_.has(65535));
  ring_.trust(65535, 65535);
  EXPECT_EQ(sign(65535), 24U);
}

TEST_F(KeyRingTest, TrustWithoutAKeyIsNoKey) {
  ring_.trust(1, 65535);
  EXPECT_TRUE(ring_.trusts(3));
  EXPECT_EQ(sign(3), 0U);
  EXPECT_FALSE(ring_.verify(3, as_bytes(kMessage), ByteView(trailer_).first(16)));
  EXPECT_FALSE(ring_.verify(0xffffffff, as_bytes(kMessage), ByteView(trailer_).first(16)));
}

TEST_F(KeyRingTest, WritesTheIdentifierBeforeTheCode) {
  ring_.trust(1, 65535);
  sign(65535);
  EXPECT_EQ(ByteReader(trailer_).u32(), 65535U);
}

TEST_F(KeyRingTest, VerifiesWhatItSigned) {
  ring_.trust(1, 65535);
  for (const std::uint32_t id : {1U, 2U, 65535U}) {
    const std::size_t size = sign(id);
    EXPECT_TRUE(check(id, size));
    EXPECT_FALSE(check(id == 1 ? 2 : 1, size));
    trailer_[4] ^= 0x80;
    EXPECT_FALSE(check(id, size));
  }
}

TEST_F(KeyRingTest, NewKeysKeepTheTrust) {
  ring_.trust(1, 1);
  const std::size_t size = sign(1);
  ring_.set_keys(keys_of("other"));
  EXPECT_TRUE(ring_.usable(1));
  EXPECT_FALSE(check(1, size));
  ring_.set_keys({});
  EXPECT_EQ(sign(1), 0U);
}

TEST_F(KeyRingTest, CountsWhatItDoes) {
  ring_.trust(1, 2);
  sign(1);
  sign(2);
  check(2, 20);
  trailer_[7] ^= 1;
  check(2, 20);
  check(1, 20);
  sign(9);
  const KeyRing::Statistics& counts = ring_.statistics();
  EXPECT_EQ(counts.lookups, 6U);
  EXPECT_EQ(counts.not_found, 1U);
  EXPECT_EQ(counts.digests_made, 1U);
  EXPECT_EQ(counts.cmacs_made, 1U);
  EXPECT_EQ(counts.digests_checked, 1U);
  EXPECT_EQ(counts.digests_wrong, 1U);
  EXPECT_EQ(counts.cmacs_checked, 2U);
  EXPECT_EQ(counts.cmacs_wrong, 1U);
}

}  // namespace
}  // namespace ntp::crypto
