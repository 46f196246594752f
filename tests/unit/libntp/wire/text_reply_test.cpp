// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "libntp/wire/control.h"
#include "tests/support/hex.h"

namespace ntp::wire {
namespace {

using test::from_hex;
using test::to_hex;

// The reply of NTPsec 1.2.5 to `rv &1`, its padding set to zeros.
constexpr std::string_view kFirstFrame =
    "16a20002f414ee8f000001d47372636164723d31302e37372e302e312c20737263706f72743d3132332c"
    "206473746164723d31302e37372e302e3130352c20647374706f72743d3132332c206c6561703d302c0d"
    "0a686d6f64653d332c207374726174756d3d312c2070706f6c6c3d39392c2068706f6c6c3d332c207072"
    "65636973696f6e3d2d33302c20726f6f7464656c61793d302e3030302c0d0a726f6f74646973703d3130"
    "2e3139332c2072656669643d4c4f434c2c2072656674696d653d307865656165323461342e6130393131"
    "3139332c0d0a7265633d307865656165323461612e65633632653234312c20786d743d30786565616532"
    "3461612e65633631646336302c2072656163683d307866662c20756e72656163683d302c0d0a64656c61"
    "793d302e3035313632362c206f66667365743d302e3031303230342c206a69747465723d302e30313035"
    "30352c2064697370657273696f6e3d302e3131353738342c0d0a6b657969643d312c2066696c7464656c"
    "61793d20302e303520302e303820302e303720302e303920302e303620302e303920302e303520302e30"
    "382c0d0a66696c746f66667365743d20302e303120302e303220302e3031202d302e303120302e303120"
    "302e303220302e3031202d302e30302c2070";
constexpr std::string_view kLastFrame =
    "16820002f414ee8f01d400626d6f64653d342c0d0a66696c74646973703d20302e303020302e31322030"
    "2e323420302e333620302e343820302e363020302e373220302e38342c20666c6173683d3078302c2068"
    "6561647761793d352c0d0a6e7473636f6f6b6965733d2d310d0a0000";

std::string text_of(const std::vector<std::vector<std::uint8_t>>& datagrams) {
  std::string text;
  for (const auto& datagram : datagrams) {
    const auto frame = decode_control(datagram);
    EXPECT_TRUE(frame);
    EXPECT_EQ(frame->header.offset, text.size());
    text += as_text(frame->data);
  }
  return text;
}

std::vector<std::size_t> sizes_of(const std::vector<std::vector<std::uint8_t>>& datagrams) {
  std::vector<std::size_t> sizes;
  for (const auto& datagram : datagrams) sizes.push_back(decode_control(datagram)->data.size());
  return sizes;
}

TEST(TextReply, CutsPeerVariablesAsNtpsecDoes) {
  TextReply reply;
  for (const auto* item : {
           "srcadr=10.77.0.1",
           "srcport=123",
           "dstadr=10.77.0.105",
           "dstport=123",
           "leap=0",
           "hmode=3",
           "stratum=1",
           "ppoll=99",
           "hpoll=3",
           "precision=-30",
           "rootdelay=0.000",
           "rootdisp=10.193",
           "refid=LOCL",
           "reftime=0xeeae24a4.a0911193",
           "rec=0xeeae24aa.ec62e241",
           "xmt=0xeeae24aa.ec61dc60",
           "reach=0xff",
           "unreach=0",
           "delay=0.051626",
           "offset=0.010204",
           "jitter=0.010505",
           "dispersion=0.115784",
           "keyid=1",
           "filtdelay= 0.05 0.08 0.07 0.09 0.06 0.09 0.05 0.08",
           "filtoffset= 0.01 0.02 0.01 -0.01 0.01 0.02 0.01 -0.00",
           "pmode=4",
           "filtdisp= 0.00 0.12 0.24 0.36 0.48 0.60 0.72 0.84",
           "flash=0x0",
           "headway=5",
           "ntscookies=-1",
       }) {
    reply.add_raw(item);
  }
  ControlHeader header;
  header.opcode = 2;
  header.sequence = 2;
  header.status = 0xf414;
  header.association = 0xee8f;
  const auto datagrams = reply.frames(header);
  ASSERT_EQ(datagrams.size(), 2U);
  EXPECT_EQ(to_hex(datagrams[0]), kFirstFrame);
  EXPECT_EQ(to_hex(datagrams[1]), kLastFrame);
}

TEST(TextReply, BreaksLinesOfSystemVariablesAsNtpsecDoes) {
  TextReply reply;
  for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
           {"leap", "0"},
           {"stratum", "1"},
           {"precision", "-30"},
           {"rootdelay", "0.000"},
           {"rootdisp", "1.212"},
           {"rootdist", "1.000"},
           {"refid", "TEST"},
           {"reftime", "0xeeae2482.ec4c8127"},
           {"tc", "3"},
           {"peer", "61084"},
           {"offset", "0.000000"},
           {"frequency", "0.000"},
           {"sys_jitter", "0.623337"},
           {"clk_jitter", "0.000001"},
           {"clock", "0xeeae2495.7076be38"},
           {"processor", "\"x86_64\""},
           {"system", "\"Linux\""},
           {"release", "\"6.1.0-00-amd64\""},
           {"version", "\"ntpd ntpsec-1.2.5+23-gfa2a47980\""}}) {
    reply.add(name, value);
  }
  EXPECT_EQ(text_of(reply.frames({})),
            "leap=0, stratum=1, precision=-30, rootdelay=0.000, rootdisp=1.212,\r\n"
            "rootdist=1.000, refid=TEST, reftime=0xeeae2482.ec4c8127, tc=3,\r\n"
            "peer=61084, offset=0.000000, frequency=0.000, sys_jitter=0.623337,\r\n"
            "clk_jitter=0.000001, clock=0xeeae2495.7076be38, processor=\"x86_64\",\r\n"
            "system=\"Linux\", release=\"6.1.0-00-amd64\",\r\n"
            "version=\"ntpd ntpsec-1.2.5+23-gfa2a47980\"\r\n");
}

TEST(TextReply, IsOneEmptyFrameWithoutItems) {
  const TextReply reply;
  EXPECT_TRUE(reply.empty());
  EXPECT_EQ(sizes_of(reply.frames({})), std::vector<std::size_t>{0});
}

TEST(TextReply, StartsANewLineWhereOneWouldReach72) {
  TextReply fits;
  fits.add_raw("a");
  fits.add_raw(std::string(68, 'b'));
  EXPECT_EQ(text_of(fits.frames({})), "a, " + std::string(68, 'b') + "\r\n");
  TextReply reaches;
  reaches.add_raw("a");
  reaches.add_raw(std::string(69, 'b'));
  EXPECT_EQ(text_of(reaches.frames({})), "a,\r\n" + std::string(69, 'b') + "\r\n");
}

TEST(TextReply, SendsALineEndAloneWhereItDoesNotFit) {
  TextReply reply;
  reply.add_raw(std::string(465, 'x'));
  EXPECT_EQ(sizes_of(reply.frames({})), std::vector<std::size_t>{467});
  TextReply longer;
  longer.add_raw(std::string(466, 'x'));
  EXPECT_EQ(sizes_of(longer.frames({})), (std::vector<std::size_t>{466, 2}));
  TextReply full;
  full.add_raw(std::string(468, 'x'));
  EXPECT_EQ(sizes_of(full.frames({})), (std::vector<std::size_t>{468, 2}));
}

TEST(TextReply, CutsBehindASeparatorThatFillsTheFragment) {
  TextReply reply;
  reply.add_raw(std::string(463, 'x'));
  reply.add_raw("");
  EXPECT_EQ(sizes_of(reply.frames({})), (std::vector<std::size_t>{466, 2}));
}

TEST(TextReply, CutsALongItemAnywhere) {
  TextReply reply;
  const std::string item(2000, 'y');
  reply.add("n", item);
  const auto datagrams = reply.frames({});
  EXPECT_EQ(sizes_of(datagrams), (std::vector<std::size_t>{468, 468, 468, 468, 132}));
  EXPECT_EQ(text_of(datagrams), "n=" + item + "\r\n");
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    EXPECT_EQ(decode_control(datagrams[i])->header.more, i + 1 < datagrams.size());
    EXPECT_EQ(datagrams[i].size() % 4, 0U);
  }
}

TEST(TextReply, KeepsFragmentsBetween465And468Octets) {
  for (std::size_t length = 1; length < 60; ++length) {
    TextReply reply;
    for (int i = 0; i < 100; ++i) reply.add_raw(std::string(length, 'z'));
    const auto sizes = sizes_of(reply.frames({}));
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
      EXPECT_GE(sizes[i], 465U);
      EXPECT_LE(sizes[i], 468U);
    }
    EXPECT_LE(sizes.back(), 468U);
  }
}

TEST(TextReply, GivesTheSameFramesAgain) {
  TextReply reply;
  reply.add("a", "1");
  EXPECT_EQ(reply.frames({}), reply.frames({}));
  reply.add("b", "2");
  EXPECT_EQ(text_of(reply.frames({})), "a=1, b=2\r\n");
}

}  // namespace
}  // namespace ntp::wire
