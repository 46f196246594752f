// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "libntp/wire/control.h"
#include "tests/support/hex.h"

namespace ntp::wire {
namespace {

using test::from_hex;
using test::to_hex;

enum class Expected { Accepted, Silence, BadFormat };

Expected outcome(ByteView datagram) {
  const auto frame = decode_control_request(datagram);
  if (frame) return Expected::Accepted;
  if (!frame.error().answer) return Expected::Silence;
  EXPECT_EQ(*frame.error().answer, ControlError::BadFormat);
  return Expected::BadFormat;
}

TEST(ControlFrame, DecodesARequestOfNtpq) {
  const auto octets = from_hex("d602000200000000000000096e6f73756368766172000000");
  const auto frame = decode_control_request(octets);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->header.leap, Leap::Unsynchronized);
  EXPECT_EQ(frame->header.version, 2);
  EXPECT_EQ(frame->header.opcode, static_cast<std::uint8_t>(ControlOpcode::ReadVariables));
  EXPECT_EQ(frame->header.sequence, 2);
  EXPECT_EQ(frame->header.association, 0);
  EXPECT_EQ(frame->header.count, 9);
  EXPECT_EQ(as_text(frame->data), "nosuchvar");
  EXPECT_TRUE(frame->rest.empty());
}

TEST(ControlFrame, DecodesAStatusReply) {
  const auto octets = from_hex("16a1000104160000000000080a0b1234eea03314");
  const auto frame = decode_control(octets);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->header.response);
  EXPECT_FALSE(frame->header.error);
  EXPECT_TRUE(frame->header.more);
  EXPECT_EQ(frame->header.opcode, 1);
  EXPECT_EQ(frame->header.status, 0x0416);
  EXPECT_EQ(frame->data.size(), 8U);
}

TEST(ControlFrame, EncodesWhatItDecoded) {
  for (const auto* text : {"d602000200000000000000096e6f73756368766172000000",
                           "16c200020500ee8f00000000", "d60100010000000000000000"}) {
    const auto octets = from_hex(text);
    const auto frame = decode_control(octets);
    ASSERT_TRUE(frame);
    EXPECT_EQ(to_hex(encode_control(frame->header, frame->data)), text);
  }
}

TEST(ControlFrame, PadsWithZeros) {
  EXPECT_EQ(to_hex(encode_control(ControlHeader{}, as_bytes("ab"))),
            "160000000000000000000002"
            "61620000");
}

TEST(ControlFrame, ReplacesCountByTheSizeOfTheData) {
  ControlHeader header;
  header.count = 400;
  const auto octets = encode_control(header, as_bytes("abcd"));
  EXPECT_EQ(octets.size(), 16U);
  EXPECT_EQ(octets[11], 4);
}

TEST(ControlFrame, KeepsWhatFollowsThePaddedData) {
  const auto octets = from_hex("16020001000000000000000561626364650000000000000199");
  const auto frame = decode_control(octets);
  ASSERT_TRUE(frame);
  EXPECT_EQ(as_text(frame->data), "abcde");
  EXPECT_EQ(to_hex(frame->rest), "0000000199");
}

TEST(ControlFrame, ToleratesMissingPaddingInAReply) {
  const auto octets = from_hex("16820001000000000000000161");
  const auto frame = decode_control(octets);
  ASSERT_TRUE(frame);
  EXPECT_EQ(as_text(frame->data), "a");
  EXPECT_TRUE(frame->rest.empty());
}

TEST(ControlFrame, IsSilentAboutWhatIsNoFrame) {
  const auto octets = from_hex("d60200020000000000000000");
  for (std::size_t size = 0; size < octets.size(); ++size) {
    const auto frame = decode_control(ByteView(octets).first(size));
    ASSERT_FALSE(frame) << size;
    EXPECT_FALSE(frame.error().answer);
  }
  EXPECT_EQ(outcome(from_hex("d70200020000000000000000")), Expected::Silence);
}

TEST(ControlRequest, IsSilentAboutRepliesAndFragments) {
  EXPECT_EQ(outcome(from_hex("d68200020000000000000000")), Expected::Silence);
  EXPECT_EQ(outcome(from_hex("d64200020000000000000000")), Expected::Silence);
  EXPECT_EQ(outcome(from_hex("d62200020000000000000000")), Expected::Silence);
  EXPECT_EQ(outcome(from_hex("d60200020000000000010000")), Expected::Silence);
}

TEST(ControlRequest, TakesVersions1To4) {
  for (int version = 0; version < 8; ++version) {
    auto octets = from_hex("060200020000000000000000");
    octets[0] = static_cast<std::uint8_t>(version << 3 | 6);
    EXPECT_EQ(outcome(octets),
              version >= 1 && version <= 4 ? Expected::Accepted : Expected::Silence);
  }
}

TEST(ControlRequest, WantsTheDataThatCountNames) {
  EXPECT_EQ(outcome(from_hex("160200020000000000000001")), Expected::BadFormat);
  EXPECT_EQ(outcome(from_hex("16020002000000000000000561626364")), Expected::BadFormat);
  EXPECT_EQ(outcome(from_hex("16020002000000000000ffff61626364")), Expected::BadFormat);
}

TEST(ControlRequest, WantsAMultipleOf4) {
  EXPECT_EQ(outcome(from_hex("16020002000000000000000161")), Expected::BadFormat);
  EXPECT_EQ(outcome(from_hex("1602000200000000000000016100")), Expected::BadFormat);
  EXPECT_EQ(outcome(from_hex("16020002000000000000000161000000")), Expected::Accepted);
}

TEST(ControlRequest, PrefersSilenceToAnError) {
  EXPECT_EQ(outcome(from_hex("168200020000000000000005")), Expected::Silence);
}

TEST(ControlRequest, TakesSurplusAndUpTo468Octets) {
  auto octets = from_hex("160200020000000000000000");
  octets.resize(576);
  EXPECT_EQ(outcome(octets), Expected::Accepted);
  octets[10] = 468 >> 8;
  octets[11] = 468 & 0xff;
  EXPECT_EQ(outcome(octets), Expected::Accepted);
  ++octets[11];
  EXPECT_EQ(outcome(octets), Expected::BadFormat);
}

TEST(ErrorReply, IsAsNtpsecSendsIt) {
  const auto octets = from_hex("d60200020000ee8f000000096e6f73756368766172000000");
  const auto request = decode_control_request(octets);
  ASSERT_TRUE(request);
  auto header = request->header;
  header.leap = Leap::None;
  EXPECT_EQ(to_hex(error_reply(header, ControlError::UnknownVariable)), "16c200020500ee8f00000000");
}

TEST(BinaryReply, IsOneFrameWhereItFits) {
  ControlHeader header;
  EXPECT_EQ(binary_reply(header, {}).size(), 1U);
  const std::vector<std::uint8_t> data(468, 1);
  EXPECT_EQ(binary_reply(header, data).size(), 1U);
}

TEST(BinaryReply, CutsAtExactly468Octets) {
  ControlHeader header;
  header.opcode = 1;
  std::vector<std::uint8_t> data(468 * 2 + 4);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  const auto datagrams = binary_reply(header, data);
  ASSERT_EQ(datagrams.size(), 3U);
  std::vector<std::uint8_t> joined;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto frame = decode_control(datagrams[i]);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->header.offset, joined.size());
    EXPECT_EQ(frame->header.more, i < 2);
    EXPECT_TRUE(frame->header.response);
    joined.insert(joined.end(), frame->data.begin(), frame->data.end());
  }
  EXPECT_EQ(joined, data);
}

}  // namespace
}  // namespace ntp::wire
