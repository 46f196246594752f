// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/server_packets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "tests/unit/libntp/nts/packet_lab.h"

namespace ntp::nts {
namespace {

using crypto::AeadId;
using test::append;
using test::Field;
using test::Octets;
using test::PacketLab;

struct ServerPacketsTest : testing::Test {
  RequestVerdict judge(const Octets& datagram) {
    lab.answer(datagram);
    return lab.last;
  }

  PacketLab lab;
};

TEST_F(ServerPacketsTest, AnswersWithOneCookieForEachPlaceholderAndOneMore) {
  for (const AeadId id : {AeadId::AesSivCmac256, AeadId::AesSivCmac384, AeadId::AesSivCmac512}) {
    PacketLab each(id);
    for (std::size_t placeholders = 0; placeholders < 8; ++placeholders) {
      const Octets request = each.request(placeholders);
      const Octets reply = each.answer(request);
      EXPECT_EQ(each.last, RequestVerdict::Genuine);
      EXPECT_EQ(reply.size(), request.size());
      ASSERT_EQ(each.verify(reply), ReplyVerdict::Genuine);
      ASSERT_EQ(each.reply.cookies.size(), placeholders + 1);
      for (const Cookie& cookie : each.reply.cookies) {
        SessionKeys opened;
        ASSERT_TRUE(each.box.open(cookie.view(), opened));
        EXPECT_EQ(opened, each.keys);
      }
    }
  }
}

TEST_F(ServerPacketsTest, WorksWithGcmSivWhereThereIsOne) {
  if (!crypto::Aead::make(AeadId::Aes128GcmSiv)) GTEST_SKIP() << "this OpenSSL has none";
  PacketLab each(AeadId::Aes128GcmSiv);
  for (std::size_t placeholders = 0; placeholders < 8; ++placeholders) {
    const Octets request = each.request(placeholders);
    const Octets reply = each.answer(request);
    EXPECT_EQ(reply.size(), request.size());
    EXPECT_EQ(each.verify(reply), ReplyVerdict::Genuine);
    EXPECT_EQ(each.reply.cookies.size(), placeholders + 1);
  }
}

TEST_F(ServerPacketsTest, SendsNakForGcmSivWhereThereIsNone) {
  if (crypto::aead_available(AeadId::Aes128GcmSiv)) GTEST_SKIP() << "this OpenSSL has it";
  Octets cookie(72);
  ASSERT_TRUE(lab.box.seal(PacketLab::make_keys(AeadId::Aes128GcmSiv), lab.random, cookie));
  auto fields = lab.usual_fields();
  fields[1].value = cookie;
  EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Nak);
}

TEST_F(ServerPacketsTest, AnswersTheRequestsOfRealClientsOfNtpsec) {
  for (const std::string name : {"ntpsec-aead15", "ntpsec-aead16", "ntpsec-aead17"}) {
    const auto session = test::session(name);
    auto box = CookieBox::make(*CookieKeys::parse(session.key_file));
    ASSERT_TRUE(box);
    auto server = ServerPackets::make(*box, lab.random);
    auto client = ClientPackets::make(session.keys);
    ASSERT_TRUE(server && client);
    ASSERT_EQ(session.exchanges.size(), 3U);
    for (const auto& exchange : session.exchanges) {
      ASSERT_EQ(server->open(exchange.request), RequestVerdict::Genuine);
      Octets out(exchange.request.size());
      ASSERT_EQ(server->prepare(out), exchange.response.size());
      std::copy_n(exchange.response.begin(), 48, out.begin());
      ASSERT_EQ(server->finish(out), exchange.response.size());
      UniqueId id;
      std::copy_n(exchange.request.begin() + 52, 32, id.begin());
      Reply reply;
      EXPECT_EQ(client->verify(out, id, reply), ReplyVerdict::Genuine);
      EXPECT_EQ(reply.cookies.size(), exchange.placeholders + 1);
      // But for nonces and what is encrypted, the reply is NTPsec's.
      EXPECT_TRUE(std::equal(out.begin(), out.begin() + 48 + 36 + 8, exchange.response.begin()));
    }
    EXPECT_EQ(server->open(session.unknown_request), RequestVerdict::Nak);
  }
}

TEST_F(ServerPacketsTest, RefusesEachFlippedBit) {
  const Octets good = lab.request(1);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Octets bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    ASSERT_NE(judge(bad), RequestVerdict::Genuine) << bit;
  }
  EXPECT_EQ(judge(good), RequestVerdict::Genuine);
  EXPECT_EQ(lab.server.counters().good, 1U);
  EXPECT_EQ(lab.server.counters().sent, 1U);
  EXPECT_EQ(lab.server.counters().bad, good.size() * 8);
}

TEST_F(ServerPacketsTest, RefusesARequestCutAtEachOctet) {
  const Octets good = lab.request(1);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const RequestVerdict verdict =
        judge(Octets(good.begin(), good.begin() + static_cast<int>(size)));
    EXPECT_TRUE(verdict == RequestVerdict::NotProtected || verdict == RequestVerdict::Malformed)
        << size;
  }
}

TEST_F(ServerPacketsTest, TakesFieldsInAnyOrder) {
  auto fields = lab.usual_fields();
  fields.push_back({FieldType::CookiePlaceholder, Octets(104)});
  std::sort(fields.begin(), fields.end(),
            [](const Field& a, const Field& b) { return a.type < b.type; });
  do {
    const Octets request = lab.request_of(fields);
    EXPECT_EQ(lab.answer(request).size(), request.size());
  } while (std::next_permutation(fields.begin(), fields.end(),
                                 [](const Field& a, const Field& b) { return a.type < b.type; }));
}

TEST_F(ServerPacketsTest, WantsTheAuthenticatorBehindTheRest) {
  const auto fields = lab.usual_fields();
  Octets packet = PacketLab::header();
  append(packet,
         {FieldType::Authenticator, lab.authenticator(packet, lab.keys.c2s.view(), Octets(16, 1))});
  for (const Field& field : fields) append(packet, field);
  EXPECT_EQ(judge(packet), RequestVerdict::Malformed);
  // A cookie behind it is no cookie.
  Octets between = PacketLab::header();
  append(between, fields[0]);
  append(between, {FieldType::Authenticator,
                   lab.authenticator(between, lab.keys.c2s.view(), Octets(16, 1))});
  append(between, fields[1]);
  EXPECT_EQ(judge(between), RequestVerdict::Malformed);
}

TEST_F(ServerPacketsTest, WantsEachFieldOnce) {
  const auto usual = lab.usual_fields();
  for (std::size_t left_out = 0; left_out < usual.size(); ++left_out) {
    auto fields = usual;
    fields.erase(fields.begin() + static_cast<int>(left_out));
    EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Malformed);
  }
  for (const Field& doubled : usual) {
    auto fields = usual;
    fields.push_back(doubled);
    EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Malformed);
  }
  Octets without = PacketLab::header();
  for (const Field& field : usual) append(without, field);
  EXPECT_EQ(judge(without), RequestVerdict::NotProtected);
}

TEST_F(ServerPacketsTest, IgnoresWhatLiesBehindTheAuthenticator) {
  const Octets good = lab.request();
  for (const std::size_t size : {4U, 20U, 24U, 28U, 40U, 100U}) {
    Octets longer = good;
    longer.resize(good.size() + size, 0xff);
    EXPECT_EQ(lab.answer(longer).size(), good.size()) << size;
  }
  Octets twice = good;
  append(twice, {FieldType::Authenticator, Octets(36, 0xff)});
  append(twice, {FieldType::CookiePlaceholder, Octets(104)});
  EXPECT_EQ(lab.answer(twice).size(), good.size());
}

TEST_F(ServerPacketsTest, WantsAUniqueIdentifierOf32OctetsOrMore) {
  auto fields = lab.usual_fields();
  for (const std::size_t size : {12U, 16U, 28U}) {
    fields[0].value = Octets(size, 3);
    EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Malformed) << size;
  }
  for (const std::size_t size : {32U, 64U, 200U}) {
    fields[0].value = Octets(size, 3);
    const Octets request = lab.request_of(fields);
    const Octets reply = lab.answer(request);
    EXPECT_EQ(reply.size(), request.size()) << size;
    EXPECT_TRUE(std::equal(fields[0].value.begin(), fields[0].value.end(), reply.begin() + 52));
  }
}

TEST_F(ServerPacketsTest, WantsPlaceholdersAsLongAsTheCookie) {
  for (const std::size_t size : {12U, 100U, 108U, 168U, 1000U}) {
    auto fields = lab.usual_fields();
    fields.push_back({FieldType::CookiePlaceholder, Octets(size)});
    EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Malformed) << size;
    fields.push_back({FieldType::CookiePlaceholder, Octets(104)});
    EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Malformed) << size;
  }
  auto fields = lab.usual_fields();
  fields.push_back({FieldType::CookiePlaceholder, Octets(104, 0xab)});
  EXPECT_EQ(judge(lab.request_of(fields)), RequestVerdict::Genuine);
}

TEST_F(ServerPacketsTest, GivesEightCookiesAtMost) {
  auto fields = lab.usual_fields();
  for (int i = 0; i < 12; ++i) fields.push_back({FieldType::CookiePlaceholder, Octets(104)});
  const Octets reply = lab.answer(lab.request_of(fields));
  EXPECT_EQ(lab.verify(reply), ReplyVerdict::Genuine);
  EXPECT_EQ(lab.reply.cookies_received, 8U);
}

TEST_F(ServerPacketsTest, TakesNoncesOfAnyLengthThatLeavesRoomForItsOwn) {
  for (std::size_t size = 0; size <= 64; ++size) {
    const Octets nonce(size, 5);
    const std::size_t padded = (size + 3) / 4 * 4;
    const std::size_t missing = padded < 16 ? 16 - padded : 0;
    const Octets filled = lab.request_of(lab.usual_fields(), nonce, {}, missing);
    EXPECT_EQ(judge(filled), size == 0 ? RequestVerdict::Nak : RequestVerdict::Genuine) << size;
    if (missing == 0) continue;
    const Octets greedy = lab.request_of(lab.usual_fields(), nonce, {}, missing - 4);
    EXPECT_EQ(judge(greedy), RequestVerdict::Malformed) << size;
  }
}

TEST_F(ServerPacketsTest, RefusesSizesInTheAuthenticatorThatDoNotFit) {
  const Octets good = lab.request();
  const std::size_t at = good.size() - 40 + 4;
  for (const std::size_t field : {at, at + 2}) {
    for (int size = 0; size < 65536; size += 13) {
      if (size == 16 || (field == at && size >= 13 && size < 16)) continue;
      Octets bad = good;
      bad[field] = static_cast<std::uint8_t>(size >> 8);
      bad[field + 1] = static_cast<std::uint8_t>(size);
      ASSERT_NE(judge(bad), RequestVerdict::Genuine) << size;
    }
  }
}

TEST_F(ServerPacketsTest, ReadsEncryptedFields) {
  Octets inner;
  append(inner, {FieldType::CookiePlaceholder, Octets(104)});
  append(inner, {static_cast<FieldType>(0x7777), {}});
  EXPECT_EQ(lab.verify(lab.answer(lab.request_of(lab.usual_fields(), Octets(16), inner))),
            ReplyVerdict::Genuine);
  EXPECT_EQ(lab.reply.cookies.size(), 2U);
  Octets other;
  append(other, {FieldType::CookiePlaceholder, Octets(108)});
  EXPECT_EQ(judge(lab.request_of(lab.usual_fields(), Octets(16), other)),
            RequestVerdict::Malformed);
  for (const Octets& garbage : {Octets{1}, Octets{1, 2, 0, 3}, Octets{1, 2, 0, 6, 0, 0},
                                Octets{1, 2, 0, 8}, Octets{1, 2, 0, 4, 9}}) {
    EXPECT_EQ(judge(lab.request_of(lab.usual_fields(), Octets(16), garbage)),
              RequestVerdict::Malformed);
  }
}

TEST_F(ServerPacketsTest, SkipsUnknownFields) {
  auto fields = lab.usual_fields();
  fields.insert(fields.begin() + 1, {static_cast<FieldType>(0x2005), Octets(24, 1)});
  const Octets request = lab.request_of(fields);
  EXPECT_EQ(lab.answer(request).size(), request.size() - 28);
}

TEST_F(ServerPacketsTest, AnswersVersion4AndMode3Only) {
  const Octets good = lab.request();
  for (int first = 0; first < 256; ++first) {
    Octets other = good;
    other[0] = static_cast<std::uint8_t>(first);
    const RequestVerdict verdict = judge(other);
    if (first == 0x23) {
      EXPECT_EQ(verdict, RequestVerdict::Genuine);
    } else if ((first & 0x3f) == 0x23) {
      EXPECT_EQ(verdict, RequestVerdict::Nak);  // another leap indicator: not what was signed
    } else {
      EXPECT_EQ(verdict, RequestVerdict::NotProtected);
    }
  }
}

TEST_F(ServerPacketsTest, SendsNakForCookiesThatItCanNotOpen) {
  auto fields = lab.usual_fields();
  for (const std::size_t size : {12U, 20U, 100U, 104U, 168U, 256U}) {
    fields[1].value = Octets(size, 0x66);
    const Octets request = lab.request_of(fields);
    const Octets nak = lab.answer(request);
    EXPECT_EQ(lab.last, RequestVerdict::Nak) << size;
    EXPECT_EQ(lab.verify(nak), ReplyVerdict::Nak);
    const auto header = wire::decode_header(nak);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->leap, Leap::Unsynchronized);
    EXPECT_EQ(header->mode, wire::Mode::Server);
    EXPECT_EQ(header->origin, NtpTimestamp(0x0123456789abcdef));
  }
  EXPECT_EQ(lab.server.counters().naks, 6U);
}

TEST_F(ServerPacketsTest, DoesNotTakeItsOwnReplyForARequest) {
  Octets reply = lab.answer(lab.request());
  EXPECT_EQ(judge(reply), RequestVerdict::NotProtected);
  reply[0] = 0x23;
  EXPECT_EQ(judge(reply), RequestVerdict::Malformed);
}

TEST_F(ServerPacketsTest, AnswersAReplayAnewAndNoLonger) {
  const Octets request = lab.request();
  const Octets once = lab.answer(request);
  const Octets again = lab.answer(request);
  EXPECT_NE(once, again);
  EXPECT_EQ(once.size(), again.size());
}

TEST_F(ServerPacketsTest, GoesItsWayInOrderOnly) {
  Octets out(2048);
  EXPECT_EQ(lab.server.prepare(out), 0U);
  EXPECT_EQ(lab.server.finish(out), 0U);
  EXPECT_EQ(lab.server.make_nak(out), 0U);
  const Octets request = lab.request();
  ASSERT_EQ(lab.server.open(request), RequestVerdict::Genuine);
  EXPECT_EQ(lab.server.make_nak(out), 0U);
  EXPECT_EQ(lab.server.finish(out), 0U);
  EXPECT_EQ(lab.server.prepare(ByteSpan(out).first(request.size() - 1)), 0U);
  ASSERT_EQ(lab.server.open(request), RequestVerdict::Genuine);
  ASSERT_NE(lab.server.prepare(out), 0U);
  EXPECT_EQ(lab.server.prepare(out), 0U);
  EXPECT_EQ(lab.server.open(Octets(10)), RequestVerdict::NotProtected);
  EXPECT_EQ(lab.server.finish(out), 0U);
}

TEST_F(ServerPacketsTest, ReadsNoMoreThanItHasRoomFor) {
  Octets request = lab.request();
  request.resize(kMaxPacket + 4);
  EXPECT_EQ(judge(request), RequestVerdict::TooLong);
}

TEST(LooksProtected, TellsWhoShallHandleADatagram) {
  PacketLab lab;
  EXPECT_TRUE(looks_protected(lab.request()));
  EXPECT_TRUE(looks_protected(lab.answer(lab.request())));
  EXPECT_TRUE(looks_protected(ByteView(lab.request()).first(80))) << "cut in the first field";
  EXPECT_FALSE(looks_protected(PacketLab::header()));
  EXPECT_FALSE(looks_protected({}));
  Octets unknown = PacketLab::header();
  append(unknown, {static_cast<FieldType>(0x2005), Octets(100)});
  EXPECT_FALSE(looks_protected(unknown));
  unknown.resize(100);
  EXPECT_FALSE(looks_protected(unknown));
  Octets with_mac = PacketLab::header();
  with_mac.resize(68);
  EXPECT_FALSE(looks_protected(with_mac));
  Octets old = lab.request();
  old[0] = 0x1b;
  EXPECT_FALSE(looks_protected(old));
}

}  // namespace
}  // namespace ntp::nts
