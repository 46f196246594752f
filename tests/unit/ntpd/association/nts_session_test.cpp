// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/nts_session.h"

#include <gtest/gtest.h>

#include <set>

#include "libntp/nts/fields.h"
#include "tests/support/fixed_host.h"
#include "tests/unit/libntp/nts/packet_lab.h"

namespace ntp::association {
namespace {

using nts::ReplyVerdict;
using Octets = std::vector<std::uint8_t>;

/// A session, and the server that has given it its cookies.
class NtsSessionTest : public testing::Test {
 protected:
  /// As from a key establishment with this server.
  nts::KeResult grant(nts::test::PacketLab& server, std::size_t cookies) {
    nts::KeResult result;
    result.keys = server.keys;
    for (std::size_t i = 0; i < cookies; ++i) {
      EXPECT_TRUE(result.agreement.cookies.add(server.cookie().view()));
    }
    return result;
  }
  Octets ask() {
    Octets packet(nts::kMaxRequest);
    packet.resize(session_.make_request(NtpTimestamp(1), random_, packet));
    return packet;
  }
  static Octets answer(nts::test::PacketLab& server, const Octets& request) {
    Octets reply = server.answer(request);
    EXPECT_EQ(reply.size(), request.size());
    return reply;
  }
  static Octets nak(nts::test::PacketLab& server, Octets request) {
    request.back() ^= 1;
    Octets reply(nts::kMaxPacket);
    EXPECT_EQ(server.server.open(request), nts::RequestVerdict::Nak);
    reply.resize(server.server.make_nak(reply));
    return reply;
  }

  test::SeededRandom random_;
  nts::test::PacketLab server_;
  NtsSession session_;
};

TEST_F(NtsSessionTest, AsksNothingWithoutKeys) {
  EXPECT_FALSE(session_.established());
  EXPECT_TRUE(session_.wants_keys());
  EXPECT_TRUE(ask().empty());
  EXPECT_EQ(session_.judge(Octets(300)), ReplyVerdict::NotOurs);
}

TEST_F(NtsSessionTest, UsesEachCookieOnceWithAnIdentifierOfItsOwn) {
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  EXPECT_FALSE(session_.wants_keys());
  std::set<Octets> identifiers;
  std::set<Octets> cookies;
  for (std::size_t left = 8; left-- > 0;) {
    const Octets request = ask();
    EXPECT_EQ(session_.cookies(), left);
    const nts::Fields fields = nts::read_fields(request);
    identifiers.insert(Octets(fields.unique_id.begin(), fields.unique_id.end()));
    cookies.insert(Octets(fields.cookie.begin(), fields.cookie.end()));
    EXPECT_EQ(fields.placeholders, std::min<std::size_t>(7 - left, 7));
  }
  EXPECT_EQ(identifiers.size(), 8U);
  EXPECT_EQ(cookies.size(), 8U);
  EXPECT_TRUE(session_.wants_keys());
  EXPECT_TRUE(ask().empty());
}

TEST_F(NtsSessionTest, FillsItsJarAgainAfterLosses) {
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  for (int lost = 0; lost < 5; ++lost) ask();
  EXPECT_EQ(session_.cookies(), 3U);
  const Octets reply = answer(server_, ask());
  ASSERT_EQ(session_.judge(reply), ReplyVerdict::Genuine);
  EXPECT_EQ(session_.cookies(), 2U) << "not before the reply has passed its other tests";
  session_.keep_cookies();
  EXPECT_EQ(session_.cookies(), 8U);
}

TEST_F(NtsSessionTest, JudgesOnlyTheAnswerToTheLastRequest) {
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  const Octets old = answer(server_, ask());
  const Octets reply = answer(server_, ask());
  EXPECT_EQ(session_.judge(old), ReplyVerdict::NotOurs);
  EXPECT_EQ(session_.judge(reply), ReplyVerdict::Genuine);
}

TEST_F(NtsSessionTest, WantsKeysAfterANakUnlessSomethingGenuineCame) {
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  Octets request = ask();
  ASSERT_EQ(session_.judge(nak(server_, request)), ReplyVerdict::Nak);
  session_.take_nak();
  EXPECT_TRUE(session_.wants_keys());
  ASSERT_EQ(session_.judge(answer(server_, request)), ReplyVerdict::Genuine);
  session_.keep_cookies();
  EXPECT_FALSE(session_.wants_keys());
}

TEST_F(NtsSessionTest, JudgesARequestUnderWayByItsOwnKeys) {
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  const Octets request = ask();
  nts::KeResult fresh = grant(server_, 8);
  fresh.keys.s2c.assign(Octets(32, 0x33));
  ASSERT_TRUE(session_.adopt(fresh));
  EXPECT_EQ(session_.judge(answer(server_, request)), ReplyVerdict::Genuine);
}

TEST_F(NtsSessionTest, MixesNoCookiesOfTwoEstablishments) {
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  const Octets request = ask();
  nts::test::PacketLab other;
  ASSERT_TRUE(session_.adopt(grant(other, 4)));
  ASSERT_EQ(session_.judge(answer(server_, request)), ReplyVerdict::Genuine);
  session_.keep_cookies();
  EXPECT_EQ(session_.cookies(), 4U);
  ASSERT_EQ(session_.judge(nak(server_, request)), ReplyVerdict::Nak);
  session_.take_nak();
  EXPECT_FALSE(session_.wants_keys());
}

TEST_F(NtsSessionTest, RefusesKeysThatFitNoAlgorithm) {
  nts::KeResult bad = grant(server_, 8);
  bad.keys.c2s.assign(Octets(31, 1));
  EXPECT_FALSE(session_.adopt(bad));
  EXPECT_FALSE(session_.established());
  ASSERT_TRUE(session_.adopt(grant(server_, 8)));
  EXPECT_FALSE(session_.adopt(bad));
  EXPECT_EQ(session_.cookies(), 8U);
}

}  // namespace
}  // namespace ntp::association
