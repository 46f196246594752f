// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/wire/extension.h"

#include <gtest/gtest.h>

#include <vector>

namespace ntp::wire {
namespace {

/// A packet of zeros with the version given, to which fields and trailers are appended.
struct Packet {
  explicit Packet(int version = 4) : octets(kHeaderSize) {
    octets[0] = static_cast<std::uint8_t>(version << 3 | 3);
  }
  Packet& field(std::uint16_t type, std::uint16_t length, std::size_t actual) {
    std::vector<std::uint8_t> bytes(actual, 0xaa);
    ByteWriter out(bytes);
    out.u16(type);
    out.u16(length);
    return append(bytes);
  }
  Packet& field(std::uint16_t type, std::uint16_t length) { return field(type, length, length); }
  Packet& tail(std::size_t size) { return append(std::vector<std::uint8_t>(size, 0x01)); }
  Packet& append(const std::vector<std::uint8_t>& bytes) {
    octets.insert(octets.end(), bytes.begin(), bytes.end());
    return *this;
  }
  std::vector<std::uint8_t> octets;
};

std::size_t count_fields(ExtensionWalker& walker) {
  std::size_t count = 0;
  while (walker.next()) ++count;
  return count;
}

TEST(ExtensionWalker, FindsNothingBehindABareHeader) {
  const Packet packet;
  ExtensionWalker walker(packet.octets);
  EXPECT_FALSE(walker.next());
  EXPECT_FALSE(walker.error());
  EXPECT_TRUE(walker.trailer().empty());
}

TEST(ExtensionWalker, GivesTypeValueAndOffsetOfEachField) {
  Packet packet;
  packet.field(0x0104, 36).field(0x0204, 104).field(0x0404, 40);
  ExtensionWalker walker(packet.octets);
  const auto first = walker.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, 0x0104);
  EXPECT_EQ(first->value.size(), 32U);
  EXPECT_EQ(first->offset, 48U);
  const auto second = walker.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, 0x0204);
  EXPECT_EQ(second->offset, 84U);
  const auto third = walker.next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->offset, 188U);
  EXPECT_FALSE(walker.next());
  EXPECT_FALSE(walker.error());
}

TEST(ExtensionWalker, LeavesAMacBehindTheFields) {
  for (const std::size_t size : {4U, 20U, 24U}) {
    Packet packet;
    packet.field(0x0104, 16).field(0x0104, 28).tail(size);
    ExtensionWalker walker(packet.octets);
    EXPECT_EQ(count_fields(walker), 2U);
    EXPECT_FALSE(walker.error());
    EXPECT_EQ(walker.trailer().size(), size);
  }
}

TEST(ExtensionWalker, TakesAnythingOfTheSizeOfAMacForOne) {
  Packet packet;
  packet.field(0x0104, 28).field(0x0104, 24);
  ExtensionWalker walker(packet.octets);
  EXPECT_EQ(count_fields(walker), 1U);
  EXPECT_EQ(walker.trailer().size(), 24U);
}

TEST(ExtensionWalker, AcceptsALastFieldFrom28OctetsOn) {
  Packet packet;
  packet.field(1, 28);
  ExtensionWalker walker(packet.octets);
  EXPECT_EQ(count_fields(walker), 1U);
  EXPECT_FALSE(walker.error());
}

TEST(ExtensionWalker, RejectsAShorterLastField) {
  Packet packet;
  packet.field(1, 16);
  ExtensionWalker walker(packet.octets);
  EXPECT_EQ(count_fields(walker), 0U);
  EXPECT_EQ(walker.error(), PacketError::BadTrailer);
}

TEST(ExtensionWalker, RejectsLengthsThatAreNoFields) {
  for (const std::uint16_t length :
       std::vector<std::uint16_t>{0, 1, 4, 8, 12, 15, 17, 18, 19, 30, 41, 44, 65535}) {
    Packet packet;
    packet.field(1, length, 40);
    ExtensionWalker walker(packet.octets);
    EXPECT_FALSE(walker.next()) << length;
    EXPECT_EQ(walker.error(), PacketError::BadExtension) << length;
    EXPECT_FALSE(walker.next());
  }
}

TEST(ExtensionWalker, RejectsRubbishThatIsNeitherFieldNorMac) {
  for (std::size_t size = 1; size < 28; ++size) {
    if (size == 4 || size == 20 || size == 24) continue;
    Packet packet;
    packet.tail(size);
    ExtensionWalker walker(packet.octets);
    EXPECT_FALSE(walker.next());
    EXPECT_EQ(walker.error(), PacketError::BadTrailer) << size;
  }
}

TEST(ExtensionWalker, SaysSoIfThereIsNoHeader) {
  const std::vector<std::uint8_t> octets(47, 0x23);
  ExtensionWalker walker(octets);
  EXPECT_FALSE(walker.next());
  EXPECT_EQ(walker.error(), PacketError::TooShort);
  EXPECT_TRUE(walker.trailer().empty());
}

TEST(ExtensionWalker, KnowsNoFieldsBeforeVersion4) {
  Packet packet(3);
  packet.field(1, 28);
  ExtensionWalker walker(packet.octets);
  EXPECT_FALSE(walker.next());
  EXPECT_EQ(walker.trailer().size(), 28U);
}

TEST(MacTrailer, RecognizesItsSizes) {
  std::vector<std::uint8_t> octets(24, 7);
  octets[0] = octets[1] = octets[2] = 0;
  for (std::size_t size = 0; size <= 24; ++size) {
    const auto mac = parse_mac(ByteView(octets).first(size));
    EXPECT_EQ(mac.has_value(), size == 4 || size == 20 || size == 24) << size;
    if (!mac) continue;
    EXPECT_EQ(mac->key_id, 7U);
    EXPECT_EQ(mac->digest.size(), size - 4);
    EXPECT_EQ(mac->is_crypto_nak(), size == 4);
  }
}

TEST(PacketLayout, SumsTheFields) {
  Packet packet;
  packet.field(1, 16).field(2, 32).tail(20);
  const auto layout = parse_packet(packet.octets);
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->extensions_size, 48U);
  ASSERT_TRUE(layout->mac);
  EXPECT_EQ(layout->mac->digest.size(), 16U);
}

TEST(PacketLayout, PassesErrorsOn) {
  EXPECT_EQ(parse_packet({}).error(), PacketError::TooShort);
  EXPECT_EQ(parse_packet(Packet().tail(8).octets).error(), PacketError::BadTrailer);
  EXPECT_EQ(parse_packet(Packet().field(1, 8, 32).octets).error(), PacketError::BadExtension);
}

TEST(PacketLayout, KnowsTrailersOfEachVersion) {
  struct Case {
    int version;
    std::size_t tail;
    bool accepted;
    bool mac;
  };
  for (const Case& c : std::vector<Case>{{1, 0, true, false},
                                         {1, 4, false, false},
                                         {1, 20, false, false},
                                         {2, 6, true, false},
                                         {2, 20, false, false},
                                         {2, 72, false, false},
                                         {3, 4, true, true},
                                         {3, 6, false, false},
                                         {3, 20, true, true},
                                         {3, 24, true, true},
                                         {3, 28, false, false},
                                         {3, 72, true, false},
                                         {4, 4, true, true},
                                         {4, 6, false, false},
                                         {4, 20, true, true},
                                         {4, 24, true, true}}) {
    const auto packet = Packet(c.version).tail(c.tail);
    const auto layout = parse_packet(packet.octets);
    EXPECT_EQ(layout.has_value(), c.accepted) << c.version << ' ' << c.tail;
    if (layout) {
      EXPECT_EQ(layout->mac.has_value(), c.mac) << c.version << ' ' << c.tail;
      EXPECT_EQ(layout->extensions_size, 0U);
    }
  }
}

}  // namespace
}  // namespace ntp::wire
