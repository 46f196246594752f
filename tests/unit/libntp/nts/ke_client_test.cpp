// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/ke_client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/libntp/nts/sessions.h"

namespace ntp::nts {
namespace {

using crypto::AeadId;
using ntp::test::from_hex;
using ntp::test::to_hex;
using test::Octets;

const std::string kProtocol = "800100020000";
const std::string kAead = "80040002000f";
const std::string kEnd = "80000000";

std::string cookie(std::size_t size = 104) {
  Octets record(kRecordHeader + size, 0x5a);
  ByteWriter out(record);
  write_record(out, Critical::No, RecordType::NewCookie, Octets(size, 0x5a));
  return to_hex(record);
}

KeClient fed(const std::string& hex, std::vector<AeadId> offer = {AeadId::AesSivCmac256}) {
  KeClient client(std::move(offer));
  client.feed(from_hex(hex));
  client.end();
  return client;
}

std::string error_of(const std::string& hex) {
  const KeClient client = fed(hex);
  EXPECT_EQ(client.state(), KeClient::State::Failed);
  EXPECT_TRUE(client.agreement().cookies.empty());
  return client.error();
}

bool accepts(const std::string& hex) { return fed(hex).state() == KeClient::State::Done; }

TEST(KeClient, AsksAsTheOthersDo) {
  EXPECT_EQ(to_hex(KeClient({AeadId::AesSivCmac256}).request()),
            "80010002000080040002000f80000000");
  EXPECT_EQ(to_hex(KeClient({AeadId::Aes128GcmSiv, AeadId::AesSivCmac256}).request()),
            to_hex(test::session("chrony").ke_request));
}

TEST(KeClient, TakesTheRepliesOfRealServers) {
  for (const auto& session : test::read_sessions()) {
    if (session.of_client) continue;
    SCOPED_TRACE(session.name);
    const KeClient client = fed(to_hex(session.ke_response), {session.keys.aead});
    ASSERT_EQ(client.state(), KeClient::State::Done) << client.error();
    const KeAgreement& agreement = client.agreement();
    EXPECT_EQ(agreement.aead, session.keys.aead);
    EXPECT_EQ(agreement.cookies.size(), 8U);
    EXPECT_EQ(agreement.compliant_gcm_siv, session.name == "chrony-aead30-compliant");
    EXPECT_EQ(agreement.server, "");
    EXPECT_EQ(agreement.port, 123);
  }
}

TEST(KeClient, DoesNotCareHowAReplyIsSplit) {
  const Octets reply = test::session("ntpsec-aead15").ke_response;
  KeClient octet_by_octet({AeadId::AesSivCmac256});
  for (std::size_t i = 0; i + 1 < reply.size(); ++i) {
    ASSERT_EQ(octet_by_octet.feed(ByteView(reply).subspan(i, 1)), KeClient::State::Reading);
  }
  EXPECT_EQ(octet_by_octet.feed(ByteView(reply).last(1)), KeClient::State::Done);
  EXPECT_EQ(octet_by_octet.agreement().cookies.size(), 8U);
  for (std::size_t cut = 0; cut < reply.size(); ++cut) {
    KeClient client({AeadId::AesSivCmac256});
    client.feed(ByteView(reply).first(cut));
    client.feed(ByteView(reply).subspan(cut));
    EXPECT_EQ(client.state(), KeClient::State::Done);
  }
}

TEST(KeClient, FailsIfTheServerClosesAnywhereInside) {
  const Octets reply = test::session("ntpsec-aead15").ke_response;
  for (std::size_t cut = 0; cut < reply.size(); ++cut) {
    KeClient client({AeadId::AesSivCmac256});
    client.feed(ByteView(reply).first(cut));
    EXPECT_EQ(client.end(), KeClient::State::Failed);
  }
  EXPECT_EQ(error_of(""), "the server closed without a reply");
  EXPECT_EQ(error_of(kProtocol + kAead), "the reply has no end of message");
  EXPECT_EQ(error_of(kProtocol + "8004"), "the reply ends within a record");
}

TEST(KeClient, FollowsServerAndPort) {
  const std::string name = "800600106e7473312e6578616d706c652e6f7267";
  const KeClient client = fed(kProtocol + kAead + cookie() + name + "000700021092" + kEnd);
  ASSERT_EQ(client.state(), KeClient::State::Done) << client.error();
  EXPECT_EQ(client.agreement().server, "nts1.example.org");
  EXPECT_EQ(client.agreement().port, 0x1092);
}

TEST(KeClient, RefusesServersAndPortsThatAreNone) {
  const std::string start = kProtocol + kAead + cookie();
  const std::string no_name = "the server record is not a name or an address";
  for (const std::string record : {"00060000", "000600026100", "000600026120", "00060003610a62",
                                   "000600036180ff", "000600086665383025657468"}) {
    EXPECT_EQ(error_of(start + record + kEnd), no_name) << record;
  }
  EXPECT_EQ(error_of(start + "00060100" + std::string(512, '6') + kEnd), no_name);
  EXPECT_TRUE(accepts(start + "000600ff" + std::string(510, '6') + kEnd));
  EXPECT_TRUE(accepts(start + "00060003" + "3a3a31" + kEnd));
  EXPECT_EQ(error_of(start + "000600016100060001" + "61" + kEnd), "two server records");
  for (const std::string record : {"000700020000", "00070000", "000700017b", "00070003007b00"}) {
    EXPECT_EQ(error_of(start + record + kEnd), "the port record has no port") << record;
  }
  EXPECT_EQ(error_of(start + "00070002007b00070002007b" + kEnd), "two port records");
}

TEST(KeClient, TellsTheServersErrors) {
  EXPECT_EQ(error_of("800200020000" + kEnd),
            "the server sent error 0, unrecognized critical record");
  EXPECT_EQ(error_of("800200020001" + kEnd), "the server sent error 1, bad request");
  EXPECT_EQ(error_of("800200020002" + kEnd), "the server sent error 2, internal server error");
  EXPECT_EQ(error_of("000200020063" + kEnd), "the server sent error 99");
  EXPECT_EQ(error_of("80020000" + kEnd), "the server sent an error without a code");
  EXPECT_EQ(error_of(kProtocol + kAead + cookie() + "000300020000" + kEnd),
            "the server sent a warning");
  // What came before an error does not count.
  EXPECT_EQ(error_of(kProtocol + kAead + cookie() + "800200020001" + kEnd),
            "the server sent error 1, bad request");
}

TEST(KeClient, RefusesRepliesThatBreakTheRules) {
  const std::string jar = cookie();
  EXPECT_EQ(error_of(kAead + jar + kEnd), "the reply has no next protocol record");
  EXPECT_EQ(error_of(kProtocol + kProtocol + kAead + jar + kEnd), "two next protocol records");
  EXPECT_EQ(error_of("000100020000" + kAead + jar + kEnd),
            "the next protocol record is not critical");
  EXPECT_EQ(error_of("80010000" + kEnd), "the server has no NTPv4");
  EXPECT_EQ(error_of("800100028001" + kAead + jar + kEnd),
            "the server chose a protocol that was not offered");
  EXPECT_EQ(error_of("8001000400008001" + kAead + jar + kEnd),
            "the server chose a protocol that was not offered");
  EXPECT_EQ(error_of(kProtocol + jar + kEnd), "the reply has no AEAD record");
  EXPECT_EQ(error_of(kProtocol + kAead + kAead + jar + kEnd), "two AEAD records");
  EXPECT_EQ(error_of(kProtocol + "80040000" + kEnd), "the server has none of the AEADs offered");
  EXPECT_EQ(error_of(kProtocol + "800400030f000f" + jar + kEnd),
            "the AEAD record does not have one number");
  EXPECT_EQ(error_of(kProtocol + "80040004000f0010" + jar + kEnd),
            "the AEAD record does not have one number");
  EXPECT_EQ(error_of(kProtocol + "800400020011" + jar + kEnd),
            "the server chose AEAD 17, which was not offered");
  EXPECT_EQ(error_of(kProtocol + kAead + jar + "8123000161" + kEnd), "unknown critical record 291");
  EXPECT_EQ(error_of(kProtocol + kAead + jar + "0400000161" + kEnd), "record 1024 has a body");
  EXPECT_EQ(error_of(kProtocol + kAead + jar + "00000000"), "the end of message is malformed");
  EXPECT_EQ(error_of(kProtocol + kAead + jar + "8000000161"), "the end of message is malformed");
  EXPECT_EQ(error_of(kProtocol + kAead + jar + kEnd + "00"), "data behind the end of message");
  EXPECT_EQ(error_of(kProtocol + kAead + kEnd), "the reply has no cookies");
}

TEST(KeClient, TakesRecordsInAnyOrderAndSkipsUnknownOnes) {
  EXPECT_TRUE(accepts(cookie() + "0123000161" + kAead + "40000000" + kProtocol + kEnd));
  EXPECT_TRUE(accepts(kProtocol + "00040002000f" + cookie() + kEnd));
}

TEST(KeClient, KeepsTheCookiesThatCanBeUsed) {
  const std::string start = kProtocol + kAead;
  EXPECT_EQ(error_of(start + cookie(0) + kEnd), "no cookie has a size that can be used");
  EXPECT_EQ(error_of(start + cookie(103) + kEnd), "no cookie has a size that can be used");
  EXPECT_EQ(error_of(start + cookie(65000) + kEnd), "no cookie has a size that can be used");
  const KeClient mixed = fed(start + cookie(0) + cookie(100) + cookie(300) + cookie(104) + kEnd);
  ASSERT_EQ(mixed.state(), KeClient::State::Done);
  EXPECT_EQ(mixed.agreement().cookies.size(), 2U);
  EXPECT_EQ(mixed.agreement().cookies_received, 4U);
  std::string hundred = start;
  for (int i = 0; i < 100; ++i) hundred += cookie();
  const KeClient many = fed(hundred + kEnd);
  ASSERT_EQ(many.state(), KeClient::State::Done);
  EXPECT_EQ(many.agreement().cookies.size(), 8U);
  EXPECT_EQ(many.agreement().cookies_received, 100U);
}

TEST(KeClient, ReadsNoMoreThan64KiB) {
  EXPECT_EQ(error_of(kProtocol + kAead + cookie(65531) + kEnd),
            "the reply is longer than 65536 octets");
  KeClient client({AeadId::AesSivCmac256});
  const Octets padding = from_hex("0123001061616161616161616161616161616161");
  std::size_t fed = 0;
  while (client.feed(padding) == KeClient::State::Reading) fed += padding.size();
  EXPECT_LE(fed, KeClient::kMaxReply);
  EXPECT_GT(fed, KeClient::kMaxReply - 2 * padding.size());
  EXPECT_EQ(client.error(), "the reply is longer than 65536 octets");
}

}  // namespace
}  // namespace ntp::nts
