// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/ke_server.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "libntp/nts/ke_client.h"
#include "tests/support/fakes.h"
#include "tests/unit/libntp/nts/sessions.h"

namespace ntp::nts {
namespace {

using crypto::AeadId;
using ntp::test::from_hex;
using ntp::test::to_hex;
using test::Octets;

struct KeServerTest : testing::Test {
  KeServerTest() : box(std::move(*CookieBox::make(CookieKeys::generate(WallTime(), random)))) {
    options.aeads = {AeadId::AesSivCmac256, AeadId::AesSivCmac384, AeadId::AesSivCmac512};
  }

  static SessionKeys keys(AeadId id) {
    SessionKeys result;
    result.aead = id;
    result.c2s.assign(Octets(crypto::traits(id).key_size, 1));
    result.s2c.assign(Octets(crypto::traits(id).key_size, 2));
    return result;
  }
  void answer(KeServer& server) {
    if (server.state() == KeServer::State::Agreed) server.grant(keys(server.aead()), box, random);
    server.expire();
  }
  KeServer asked(const std::string& hex) {
    KeServer server(options);
    server.feed(from_hex(hex));
    answer(server);
    return server;
  }
  static std::string outcome(const KeServer& server) {
    switch (server.outcome()) {
      case KeServer::Outcome::Granted:
        return "granted-" + std::to_string(static_cast<int>(server.aead()));
      case KeServer::Outcome::NoCommonProtocol:
        EXPECT_EQ(to_hex(server.reply()), "8001000080000000");
        return "no-protocol";
      case KeServer::Outcome::NoCommonAead:
        EXPECT_EQ(to_hex(server.reply()), "8001000200000004000080000000");
        return "no-aead";
      case KeServer::Outcome::Refused:
        EXPECT_EQ(server.reply().size(), 10U);
        EXPECT_EQ(to_hex(server.reply().last(4)), "80000000");
        return "error-" + std::to_string(server.reply()[5]);
      case KeServer::Outcome::Pending:
        break;
    }
    return "pending";
  }

  ntp::test::CountingRandom random;
  CookieBox box;
  KeServerOptions options;
};

TEST_F(KeServerTest, AnswersAllRecordedRequestsAsTheRfcSays) {
  const auto lines = ntp::test::read_vectors("nts/ke-requests.txt");
  ASSERT_EQ(lines.size(), 42U);
  for (const auto& line : lines) {
    const KeServer server = asked(line[2]);
    EXPECT_EQ(outcome(server), line[0]) << line[1] << ": " << server.reason();
    EXPECT_EQ(server.reason().empty(), line[0].starts_with("granted"));
  }
}

TEST_F(KeServerTest, DoesNotCareHowARequestIsSplit) {
  for (const auto& line : ntp::test::read_vectors("nts/ke-requests.txt")) {
    const Octets request = from_hex(line[2]);
    KeServer server(options);
    for (const std::uint8_t octet : request) server.feed(ByteView(&octet, 1));
    answer(server);
    EXPECT_EQ(outcome(server), line[0]) << line[1];
  }
}

TEST_F(KeServerTest, GivesEightCookiesThatOpen) {
  for (const AeadId id : options.aeads) {
    KeClient client({id});
    const KeServer server = asked(to_hex(client.request()));
    ASSERT_EQ(client.feed(server.reply()), KeClient::State::Done) << client.error();
    EXPECT_EQ(client.agreement().aead, id);
    ASSERT_EQ(client.agreement().cookies.size(), 8U);
    for (const Cookie& cookie : client.agreement().cookies) {
      EXPECT_EQ(cookie.size(), cookie_size(id));
      SessionKeys opened;
      ASSERT_TRUE(box.open(cookie.view(), opened));
      EXPECT_EQ(opened, keys(id));
    }
  }
}

TEST_F(KeServerTest, RepliesLikeNtpsec) {
  const auto recorded = test::session("ntpsec-aead15");
  const KeServer server = asked(to_hex(recorded.ke_request));
  EXPECT_EQ(server.reply().size(), recorded.ke_response.size());
  EXPECT_EQ(to_hex(server.reply().first(16)), to_hex(ByteView(recorded.ke_response).first(16)));
}

TEST_F(KeServerTest, NamesAnotherServerAndPort) {
  options.server = "ntp.example.test";
  options.port = 1230;
  KeClient client({AeadId::AesSivCmac256});
  const KeServer server = asked(to_hex(client.request()));
  ASSERT_EQ(client.feed(server.reply()), KeClient::State::Done) << client.error();
  EXPECT_EQ(client.agreement().server, "ntp.example.test");
  EXPECT_EQ(client.agreement().port, 1230);
}

TEST_F(KeServerTest, TakesTheClientsFirstChoice) {
  EXPECT_EQ(outcome(asked("800100020000 80040006 03e7 0011 000f 80000000")), "granted-17");
  EXPECT_EQ(outcome(asked("800100020000 80040006 03e7 000f 0011 80000000")), "granted-15");
}

TEST_F(KeServerTest, ChoosesGcmSivOnlyWithRecord1024) {
  options.aeads.push_back(AeadId::Aes128GcmSiv);
  EXPECT_EQ(outcome(asked("800100020000 80040004 001e 000f 80000000")), "granted-15");
  EXPECT_EQ(outcome(asked("800100020000 80040002 001e 80000000")), "no-aead");
  KeClient client({AeadId::Aes128GcmSiv, AeadId::AesSivCmac256});
  const KeServer server = asked(to_hex(client.request()));
  EXPECT_EQ(outcome(server), "granted-30");
  ASSERT_EQ(client.feed(server.reply()), KeClient::State::Done);
  EXPECT_TRUE(client.agreement().compliant_gcm_siv);
  EXPECT_EQ(client.agreement().cookies.begin()->size(), 72U);
}

TEST_F(KeServerTest, EchoesRecord1024OnlyForGcmSiv) {
  const KeServer server = asked("800100020000 80040002000f 04000000 80000000");
  EXPECT_EQ(to_hex(server.reply().first(16)), "80010002000000040002000f00050068");
}

TEST_F(KeServerTest, RefusesWhatIsTooLong) {
  const std::string start = "800100020000 80040002000f ";
  Octets body(3000, 'z');
  Octets record(kRecordHeader + body.size());
  ByteWriter out(record);
  write_record(out, Critical::No, static_cast<RecordType>(0x123), body);
  const KeServer server = asked(start + to_hex(record) + "80000000");
  EXPECT_EQ(outcome(server), "error-1");
  EXPECT_EQ(server.reason(), "the request is longer than 2048 octets");
}

TEST_F(KeServerTest, CallsAnUnfinishedRequestABadOne) {
  const Octets request = from_hex("80010002000080040002000f80000000");
  for (std::size_t cut = 0; cut < request.size(); ++cut) {
    KeServer server(options);
    EXPECT_EQ(server.feed(ByteView(request).first(cut)), KeServer::State::Reading);
    EXPECT_EQ(server.expire(), KeServer::State::Replied);
    EXPECT_EQ(outcome(server), "error-1");
    EXPECT_EQ(server.reason(), cut == 0 ? "there was no request" : "the request has no end");
  }
}

TEST_F(KeServerTest, SendsAnInternalErrorWhereItCanNotGoOn) {
  KeServer server(options);
  ASSERT_EQ(server.feed(from_hex("80010002000080040002000f80000000")), KeServer::State::Agreed);
  EXPECT_EQ(server.refuse("no keys from TLS"), KeServer::State::Replied);
  EXPECT_EQ(to_hex(server.reply()), "80020002000280000000");
  EXPECT_EQ(server.reason(), "no keys from TLS");

  KeServer other(options);
  other.feed(from_hex("80010002000080040002000f80000000"));
  SessionKeys without;
  other.grant(without, box, random);
  EXPECT_EQ(to_hex(other.reply()), "80020002000280000000");
}

TEST_F(KeServerTest, SurvivesEachFlippedBit) {
  const Octets good = from_hex("80010002000080040002000f80000000");
  std::map<std::string, int> outcomes;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Octets bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    ++outcomes[outcome(asked(to_hex(bad)))];
  }
  EXPECT_GT(outcomes["error-1"], 20);
  EXPECT_EQ(outcomes["pending"], 0);
  // The critical bit of the AEAD record is free, and one bit makes 15 from 14, 13, …
  EXPECT_EQ(outcomes["granted-15"], 1);
}

}  // namespace
}  // namespace ntp::nts
