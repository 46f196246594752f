// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/session.h"

#include <gtest/gtest.h>

#include "tests/unit/ntpq/scripted_network.h"

namespace ntp::ntpq {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Reason = QueryError::Reason;

class SessionTest : public testing::Test {
 protected:
  SessionTest() { EXPECT_TRUE(session.open("host", Family::Any)); }

  Result<Reply, QueryError> ask() { return session.query(wire::ControlOpcode::ReadVariables, 7); }
  [[nodiscard]] Duration elapsed() const { return network.clock - MonoTime{}; }

  static Bytes second_try(Bytes datagram) {
    datagram[3] = 2;
    return datagram;
  }

  ScriptedNetwork network;
  Session session{network, [](int, std::string_view) {}};
};

TEST_F(SessionTest, PutsFragmentsTogether) {
  network.script = {{{milliseconds(1), fragment(4, "2", More::No)},
                     {milliseconds(1), fragment(0, "a=1,", More::Yes)}}};
  const auto reply = ask();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->data, "a=1,2");
  EXPECT_EQ(reply->status, 0x9614);
  EXPECT_EQ(network.requests.size(), 1U);
  EXPECT_EQ(network.requests[0], (Bytes{0xd6, 2, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0}));
}

TEST_F(SessionTest, GivesUpAfterTwiceFiveSeconds) {
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***Request timed out\n\n");
  EXPECT_EQ(elapsed(), seconds(10));
  ASSERT_EQ(network.requests.size(), 2U);
  EXPECT_EQ(network.requests[1][3], 2);
}

TEST_F(SessionTest, RepeatsARequestOnce) {
  network.script = {{}, {{milliseconds(1), second_try(fragment(0, "a=1", More::No))}}};
  EXPECT_TRUE(ask());
  EXPECT_EQ(network.requests.size(), 2U);
}

TEST_F(SessionTest, DoesNotTakeALateReplyForTheNext) {
  network.script = {{{seconds(6), fragment(0, "a=1", More::No)}},
                    {{seconds(1), second_try(fragment(0, "b=2", More::No))}}};
  const auto reply = ask();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->data, "b=2");
}

TEST_F(SessionTest, WaitsThreeSecondsForAFurtherFragment) {
  network.script = {{{seconds(4), fragment(0, "a=1,", More::Yes)}},
                    {{seconds(4), second_try(fragment(0, "a=1,", More::Yes))}}};
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***Response from server was incomplete\n\n");
  EXPECT_EQ(elapsed(), seconds(14));
}

TEST_F(SessionTest, IsNotKeptWaitingByForeignPackets) {
  for (int i = 0; i < 20; ++i) {
    network.script.resize(2);
    network.script[0].push_back({seconds(1), refusal(1)});
    network.script[0].back().datagram[3] = 99;
  }
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().reason, Reason::TimedOut);
  EXPECT_EQ(elapsed(), seconds(10));
}

TEST_F(SessionTest, EndsAFloodOfForeignPackets) {
  network.script.resize(1);
  for (int i = 0; i < 1000; ++i) {
    network.script[0].push_back({Duration{}, second_try(fragment(0, "a=1", More::No))});
  }
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***Buffer size exceeded for returned data\n\n");
  EXPECT_EQ(network.requests.size(), 1U);
}

TEST_F(SessionTest, SaysThatBrokenRepliesAreIncomplete) {
  Bytes lying = fragment(0, "a=1", More::No);
  lying[10] = 1;
  network.script = {{{milliseconds(1), lying}}, {{milliseconds(1), lying}}};
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().reason, Reason::Incomplete);
}

TEST_F(SessionTest, NamesTheErrorOfTheServer) {
  network.script = {{{milliseconds(1), refusal(5)}}};
  auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***Server error code UNKNOWNVAR\n");
  EXPECT_EQ(network.requests.size(), 1U);
  EXPECT_EQ((QueryError{Reason::Refused, 200}).message(), "***Server error code 200\n");
}

TEST_F(SessionTest, SignsWhereOldDaemonsLookIfTheyOverlookedAMac) {
  network.files["keys"] = "1 AES 00112233445566778899aabbccddeeff\n";
  ASSERT_TRUE(session.credentials().load("keys"));
  session.credentials().set_id(1);
  ASSERT_TRUE(session.credentials().complete("host"));
  const auto ask_signed = [&](std::string_view data) {
    return session.query(wire::ControlOpcode::ReadVariables, 7, data, Session::Signing::Required);
  };
  constexpr std::size_t kMac = 20;
  network.script = {{{milliseconds(1), refusal(1)}},
                    {{milliseconds(1), second_try(fragment(0, "a=1", More::No))}}};
  EXPECT_TRUE(ask_signed("ifstats"));
  ASSERT_EQ(network.requests.size(), 2U);
  EXPECT_EQ(network.requests[0].size(), 20 + kMac);
  ASSERT_EQ(network.requests[1].size(), 24 + kMac);
  EXPECT_EQ(Bytes(network.requests[1].begin() + 19, network.requests[1].begin() + 28),
            (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 1}));

  // Where both places are the same, a refusal is one.
  network.script.assign(3, {});
  Bytes third = refusal(1);
  third[3] = 3;
  network.script[2] = {{milliseconds(1), third}};
  const auto refused = ask_signed("ab");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "permission");
  EXPECT_EQ(network.requests.size(), 3U);
}

TEST_F(SessionTest, SkipsFragmentsThatNoServerMaySend) {
  const auto oversized = [](std::uint16_t offset, More more) {
    constexpr std::size_t kSize = 5000;
    Bytes datagram = fragment(offset, "xxxx", more);
    datagram.resize(wire::kControlHeaderSize + kSize, 'x');
    datagram[10] = kSize >> 8U;
    datagram[11] = kSize & 0xffU;
    return datagram;
  };
  network.script = {{{milliseconds(1), oversized(0, More::No)},
                     {milliseconds(1), oversized(65000, More::Yes)},
                     {milliseconds(1), fragment(0, "a=1", More::No)}}};
  const auto reply = ask();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->data, "a=1");
  EXPECT_EQ(network.requests.size(), 1U);
}

TEST_F(SessionTest, SaysThatNobodyListens) {
  network.refuses = true;
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***Socket error; probably ntpd is not running\n\n");
  EXPECT_EQ(elapsed(), Duration{});
}

TEST_F(SessionTest, RefusesTooLongARequest) {
  const auto reply = session.query(wire::ControlOpcode::ReadVariables, 0, std::string(469, 'a'));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***Internal error! Data too large (469)\n");
  EXPECT_TRUE(network.requests.empty());
}

TEST_F(SessionTest, NeedsAHost) {
  session.close();
  const auto reply = ask();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "***No host open\n\n");
}

TEST_F(SessionTest, KeepsItsHostIfAnotherIsUnknown) {
  network.unknown_host = true;
  EXPECT_FALSE(session.open("other", Family::Any));
  EXPECT_EQ(session.host(), "host");
  EXPECT_TRUE(session.is_open());
}

}  // namespace
}  // namespace ntp::ntpq
