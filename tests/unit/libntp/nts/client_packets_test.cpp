// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/client_packets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/libntp/nts/packet_lab.h"

namespace ntp::nts {
namespace {

using ntp::test::to_hex;
using test::append;
using test::Field;
using test::Octets;
using test::PacketLab;

struct ClientPacketsTest : testing::Test {
  /// A reply that the server protects, of any fields inside.
  Octets reply_of(const Octets& inner, const Octets& nonce = Octets(16, 4),
                  std::size_t padding = 0) {
    Octets packet = PacketLab::header(wire::Mode::Server);
    append(packet, unique_id());
    append(packet, {FieldType::Authenticator,
                    lab.authenticator(packet, lab.keys.s2c.view(), nonce, inner, padding)});
    return packet;
  }
  Field unique_id() {
    return {FieldType::UniqueIdentifier, Octets(lab.unique_id.begin(), lab.unique_id.end())};
  }
  static Octets cookies(std::size_t count, std::size_t size = 104) {
    Octets inner;
    for (std::size_t i = 0; i < count; ++i) append(inner, {FieldType::Cookie, Octets(size, 1)});
    return inner;
  }
  static Octets nak() {
    Octets packet = PacketLab::header(wire::Mode::Server);
    const std::string_view code = "NTSN";
    std::copy(code.begin(), code.end(), packet.begin() + 12);
    return packet;
  }

  PacketLab lab;
};

TEST_F(ClientPacketsTest, MakesRequestsLikeThoseOfTheOthers) {
  for (const auto& session : test::read_sessions()) {
    if (session.keys.aead == crypto::AeadId::Aes128GcmSiv) continue;
    if (session.of_client) continue;
    auto client = ClientPackets::make(session.keys);
    ASSERT_TRUE(client);
    for (const auto& exchange : session.exchanges) {
      // The recorded request is made again of its parts; its nonce is what is drawn.
      const ByteView recorded(exchange.request);
      UniqueId id;
      std::copy_n(recorded.begin() + 52, 32, id.begin());
      const std::size_t length = recorded[86] * 256U + recorded[87];
      const auto cookie = Cookie::from(recorded.subspan(88, length - 4));
      ASSERT_TRUE(cookie);
      class Recorded final : public Random {
       public:
        explicit Recorded(ByteView nonce) : nonce_(nonce) {}
        void fill(ByteSpan out) override { std::copy_n(nonce_.begin(), out.size(), out.begin()); }

       private:
        ByteView nonce_;
      } nonce(recorded.last(32).first(16));
      Octets made(recorded.size());
      write_client_header(NtpTimestamp(ByteReader(recorded.subspan(40)).u64()), made);
      ASSERT_EQ(client->protect(id, *cookie, exchange.placeholders, nonce, made), made.size());
      EXPECT_EQ(to_hex(made), to_hex(recorded)) << session.name;
    }
  }
}

TEST_F(ClientPacketsTest, TakesTheRepliesOfRealServers) {
  std::size_t seen = 0;
  for (const auto& session : test::read_sessions()) {
    if (!crypto::aead_available(session.keys.aead)) continue;
    auto client = ClientPackets::make(session.keys);
    ASSERT_TRUE(client);
    for (const auto& exchange : session.exchanges) {
      UniqueId id;
      std::copy_n(exchange.request.begin() + 52, 32, id.begin());
      Reply reply;
      ASSERT_EQ(client->verify(exchange.response, id, reply), ReplyVerdict::Genuine)
          << session.name;
      EXPECT_EQ(reply.cookies.size(), exchange.placeholders + 1);
      if (!session.of_client) {
        EXPECT_EQ(to_hex(reply.cookies.begin()->view()),
                  to_hex(ByteView(exchange.inner).subspan(4, reply.cookies.begin()->size())));
      }
      ++seen;
    }
    if (session.unknown_response.empty()) continue;
    UniqueId id;
    std::copy_n(session.unknown_request.begin() + 52, 32, id.begin());
    Reply reply;
    EXPECT_EQ(client->verify(session.unknown_response, id, reply), ReplyVerdict::Nak);
  }
  EXPECT_GE(seen, 19U);
}

TEST_F(ClientPacketsTest, ShowsNothingOfItself) {
  Octets header(48);
  write_client_header(NtpTimestamp(0xfedcba9876543210), header);
  EXPECT_EQ(to_hex(header), "23000020" + std::string(72, '0') + "fedcba9876543210");
}

TEST_F(ClientPacketsTest, DoesNotFillWhatHasNoRoom) {
  const Octets whole = lab.request(2);
  const Cookie cookie = lab.cookie();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Octets packet(size);
    EXPECT_EQ(lab.client.protect(lab.unique_id, cookie, 2, lab.random, packet), 0U);
  }
}

TEST_F(ClientPacketsTest, RefusesKeysOfAnotherSize) {
  SessionKeys keys = lab.keys;
  keys.s2c.assign(Octets(16));
  EXPECT_FALSE(ClientPackets::make(keys));
}

TEST_F(ClientPacketsTest, RefusesEachFlippedBit) {
  const Octets good = lab.answer(lab.request(1));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Octets bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const ReplyVerdict verdict = lab.verify(bad);
    ASSERT_NE(verdict, ReplyVerdict::Genuine) << bit;
    ASSERT_NE(verdict, ReplyVerdict::Nak) << bit;
    EXPECT_TRUE(lab.reply.cookies.empty());
  }
  EXPECT_EQ(lab.verify(good), ReplyVerdict::Genuine);
}

TEST_F(ClientPacketsTest, RefusesAReplyCutAtEachOctet) {
  const Octets good = lab.answer(lab.request(1));
  for (std::size_t size = 0; size < good.size(); ++size) {
    const ReplyVerdict verdict = lab.verify(ByteView(good).first(size));
    EXPECT_TRUE(verdict == ReplyVerdict::NotProtected || verdict == ReplyVerdict::Malformed);
  }
}

TEST_F(ClientPacketsTest, RefusesItsOwnRequestSentBack) {
  Octets request = lab.request();
  EXPECT_EQ(lab.verify(request), ReplyVerdict::NotGenuine);
  request[0] = 0x24;
  EXPECT_EQ(lab.verify(request), ReplyVerdict::NotGenuine);
}

TEST_F(ClientPacketsTest, RefusesAReplyToAnotherRequest) {
  const Octets old = lab.answer(lab.request());
  lab.random.fill(lab.unique_id);
  EXPECT_EQ(lab.verify(old), ReplyVerdict::NotOurs);
  EXPECT_EQ(lab.verify(lab.answer(lab.request())), ReplyVerdict::Genuine);
}

TEST_F(ClientPacketsTest, TakesANakForWhatItIsOnlyWithItsIdentifier) {
  Octets packet = nak();
  EXPECT_EQ(lab.verify(packet), ReplyVerdict::NotProtected);
  Octets strange = packet;
  append(strange, {FieldType::UniqueIdentifier, Octets(32, 0xcc)});
  EXPECT_EQ(lab.verify(strange), ReplyVerdict::NotOurs);
  append(packet, unique_id());
  EXPECT_EQ(lab.verify(packet), ReplyVerdict::Nak);
  // Other kisses without protection are nothing.
  Octets other = packet;
  other[12] = 'X';
  EXPECT_EQ(lab.verify(other), ReplyVerdict::NotProtected);
  Octets with_stratum = packet;
  with_stratum[1] = 1;
  EXPECT_EQ(lab.verify(with_stratum), ReplyVerdict::NotProtected);
  // With an authenticator it has to be right.
  append(packet, {FieldType::Authenticator, Octets(36)});
  EXPECT_EQ(lab.verify(packet), ReplyVerdict::Malformed);
}

TEST_F(ClientPacketsTest, TakesAnAuthenticatedKissForAReply) {
  Octets packet = nak();
  append(packet, unique_id());
  append(packet,
         {FieldType::Authenticator, lab.authenticator(packet, lab.keys.s2c.view(), Octets(16, 1))});
  EXPECT_EQ(lab.verify(packet), ReplyVerdict::Genuine);
}

TEST_F(ClientPacketsTest, NeverTakesAPlainReply) {
  EXPECT_EQ(lab.verify(PacketLab::header(wire::Mode::Server)), ReplyVerdict::NotProtected);
  Octets with_id = PacketLab::header(wire::Mode::Server);
  append(with_id, unique_id());
  EXPECT_EQ(lab.verify(with_id), ReplyVerdict::NotProtected);
  Octets old = lab.answer(lab.request());
  old[0] = 0x1c;
  EXPECT_EQ(lab.verify(old), ReplyVerdict::NotProtected);
}

TEST_F(ClientPacketsTest, WantsItsIdentifierOnceAndInFront) {
  const Octets inner = cookies(1);
  const auto sealed = [&](Octets packet) {
    append(packet, {FieldType::Authenticator,
                    lab.authenticator(packet, lab.keys.s2c.view(), Octets(16, 1), inner)});
    return packet;
  };
  const Octets header = PacketLab::header(wire::Mode::Server);
  EXPECT_EQ(lab.verify(sealed(header)), ReplyVerdict::Malformed);
  Octets twice = header;
  append(twice, unique_id());
  append(twice, unique_id());
  EXPECT_EQ(lab.verify(sealed(twice)), ReplyVerdict::Malformed);
  Octets behind = sealed(header);
  append(behind, unique_id());
  EXPECT_EQ(lab.verify(behind), ReplyVerdict::Malformed);
}

TEST_F(ClientPacketsTest, TakesCookiesOnlyFromInside) {
  Octets packet = PacketLab::header(wire::Mode::Server);
  append(packet, unique_id());
  append(packet, {FieldType::Cookie, Octets(104, 9)});
  append(packet, {FieldType::Authenticator,
                  lab.authenticator(packet, lab.keys.s2c.view(), Octets(16, 1), cookies(1))});
  append(packet, {FieldType::Cookie, Octets(104, 9)});
  EXPECT_EQ(lab.verify(packet), ReplyVerdict::Genuine);
  ASSERT_EQ(lab.reply.cookies.size(), 1U);
  EXPECT_EQ(lab.reply.cookies.begin()->view()[0], 1);
}

TEST_F(ClientPacketsTest, TakesWhatServersMaySend) {
  EXPECT_EQ(lab.verify(reply_of({})), ReplyVerdict::Genuine);
  EXPECT_EQ(lab.reply.cookies_received, 0U);
  EXPECT_EQ(lab.verify(reply_of(cookies(12))), ReplyVerdict::Genuine);
  EXPECT_EQ(lab.reply.cookies_received, 12U);
  EXPECT_EQ(lab.reply.cookies.size(), 8U);
  EXPECT_EQ(lab.verify(reply_of(cookies(1, 103 + 1), Octets(32, 1), 8)), ReplyVerdict::Genuine);
  Octets unknown = cookies(1);
  append(unknown, {static_cast<FieldType>(0x1234), Octets(4)});
  EXPECT_EQ(lab.verify(reply_of(unknown)), ReplyVerdict::Genuine);
  EXPECT_EQ(lab.reply.cookies.size(), 1U);
}

TEST_F(ClientPacketsTest, TakesNoncesOfEachLength) {
  for (std::size_t size = 1; size <= 64; ++size) {
    EXPECT_EQ(lab.verify(reply_of(cookies(1), Octets(size, 2))), ReplyVerdict::Genuine) << size;
  }
  EXPECT_EQ(lab.verify(reply_of(cookies(1), {})), ReplyVerdict::NotGenuine);
}

TEST_F(ClientPacketsTest, CountsCookiesThatItCanNotUse) {
  Octets inner = cookies(1, 300);
  append(inner, {FieldType::Cookie, {}});
  EXPECT_EQ(lab.verify(reply_of(inner)), ReplyVerdict::Genuine);
  EXPECT_EQ(lab.reply.cookies_received, 2U);
  EXPECT_TRUE(lab.reply.cookies.empty());
}

TEST_F(ClientPacketsTest, KeepsNothingOfGenuineNonsense) {
  Octets inner = cookies(1);
  inner.resize(inner.size() + 2);
  EXPECT_EQ(lab.verify(reply_of(inner)), ReplyVerdict::BadInnerFields);
  EXPECT_TRUE(lab.reply.cookies.empty());
}

TEST_F(ClientPacketsTest, ReadsNoMoreThanItHasRoomFor) {
  EXPECT_EQ(lab.verify(Octets(kMaxPacket + 4, 0x24)), ReplyVerdict::NotProtected);
}

TEST(ReplyVerdict, HasWordsForTheLog) {
  EXPECT_EQ(describe(ReplyVerdict::NotOurs), "another NTS unique identifier");
  EXPECT_EQ(describe(ReplyVerdict::NotGenuine), "wrong NTS authenticator");
}

}  // namespace
}  // namespace ntp::nts
