// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/wire/packet.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/hex.h"

namespace ntp::wire {
namespace {

using test::from_hex;
using test::to_hex;

constexpr std::string_view kReply =
    "24 02 06 e9 00000132 00000a5c 0a4d0001"
    "eeae249a 08687d00 eeae24aa 11223344 eeae24aa 556677ff eeae24aa 8899aabb";

TEST(Header, DecodesEveryField) {
  const auto header = decode_header(from_hex(kReply));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->leap, Leap::None);
  EXPECT_EQ(header->version, 4);
  EXPECT_EQ(header->mode, Mode::Server);
  EXPECT_EQ(header->stratum, 2);
  EXPECT_EQ(header->poll, 6);
  EXPECT_EQ(header->precision, -23);
  EXPECT_EQ(header->root_delay.raw(), 0x132U);
  EXPECT_EQ(header->root_dispersion.raw(), 0xa5cU);
  EXPECT_EQ(header->reference_id.to_quad(), "10.77.0.1");
  EXPECT_EQ(header->reference.raw(), 0xeeae249a08687d00U);
  EXPECT_EQ(header->origin.raw(), 0xeeae24aa11223344U);
  EXPECT_EQ(header->receive.raw(), 0xeeae24aa556677ffU);
  EXPECT_EQ(header->transmit.raw(), 0xeeae24aa8899aabbU);
}

TEST(Header, EncodesToTheSameOctets) {
  const auto octets = from_hex(kReply);
  const auto header = decode_header(octets);
  ASSERT_TRUE(header);
  std::array<std::uint8_t, kHeaderSize> out{};
  ByteWriter writer(out);
  encode_header(*header, writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), kHeaderSize);
  EXPECT_EQ(to_hex(out), to_hex(octets));
}

TEST(Header, KeepsAllLeapVersionAndModeCombinations) {
  for (unsigned first = 0; first < 256; ++first) {
    std::array<std::uint8_t, kHeaderSize> octets{};
    octets[0] = static_cast<std::uint8_t>(first);
    const auto header = decode_header(octets);
    ASSERT_TRUE(header);
    EXPECT_EQ(static_cast<unsigned>(header->leap), first >> 6);
    EXPECT_EQ(header->version, static_cast<int>(first >> 3 & 7));
    EXPECT_EQ(static_cast<unsigned>(header->mode), first & 7);
    std::array<std::uint8_t, kHeaderSize> out{};
    ByteWriter writer(out);
    encode_header(*header, writer);
    EXPECT_EQ(out[0], first);
  }
}

TEST(Header, TakesExtremesOfSignedFields) {
  auto octets = from_hex(kReply);
  octets[2] = 0x80;
  octets[3] = 0x7f;
  const auto header = decode_header(octets);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->poll, -128);
  EXPECT_EQ(header->precision, 127);
}

TEST(Header, RejectsEveryShorterDatagram) {
  const auto octets = from_hex(kReply);
  for (std::size_t size = 0; size < kHeaderSize; ++size) {
    const auto header = decode_header(ByteView(octets).first(size));
    ASSERT_FALSE(header) << size;
    EXPECT_EQ(header.error(), PacketError::TooShort);
  }
}

TEST(Header, IgnoresWhatFollows) {
  auto octets = from_hex(kReply);
  octets.resize(1000, 0xff);
  EXPECT_TRUE(decode_header(octets));
}

TEST(Header, DoesNotOverrunAShortBuffer) {
  std::array<std::uint8_t, kHeaderSize - 1> out{};
  ByteWriter writer(out);
  encode_header(Header{}, writer);
  EXPECT_FALSE(writer.ok());
}

TEST(FirstOctet, GivesModeAndVersionOfAnyDatagram) {
  EXPECT_EQ(mode_of({}), Mode::Reserved);
  EXPECT_EQ(version_of({}), 0);
  const std::array<std::uint8_t, 1> octet{0xd6};
  EXPECT_EQ(mode_of(octet), Mode::Control);
  EXPECT_EQ(version_of(octet), 2);
}

}  // namespace
}  // namespace ntp::wire
