// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/fragments.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/unit/ntpq/frames.h"

namespace ntp::ntpq {
namespace {

using Verdict = Fragments::Verdict;

TEST(Fragments, TakesAReplyOfOneFragment) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(0, "leap=0\r\n", More::No)), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "leap=0\r\n");
  EXPECT_EQ(fragments.status(), 0x9614);
}

TEST(Fragments, TakesAnEmptyReply) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(0, "", More::No)), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "");
}

TEST(Fragments, SortsWhatComesInWrongOrder) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(8, "cc", More::No)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(4, "bbbb", More::Yes)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(0, "aaaa", More::Yes)), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "aaaabbbbcc");
}

TEST(Fragments, TakesALastFragmentWithoutData) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(0, "aaaa", More::Yes)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(4, "", More::No)), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "aaaa");
}

TEST(Fragments, WaitsForAMissingOne) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(0, "aaaa", More::Yes)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(8, "cc", More::No)), Verdict::Taken);
  EXPECT_EQ(fragments.count(), 2U);
}

TEST(Fragments, SkipsWhatComesTwice) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(0, "aaaa", More::Yes)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(0, "xxxx", More::Yes)), Verdict::Duplicate);
  EXPECT_EQ(fragments.add(fragment(4, "bb", More::No)), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "aaaabb");
}

TEST(Fragments, SkipsOverlaps) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(4, "bbbb", More::Yes)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(6, "xxxx", More::Yes)), Verdict::Overlapping);
  EXPECT_EQ(fragments.add(fragment(0, "xxxxxx", More::Yes)), Verdict::Overlapping);
  EXPECT_EQ(fragments.add(fragment(4, "xx", More::Yes)), Verdict::Overlapping);
  EXPECT_EQ(fragments.add(fragment(0, "x", More::No)), Verdict::Overlapping);
  EXPECT_EQ(fragments.add(fragment(0, "aaaa", More::Yes)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(8, "c", More::No)), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "aaaabbbbc");
}

TEST(Fragments, SkipsWhatLiesBehindTheEnd) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(4, "bb", More::No)), Verdict::Taken);
  EXPECT_EQ(fragments.add(fragment(6, "xx", More::Yes)), Verdict::BehindEnd);
  EXPECT_EQ(fragments.add(fragment(60000, "xx", More::Yes)), Verdict::BehindEnd);
  EXPECT_EQ(fragments.add(fragment(8, "xx", More::No)), Verdict::BehindEnd);
  EXPECT_EQ(fragments.add(fragment(0, "aaaa", More::Yes)), Verdict::Complete);
}

TEST(Fragments, SkipsEmptyOnesBeforeTheLast) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(fragment(0, "", More::Yes)), Verdict::Empty);
  EXPECT_FALSE(fragments.any());
}

TEST(Fragments, SkipsRepliesToOtherRequests) {
  Fragments fragments(peer_request());
  wire::ControlHeader header = reply_header(peer_request());
  const auto add = [&] { return fragments.add(wire::encode_control(header, as_bytes("a=1"))); };
  header.sequence = 2;
  EXPECT_EQ(add(), Verdict::Foreign);
  header = reply_header(peer_request());
  header.opcode = static_cast<std::uint8_t>(wire::ControlOpcode::ReadClock);
  EXPECT_EQ(add(), Verdict::Foreign);
  header = reply_header(peer_request());
  header.version = 5;
  EXPECT_EQ(add(), Verdict::Foreign);
  header = reply_header(peer_request());
  header.response = false;
  EXPECT_EQ(add(), Verdict::Foreign);
  header = reply_header(peer_request());
  header.association = 8;
  EXPECT_EQ(add(), Verdict::OtherAssociation);
}

TEST(Fragments, SkipsARefusalOfAnotherRequest) {
  Fragments fragments(peer_request());
  wire::ControlHeader header = reply_header(peer_request());
  header.error = true;
  header.sequence = 9;
  EXPECT_EQ(fragments.add(wire::encode_control(header, {})), Verdict::Foreign);
}

TEST(Fragments, TellsTheCodeOfARefusal) {
  Fragments fragments(peer_request());
  EXPECT_EQ(fragments.add(refusal(5)), Verdict::Refused);
  EXPECT_EQ(fragments.error(), 5);
}

TEST(Fragments, SkipsBrokenOnes) {
  Fragments fragments(peer_request());
  const Bytes good = fragment(0, "leap=0, x=1\r\n", More::No);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Verdict verdict = fragments.add(ByteView(good).first(size));
    EXPECT_EQ(verdict, size == 0 ? Verdict::Foreign : Verdict::Broken) << size;
  }
  Bytes lying = good;
  lying[10] = 0xff;
  EXPECT_EQ(fragments.add(lying), Verdict::Broken);
  EXPECT_FALSE(fragments.any());
}

TEST(Fragments, IgnoresAMacBehindTheData) {
  Fragments fragments(peer_request());
  Bytes datagram = fragment(0, "leap=0", More::No);
  datagram.insert(datagram.end(), 20, 0xaa);
  EXPECT_EQ(fragments.add(datagram), Verdict::Complete);
  EXPECT_EQ(fragments.data(), "leap=0");
}

TEST(Fragments, SurvivesRandomPackets) {
  std::mt19937 random(20261123);
  std::uniform_int_distribution<int> octet(0, 255);
  const Bytes good = fragment(0, "leap=0, stratum=1\r\n", More::Yes);
  for (int round = 0; round < 2000; ++round) {
    Fragments fragments(peer_request());
    for (int packet = 0; packet < 20; ++packet) {
      Bytes datagram = good;
      for (const std::size_t at : {1U, 5U, 8U, 9U, 10U, 11U}) {
        if (octet(random) < 100) datagram[at] = static_cast<std::uint8_t>(octet(random));
      }
      datagram.resize(static_cast<std::size_t>(octet(random)) % (datagram.size() + 1));
      if (fragments.add(datagram) != Verdict::Complete) continue;
      EXPECT_LE(fragments.data().size(), good.size() * fragments.count());
    }
  }
}

}  // namespace
}  // namespace ntp::ntpq
