// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace ntp {
namespace {

constexpr std::array<std::uint8_t, 15> kOctets{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

TEST(ByteReader, ReadsBigEndian) {
  ByteReader in(kOctets);
  EXPECT_EQ(in.u8(), 0x01U);
  EXPECT_EQ(in.u16(), 0x0203U);
  EXPECT_EQ(in.u32(), 0x04050607U);
  EXPECT_EQ(in.u64(), 0x08090a0b0c0d0e0fU);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.position(), 15U);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(ByteReader, IsPoisonedByTheFirstReadThatDoesNotFit) {
  ByteReader in(ByteView(kOctets).first(3));
  EXPECT_EQ(in.u16(), 0x0102U);
  EXPECT_EQ(in.u16(), 0U);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0U) << "one octet would fit, but the reader is poisoned";
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.position(), 2U);
}

TEST(ByteReader, SurvivesHugeLengths) {
  ByteReader in(kOctets);
  in.skip(1);
  EXPECT_TRUE(in.take(std::numeric_limits<std::size_t>::max()).empty());
  EXPECT_FALSE(in.ok());
}

TEST(ByteReader, TakesEverythingExactly) {
  ByteReader in(kOctets);
  EXPECT_EQ(in.take(15).size(), 15U);
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_TRUE(in.ok());
}

TEST(ByteReader, ReadsNothingFromNothing) {
  ByteReader in({});
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.u8(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(ByteWriter, WritesBigEndian) {
  std::array<std::uint8_t, 15> octets{};
  ByteWriter out(octets);
  out.u8(0x01);
  out.u16(0x0203);
  out.u32(0x04050607);
  out.u64(0x08090a0b0c0d0e0f);
  EXPECT_TRUE(out.ok());
  EXPECT_EQ(octets, kOctets);
  EXPECT_EQ(out.written().size(), 15U);
}

TEST(ByteWriter, IsPoisonedByTheFirstWriteThatDoesNotFit) {
  std::array<std::uint8_t, 3> octets{9, 9, 9};
  ByteWriter out(octets);
  out.u16(0x0102);
  out.u16(0x0304);
  EXPECT_FALSE(out.ok());
  out.u8(5);
  out.bytes({});
  out.zeros(1);
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(out.size(), 2U);
  EXPECT_EQ(octets[2], 9) << "nothing of a write that does not fit is written";
}

TEST(ByteWriter, CopiesAndFills) {
  std::array<std::uint8_t, 6> octets{9, 9, 9, 9, 9, 9};
  ByteWriter out(octets);
  out.bytes(as_bytes("ab"));
  out.zeros(3);
  EXPECT_EQ(out.remaining(), 1U);
  EXPECT_EQ(octets, (std::array<std::uint8_t, 6>{'a', 'b', 0, 0, 0, 9}));
  out.bytes(as_bytes("cd"));
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(octets[5], 9);
}

TEST(ByteWriter, SurvivesHugeLengths) {
  std::array<std::uint8_t, 2> octets{};
  ByteWriter out(octets);
  out.u8(1);
  out.zeros(std::numeric_limits<std::size_t>::max());
  EXPECT_FALSE(out.ok());
}

TEST(Bytes, ConvertToTextAndBack) { EXPECT_EQ(as_text(as_bytes("a\xff")), "a\xff"); }

}  // namespace
}  // namespace ntp
