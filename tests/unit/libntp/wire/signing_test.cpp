// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/wire/signing.h"

#include <gtest/gtest.h>

#include <vector>

namespace ntp::wire {
namespace {

std::vector<std::uint8_t> answer(std::uint32_t operation, std::uint32_t number, std::size_t size) {
  std::vector<std::uint8_t> octets(kSigningRefusal + size, 7);
  ByteWriter writer(octets);
  writer.u32(0);
  writer.u32(operation);
  writer.u32(number);
  return octets;
}

TEST(Signing, KnowsARequestByItsEmptySignature) {
  std::vector<std::uint8_t> request(68);
  request[48] = 9;  // of the key identifier
  EXPECT_TRUE(asks_for_signature(request));
  for (std::size_t i = 52; i < request.size(); ++i) {
    request[i] = 1;
    EXPECT_FALSE(asks_for_signature(request)) << i;
    request[i] = 0;
  }
  for (const std::size_t size : {0, 48, 67, 69, 72}) {
    EXPECT_FALSE(asks_for_signature(std::vector<std::uint8_t>(size))) << size;
  }
}

TEST(Signing, AsksWithTheKeyAsItCame) {
  const std::vector<std::uint8_t> key{0xf4, 1, 2, 3};
  const std::vector<std::uint8_t> reply(48, 0x24);
  std::vector<std::uint8_t> expected{0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2};
  expected.insert(expected.end(), key.begin(), key.end());
  expected.insert(expected.end(), reply.begin(), reply.end());
  const auto frame = signing_request(0x102, key, reply);
  EXPECT_EQ(std::vector(frame.begin(), frame.end()), expected);
}

TEST(Signing, TakesTheTwoLengthsThereAre) {
  for (std::uint32_t length = 0; length < 2000; ++length) {
    std::array<std::uint8_t, 4> octets{};
    ByteWriter(octets).u32(length);
    EXPECT_EQ(signing_answer_length(octets).has_value(), length == 12 || length == 80) << length;
  }
  EXPECT_FALSE(signing_answer_length({}));
}

TEST(Signing, FindsTheSignedReply) {
  const auto good = answer(3, 5, 68);
  const auto reply = signed_reply(good, 5);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->size(), 68U);
  EXPECT_EQ(reply->data(), good.data() + 12);
  EXPECT_EQ(signed_reply(answer(4, 5, 0), 5).error().message, "refused with 4");
  EXPECT_EQ(signed_reply(good, 6).error().message, "the answer is to another request");
  EXPECT_EQ(signed_reply(answer(3, 5, 67), 5).error().message, "the answer has no signed reply");
  EXPECT_EQ(signed_reply(answer(3, 5, 69), 5).error().message, "the answer has no signed reply");
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_EQ(signed_reply(ByteView(good).first(size), 5).error().message,
              "the answer is cut short");
  }
}

}  // namespace
}  // namespace ntp::wire
