// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/random_pool.h"

#include <gtest/gtest.h>

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

TEST(RandomPool, HandsOutEachOctetOnce) {
  Sequence direct;
  Sequence source;
  RandomPool pool(source);
  std::vector<std::uint8_t> wanted(4096);
  direct.fill(wanted);
  std::vector<std::uint8_t> got(4096);
  for (std::size_t at = 0; at < got.size(); at += 16) pool.fill(ByteSpan(got).subspan(at, 16));
  EXPECT_EQ(got, wanted);
  EXPECT_EQ(source.calls, 1);
  pool.fill(ByteSpan(got).first(1));
  EXPECT_EQ(source.calls, 2);
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
