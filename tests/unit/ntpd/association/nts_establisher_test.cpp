// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/nts_establisher.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fixed_host.h"

namespace ntp::association {
namespace {

using crypto::AeadId;
using std::chrono::seconds;

const Address kKeHost = *parse_address("192.0.2.1");
const Address kOther = *parse_address("192.0.2.2");
const Address kOwn = *parse_address("192.0.2.99");

class NtsEstablisherTest : public testing::Test {
 protected:
  NtsEstablisherTest() { source_.host = "ke.test"; }

  Context context() {
    Context result{.mono = now_, .wall = {}, .limits = limits_, .random = random_};
    result.nts = &counters_;
    result.is_own = &is_own_;
    return result;
  }
  /// What it asks for; nothing if it starts no exchange.
  std::optional<nts::KeRequest> start(const Endpoint& current = {}) {
    Actions actions;
    establisher_.start(source_, current, context(), actions);
    if (actions.empty()) return std::nullopt;
    notes_ = actions.size() - 1;
    return std::get<Establish>(actions.back()).request;
  }
  nts::KeResult result(const std::string& server = {}, std::uint16_t port = kNtpPort) {
    nts::KeResult made;
    made.address = kKeHost;
    made.agreement.server = server;
    made.agreement.port = port;
    return made;
  }
  std::optional<NtsGrant> establish(const Result<nts::KeResult>& outcome) {
    actions_.clear();
    return establisher_.established(outcome, context(), actions_);
  }
  std::optional<NtsGrant> resolve(const Result<std::vector<Address>>& addresses) {
    actions_.clear();
    return establisher_.resolved(addresses, context(), actions_);
  }
  /// A whole exchange that fails; gives the wait until the next one, s.
  double fail_once(const std::string& reason = "no luck") {
    now_ = std::max(now_, establisher_.next_try());
    EXPECT_TRUE(start());
    EXPECT_FALSE(establish(fail(reason)));
    return to_seconds(establisher_.next_try() - now_);
  }
  const Note& note(std::size_t index = 0) { return std::get<Note>(actions_.at(index)); }

  config::SourceSettings source_;
  config::TosSettings limits_;
  test::SeededRandom random_;
  NtsClientCounters counters_;
  std::function<bool(const Address&)> is_own_ = [](const Address& a) { return a == kOwn; };
  std::vector<Endpoint> used_;
  MonoTime now_{seconds(1000)};
  NtsEstablisher establisher_{[this](const Endpoint& server) {
    return std::find(used_.begin(), used_.end(), server) != used_.end();
  }};
  Actions actions_;
  std::size_t notes_ = 0;  // of the last start()
};

TEST_F(NtsEstablisherTest, AsksAsItsLineSays) {
  source_.nts_port = 4461;
  source_.family = Family::V6;
  source_.nts_no_validation = true;
  source_.nts_ca = "/etc/ssl/ca.pem";
  const auto request = start();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->host, "ke.test");
  EXPECT_EQ(request->port, 4461);
  EXPECT_EQ(request->family, Family::V6);
  EXPECT_EQ(request->offer, std::vector{AeadId::AesSivCmac256});
  EXPECT_TRUE(request->accept_any_certificate);
  EXPECT_EQ(request->authorities, "/etc/ssl/ca.pem");
}

TEST_F(NtsEstablisherTest, OffersTheAeadOfItsLineAlone) {
  source_.nts_aead = "AES_SIV_CMAC_512";
  EXPECT_EQ(start()->offer, std::vector{AeadId::AesSivCmac512});
}

TEST_F(NtsEstablisherTest, RanksTheServerInUseFirstAndThoseOfOthersLast) {
  used_ = {{kOther, kNtpPort}};
  const auto request = start({kKeHost, kNtpPort});
  EXPECT_LT(request->rank(kKeHost), request->rank(kOwn));
  EXPECT_LT(request->rank(kOwn), request->rank(kOther));
}

TEST_F(NtsEstablisherTest, RunsOneExchangeAtATime) {
  EXPECT_TRUE(start());
  EXPECT_TRUE(establisher_.running(now_));
  EXPECT_FALSE(start());
  now_ += NtsEstablisher::kGuard;
  EXPECT_FALSE(establisher_.running(now_)) << "it is as good as lost";
  EXPECT_TRUE(start());
}

TEST_F(NtsEstablisherTest, WaitsLongerAfterEachFailureUpToAnHour) {
  double wanted = 10;
  for (int i = 0; i < 20; ++i) {
    const double wait = fail_once();
    EXPECT_GE(wait, wanted * 0.999) << i;
    EXPECT_LE(wait, wanted * 1.251) << i;
    EXPECT_FALSE(start()) << "not before its time";
    wanted = std::min(wanted * 1.5, 3600.0);
  }
  EXPECT_EQ(counters_.ke_bad, 20U);
}

TEST_F(NtsEstablisherTest, BeginsAnewOnlyAfterAGenuineReply) {
  for (int i = 0; i < 5; ++i) fail_once();
  now_ = establisher_.next_try();
  ASSERT_TRUE(start());
  ASSERT_TRUE(establish(result()));
  EXPECT_GT(fail_once(), 60) << "keys alone prove nothing";
  establisher_.confirm();
  EXPECT_LT(fail_once(), 13);
}

TEST_F(NtsEstablisherTest, HurriesWhenTold) {
  fail_once();
  EXPECT_FALSE(start());
  establisher_.try_now(now_);
  EXPECT_TRUE(start());
}

TEST_F(NtsEstablisherTest, TellsEachReasonOnce) {
  fail_once("connect failed: Connection refused");
  EXPECT_EQ(note().level, LogLevel::Warning);
  EXPECT_EQ(note().text.rfind("NTSc: NTS-KE req to ke.test failed: connect failed: Connection "
                              "refused; next try in 1",
                              0),
            0U)
      << note().text;
  EXPECT_EQ(establisher_.failure(), "connect failed: Connection refused");
  fail_once("connect failed: Connection refused");
  EXPECT_EQ(note().level, LogLevel::Debug);
  fail_once("timeout: connecting");
  EXPECT_EQ(note().level, LogLevel::Warning);
  now_ = establisher_.next_try();
  start();
  ASSERT_TRUE(establish(result()));
  EXPECT_EQ(establisher_.failure(), "");
  fail_once("timeout: connecting");
  EXPECT_EQ(note().level, LogLevel::Warning) << "after a success it is news again";
}

TEST_F(NtsEstablisherTest, TakesTheHostItselfWhereNoServerIsNamed) {
  start();
  const auto grant = establish(result());
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->server, (Endpoint{kKeHost, kNtpPort}));
  EXPECT_TRUE(actions_.empty());
  EXPECT_EQ(counters_.ke_good, 1U);
}

TEST_F(NtsEstablisherTest, FollowsAnAddressAndAPort) {
  start();
  const auto grant = establish(result("192.0.2.2", 1123));
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->server, (Endpoint{kOther, 1123}));
  EXPECT_EQ(note(0).text, "NTSc: Using server 192.0.2.2=>192.0.2.2");
  EXPECT_EQ(note(1).text, "NTSc: Using port 1123");
}

TEST_F(NtsEstablisherTest, LooksUpANameByTheFamilyOfItsLine) {
  source_.family = Family::V4;
  start();
  EXPECT_FALSE(establish(result("time.test")));
  const auto& lookup = std::get<Resolve>(actions_.at(0));
  EXPECT_EQ(lookup.host, "time.test");
  EXPECT_EQ(lookup.family, Family::V4);
  EXPECT_TRUE(establisher_.running(now_));
  const auto grant = resolve(std::vector{*parse_address("2001:db8::1"), kOther});
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->server.address, kOther);
  EXPECT_EQ(note().text, "NTSc: Using server time.test=>192.0.2.2");
}

TEST_F(NtsEstablisherTest, SaysWhichNameIsNotKnown) {
  start();
  establish(result("time.test"));
  EXPECT_FALSE(resolve(fail("Name or service not known")));
  EXPECT_EQ(establisher_.failure(), "server time.test: Name or service not known");
  EXPECT_FALSE(resolve(std::vector{kOther})) << "nobody waits for that any more";
}

TEST_F(NtsEstablisherTest, StaysWithTheServerInUse) {
  start({kOther, kNtpPort});
  establish(result("time.test"));
  const auto grant = resolve(std::vector{*parse_address("192.0.2.3"), kOther});
  EXPECT_EQ(grant->server.address, kOther);
}

TEST_F(NtsEstablisherTest, LeavesServersOfOthersAlone) {
  used_ = {{kOther, kNtpPort}};
  start();
  establish(result("time.test"));
  EXPECT_FALSE(resolve(std::vector{kOther}));
  EXPECT_EQ(establisher_.failure(), "All addresses in use.");
  EXPECT_TRUE(establisher_.refused_as_in_use());
  now_ = establisher_.next_try();
  start();
  EXPECT_FALSE(establisher_.refused_as_in_use());
  establish(result("time.test"));
  EXPECT_EQ(resolve(std::vector{kOther, kKeHost})->server.address, kKeHost);
}

TEST_F(NtsEstablisherTest, IsNotLedToAddressesThatAreNobodysOrOwn) {
  for (const char* address : {"224.0.0.1", "255.255.255.255", "0.0.0.0", "127.0.0.1", "::", "::1",
                              "ff02::1", "192.0.2.99"}) {
    now_ = std::max(now_, establisher_.next_try());
    start();
    EXPECT_FALSE(establish(result(address))) << address;
    EXPECT_EQ(establisher_.failure(),
              std::string("server ") + address + ": no address that can be used");
    EXPECT_FALSE(establisher_.refused_as_in_use());
  }
}

TEST_F(NtsEstablisherTest, MayBeLedToThisHostByThisHost) {
  start();
  nts::KeResult own = result("127.0.0.1", 1123);
  own.address = kOwn;
  EXPECT_TRUE(establish(own));
}

TEST_F(NtsEstablisherTest, IgnoresAnswersThatNobodyWaitsFor) {
  EXPECT_FALSE(establish(result()));
  EXPECT_FALSE(establish(fail("late")));
  EXPECT_TRUE(actions_.empty());
  EXPECT_EQ(counters_.ke_good + counters_.ke_bad, 0U);
}

TEST_F(NtsEstablisherTest, OffersAesSivAfterGcmSivOfAnOldChronyBroughtNothing) {
  source_.nts_aead = "AES_128_GCM_SIV";
  const auto offer = start()->offer;
  if (!crypto::Aead::make(AeadId::Aes128GcmSiv)) {
    EXPECT_EQ(offer, std::vector{AeadId::AesSivCmac256}) << "all that this OpenSSL has";
    EXPECT_EQ(notes_, 1U);
    return;
  }
  EXPECT_EQ(offer, std::vector{AeadId::Aes128GcmSiv});
  EXPECT_EQ(notes_, 0U);
  nts::KeResult old = result();
  old.agreement.aead = AeadId::Aes128GcmSiv;
  ASSERT_TRUE(establish(old));
  now_ = establisher_.next_try();
  EXPECT_EQ(start()->offer, std::vector{AeadId::AesSivCmac256});
  ASSERT_TRUE(establish(result()));
  now_ = establisher_.next_try();
  EXPECT_EQ(start()->offer, std::vector{AeadId::Aes128GcmSiv}) << "it may have been renewed";
  ASSERT_TRUE(establish(old));
  establisher_.confirm();
  EXPECT_EQ(start()->offer, std::vector{AeadId::Aes128GcmSiv}) << "its keys were the right ones";
  old.agreement.compliant_gcm_siv = true;
  ASSERT_TRUE(establish(old));
  now_ = establisher_.next_try();
  EXPECT_EQ(start()->offer, std::vector{AeadId::Aes128GcmSiv});
}

}  // namespace
}  // namespace ntp::association
