// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/random_pool.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <memory>
#include <set>
#include <vector>

namespace ntp::crypto {
namespace {

/// Octets that count upward, and how often it was asked.
class Sequence final : public Random {
 public:
  void fill(ByteSpan out) override {
    ++calls;
    for (auto& octet : out) octet = static_cast<std::uint8_t>(next_++ * 167 >> 8);
  }
  int calls = 0;

 private:
  std::uint32_t next_ = 1;
};

TEST(RandomPool, HandsOutAES256InCounterMode) {
  Sequence source;
  RandomPool pool(source);
  std::vector<std::uint8_t> got(4096);
  for (std::size_t at = 0; at < got.size(); at += 16) pool.fill(ByteSpan(got).subspan(at, 16));
  Sequence direct;
  std::vector<std::uint8_t> key(32);
  direct.fill(key);
  std::vector<std::uint8_t> wanted(4096);
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                               EVP_CIPHER_CTX_free);
  const std::vector<std::uint8_t> counter(16);
  int size = 0;
  ASSERT_EQ(
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_ctr(), nullptr, key.data(), counter.data()), 1);
  ASSERT_EQ(EVP_EncryptUpdate(cipher.get(), wanted.data(), &size, wanted.data(), 4096), 1);
  EXPECT_EQ(got, wanted);
  EXPECT_EQ(source.calls, 1);
}

TEST(RandomPool, DrawsAnotherKeyWhenUsedUp) {
  Sequence source;
  RandomPool pool(source);
  std::set<std::vector<std::uint8_t>> seen;
  std::vector<std::uint8_t> draw(16);
  for (int i = 0; i < 3 * 256; ++i) {
    pool.fill(draw);
    seen.insert(draw);
  }
  EXPECT_EQ(seen.size(), 3U * 256U);
  EXPECT_EQ(source.calls, 3);
}

TEST(RandomPool, LeavesLargeDrawsToItsSource) {
  Sequence source;
  RandomPool pool(source);
  std::vector<std::uint8_t> much(5000);
  pool.fill(much);
  pool.fill(much);
  EXPECT_EQ(source.calls, 2);
  EXPECT_NE(std::set<std::uint8_t>(much.begin(), much.end()).size(), 1U);
}

}  // namespace
}  // namespace ntp::crypto
