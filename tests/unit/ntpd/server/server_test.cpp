// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/server.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/fixed_host.h"

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;
using Action = Outcome::Action;

class ServerTest : public testing::Test {
 protected:
  /// A server whose default entry has these flags alone.
  void start(std::uint32_t flags, bool monitor = true) {
    config::Settings settings;
    settings.monitor = monitor;
    config::RestrictSettings line;
    line.subject = config::RestrictSettings::Subject::Default;
    line.remove = true;
    line.flags = flag::kNoQuery | flag::kLimited;
    settings.restrictions.push_back(line);
    line.remove = false;
    line.flags = flags;
    settings.restrictions.push_back(line);
    server_.emplace(settings, random_);
    ServerSnapshot snapshot;
    snapshot.leap = Leap::None;
    snapshot.stratum = 3;
    server_->publish(snapshot);
  }

  Outcome send(int version, int mode, std::size_t size = 48) {
    std::vector<std::uint8_t> octets(size);
    if (size > 0) octets[0] = static_cast<std::uint8_t>(version << 3 | mode);
    return server_->handle({octets, remote_, {}, clock_.wall()}, clock_, out_);
  }
  std::uint64_t count(std::string_view name) { return server_->counter(name).value(); }

  test::SeededRandom random_;
  test::FixedClock clock_;
  Endpoint remote_{Address::v4(0xc0000201), 4000};
  std::array<std::uint8_t, kMaxReply> out_{};
  std::optional<Server> server_;
};

TEST_F(ServerTest, AnswersAClient) {
  start(0);
  const auto outcome = send(4, 3);
  EXPECT_EQ(outcome.action, Action::Reply);
  EXPECT_EQ(outcome.size, 48U);
  EXPECT_FALSE(outcome.reason);
  const auto reply = wire::decode_header(out_);
  EXPECT_EQ(reply->stratum, 3);
  EXPECT_EQ(reply->transmit, NtpTimestamp::from_wall(clock_.wall()));
  EXPECT_EQ(count("ss_received"), 1U);
  EXPECT_EQ(count("ss_thisver"), 1U);
  EXPECT_EQ(count("ss_processed"), 1U);
}

TEST_F(ServerTest, IsUnsynchronizedUntilSomethingIsPublished) {
  server_.emplace(config::Settings{}, random_);
  EXPECT_EQ(send(4, 3).action, Action::Reply);
  EXPECT_EQ(wire::decode_header(out_)->leap, Leap::Unsynchronized);
  EXPECT_EQ(wire::decode_header(out_)->stratum, 0);
}

TEST_F(ServerTest, CountsOldVersions) {
  start(0);
  for (const int version : {1, 2, 3}) EXPECT_EQ(send(version, 3).action, Action::Reply);
  EXPECT_EQ(count("ss_oldver"), 3U);
  EXPECT_EQ(count("ss_thisver"), 0U);
}

TEST_F(ServerTest, CountsVersion1ByItsModes) {
  start(0);
  for (const int mode : {0, 1, 3}) EXPECT_EQ(send(1, mode).action, Action::Reply) << mode;
  EXPECT_EQ(send(1, 4).reason, DropReason::Declined);
  EXPECT_EQ(count("ss_ver1"), 4U);
  EXPECT_EQ(count("ss_ver1zero"), 1U);
  EXPECT_EQ(count("ss_ver1symm"), 1U);
  EXPECT_EQ(count("ss_ver1client"), 1U);
  EXPECT_EQ(send(1, 0, 49).reason, DropReason::BadFormat);
}

TEST_F(ServerTest, DropsWhatIsNoDatagramForIt) {
  start(0);
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_EQ(send(4, 3, size).reason, DropReason::BadFormat);
  }
  for (const int version : {0, 5, 6, 7}) {
    for (int mode = 0; mode < 8; ++mode) {
      EXPECT_EQ(send(version, mode).reason, DropReason::BadFormat) << version << ' ' << mode;
    }
  }
  for (const int mode : {0, 2, 5, 7}) EXPECT_EQ(send(4, mode).reason, DropReason::BadFormat);
  EXPECT_EQ(send(4, 3, 47).reason, DropReason::BadFormat);
  EXPECT_EQ(send(4, 3, 49).reason, DropReason::BadFormat);
  EXPECT_EQ(send(4, 4).reason, DropReason::Declined);
  EXPECT_EQ(send(4, 3, 68).reason, DropReason::BadAuthentication);
  EXPECT_EQ(send(4, 3, 1468).reason, DropReason::Declined);
  EXPECT_EQ(count("ss_badformat"), 12U + 32U + 4U + 2U);
  EXPECT_EQ(count("ss_declined"), 2U);
  EXPECT_EQ(count("ss_badauth"), 1U);
  EXPECT_EQ(count("ss_processed"), 0U);
  EXPECT_EQ(count("ss_received"), 12U + 32U + 4U + 2U + 3U);
}

TEST_F(ServerTest, DropsWhatIsLongerThanAnyPacket) {
  start(0);
  std::vector<std::uint8_t> octets(2048);
  octets[0] = 4 << 3 | 3;
  const Datagram datagram{octets, remote_, {}, clock_.wall(), true};
  EXPECT_EQ(server_->handle(datagram, clock_, out_).reason, DropReason::BadFormat);
  EXPECT_EQ(count("ss_badformat"), 1U);
  EXPECT_EQ(count("ss_received"), 1U);
}

TEST_F(ServerTest, HandsControlRequestsOn) {
  start(flag::kNoModify);
  const auto outcome = send(2, 6, 12);
  EXPECT_EQ(outcome.action, Action::Control);
  EXPECT_EQ(outcome.flags, flag::kNoModify);
  EXPECT_EQ(count("ss_numctlreq"), 1U);
  EXPECT_EQ(count("ss_processed"), 1U);
  EXPECT_EQ(count("ss_oldver"), 0U);
}

TEST_F(ServerTest, ObeysItsRestrictions) {
  struct Case {
    std::uint32_t flags;
    bool serves_v4;
    bool serves_v3;
    bool controls_v2;
  };
  for (const Case& c :
       {Case{flag::kIgnore, false, false, false}, Case{flag::kNoServe, false, false, true},
        Case{flag::kNoQuery, true, true, false}, Case{flag::kVersion, true, false, false},
        Case{flag::kNoModify | flag::kNoMruList | flag::kMsSntp, true, true, true}}) {
    start(c.flags);
    EXPECT_EQ(send(4, 3).action == Action::Reply, c.serves_v4) << c.flags;
    EXPECT_EQ(send(3, 3).action == Action::Reply, c.serves_v3) << c.flags;
    EXPECT_EQ(send(2, 6, 12).action == Action::Control, c.controls_v2) << c.flags;
    EXPECT_EQ(count("ss_restricted"), 3U - static_cast<unsigned>(c.serves_v4) -
                                          static_cast<unsigned>(c.serves_v3) -
                                          static_cast<unsigned>(c.controls_v2));
  }
}

TEST_F(ServerTest, WantsAKeyUnderNotrustButNotForControl) {
  start(flag::kNoTrust);
  EXPECT_EQ(send(4, 3).reason, DropReason::BadAuthentication);
  EXPECT_EQ(send(2, 6, 12).action, Action::Control);
}

TEST_F(ServerTest, DropsOneInTenUnderFlake) {
  start(flag::kFlake);
  int dropped = 0;
  for (int i = 0; i < 10'000; ++i) dropped += send(4, 3).reason == DropReason::Restricted ? 1 : 0;
  EXPECT_NEAR(dropped, 1000, 150);
}

TEST_F(ServerTest, IgnoresMulticastSources) {
  start(0);
  remote_.address = Address::v4(0xe0000101);
  EXPECT_EQ(send(4, 3).reason, DropReason::Restricted);
}

TEST_F(ServerTest, LimitsABurst) {
  start(flag::kLimited);
  int replies = 0;
  for (int i = 0; i < 45; ++i) replies += send(4, 3).action == Action::Reply ? 1 : 0;
  EXPECT_EQ(replies, 20);
  EXPECT_EQ(count("ss_limited"), 25U);
  EXPECT_EQ(count("ss_kodsent"), 0U);
  EXPECT_EQ(count("ss_processed"), 20U);
}

TEST_F(ServerTest, KissesWithinABurst) {
  start(flag::kLimited | flag::kKod);
  int replies = 0;
  int kisses = 0;
  for (int i = 0; i < 45; ++i) {
    if (send(4, 3).action != Action::Reply) continue;
    ++(wire::decode_header(out_)->reference_id == kiss::kRate ? kisses : replies);
  }
  EXPECT_EQ(replies, 20);
  EXPECT_EQ(kisses, 10);
  EXPECT_EQ(count("ss_limited"), 25U);
  EXPECT_EQ(count("ss_kodsent"), 10U);
}

TEST_F(ServerTest, TakesItsLimitsFromTheConfiguration) {
  config::Settings settings;
  settings.limit.burst = 5;
  settings.mru.max_depth = 700;
  server_.emplace(settings, random_);
  int replies = 0;
  for (int i = 0; i < 45; ++i) replies += send(4, 3).action == Action::Reply ? 1 : 0;
  EXPECT_EQ(replies, 5);
  EXPECT_EQ(count("mru_maxdepth"), 700U);
}

TEST_F(ServerTest, ShowsTheLimitsAsConfigured) {
  config::Settings settings;
  settings.mru.max_depth = 1;  // less than the 600 that it keeps in any case
  settings.mru.max_age = -1;
  server_.emplace(settings, random_);
  EXPECT_EQ(count("mru_maxdepth"), 1U);
  EXPECT_EQ(static_cast<std::int64_t>(count("mru_maxage")), -1);
  settings.mru.max_depth = config::MruSettings::kUnlimited;
  server_.emplace(settings, random_);
  EXPECT_EQ(count("mru_maxdepth"), 4294967295U);
}

TEST_F(ServerTest, AnswersControlInsteadOfKissingIt) {
  start(flag::kLimited | flag::kKod);
  int answered = 0;
  for (int i = 0; i < 45; ++i) answered += send(2, 6, 12).action == Action::Control ? 1 : 0;
  EXPECT_EQ(answered, 30);
  EXPECT_EQ(count("ss_kodsent"), 0U);
}

TEST_F(ServerTest, RemembersClientsAsLongAsSomebodyNeedsIt) {
  start(0, true);
  send(4, 3);
  EXPECT_EQ(count("mru_depth"), 1U);
  EXPECT_EQ(count("mru_enabled"), 1U);
  start(flag::kLimited, false);
  send(4, 3);
  EXPECT_EQ(count("mru_depth"), 1U);
  EXPECT_EQ(count("mru_enabled"), 2U);
  start(flag::kKod, false);
  EXPECT_EQ(send(4, 3).flags, 0U);
  EXPECT_EQ(count("mru_depth"), 0U);
  EXPECT_EQ(count("mru_enabled"), 0U);
}

TEST_F(ServerTest, ForgetsClientsWhenTheClockSteps) {
  start(0);
  send(4, 3);
  server_->clock_stepped();
  EXPECT_EQ(count("mru_depth"), 0U);
}

TEST_F(ServerTest, CountsHitsOfItsEntries) {
  start(0);
  send(4, 3);
  send(4, 3);
  EXPECT_EQ(server_->hits(), (std::vector<std::uint64_t>{2, 0}));
  server_->set_access(AccessTable());
  EXPECT_EQ(server_->hits(), (std::vector<std::uint64_t>{0, 0}));
}

TEST_F(ServerTest, PokesHoles) {
  config::Settings settings;
  config::RestrictSettings line;
  line.subject = config::RestrictSettings::Subject::Default;
  line.flags = flag::kIgnore;
  settings.restrictions.push_back(line);
  line.subject = config::RestrictSettings::Subject::Source;
  line.flags = 0;
  settings.restrictions.push_back(line);
  server_.emplace(settings, random_);
  EXPECT_EQ(send(4, 3).reason, DropReason::Restricted);
  EXPECT_EQ(server_->poke_hole(remote_, false), AccessTable::Hole::Poked);
  EXPECT_EQ(send(4, 3).action, Action::Reply);
  EXPECT_EQ(server_->hits(), (std::vector<std::uint64_t>{1, 1, 0})) << "older counts are kept";
}

TEST_F(ServerTest, CountsPeriodsApartFromTotals) {
  start(0);
  send(4, 3);
  server_->start_period();
  send(4, 3);
  send(4, 3);
  EXPECT_EQ(count("ss_received"), 2U);
  EXPECT_EQ(count("ss_received_r"), 3U);
}

TEST_F(ServerTest, CountsRepliesToOwnRequests) {
  start(0);
  const std::array<std::uint8_t, 48> current{0x24};
  const std::array<std::uint8_t, 48> old{0x1c};
  server_->count_reply(current);
  server_->count_reply(old);
  server_->count_reply({}, DropReason::BadFormat);
  server_->count_reply(current, DropReason::Restricted);
  server_->count_reply(current, DropReason::BadAuthentication);
  EXPECT_EQ(count("ss_received"), 5U);
  EXPECT_EQ(count("ss_badauth"), 1U);
  EXPECT_EQ(count("ss_processed"), 2U);
  EXPECT_EQ(count("ss_thisver"), 1U);
  EXPECT_EQ(count("ss_oldver"), 1U);
  EXPECT_EQ(count("ss_badformat"), 1U);
  EXPECT_EQ(count("ss_restricted"), 1U);
}

TEST_F(ServerTest, ShowsTheLimitsOfItsList) {
  start(0);
  send(4, 3);
  clock_.advance(std::chrono::seconds(30));
  remote_.address = Address::v4(7);
  send(4, 3);
  EXPECT_EQ(count("mru_mindepth"), 600U);
  EXPECT_EQ(count("mru_maxdepth"), 10922U);
  EXPECT_EQ(count("mru_maxage"), 3600U);
  EXPECT_EQ(count("mru_minage"), 64U);
  EXPECT_EQ(count("mru_maxmem"), 1024U);
  EXPECT_EQ(count("mru_new"), 2U);
  EXPECT_EQ(count("mru_oldest_age"), 30U);
}

TEST_F(ServerTest, KnowsNoOtherVariables) {
  start(0);
  EXPECT_FALSE(server_->counter("ss_"));
  EXPECT_FALSE(server_->counter("_r"));
  EXPECT_FALSE(server_->counter("mru_depth_r"));
  EXPECT_FALSE(server_->counter(""));
}

class KeyedServerTest : public ServerTest {
 protected:
  KeyedServerTest() {
    crypto::KeyRing::Keys keys;
    keys.emplace(1, *crypto::MacKey::make(*crypto::find_mac_type("MD5"), as_bytes("secret")));
    keys.emplace(2, *crypto::MacKey::make(*crypto::find_mac_type("SHA1"), as_bytes("secret")));
    keys.emplace(3, *crypto::MacKey::make(*crypto::find_mac_type("MD5"), as_bytes("untrusted")));
    ring_.set_keys(std::move(keys));
    ring_.trust(1, 2);
  }

  /// A version 4 request with a MAC by this key of the client's.
  std::vector<std::uint8_t> request(std::uint32_t key) {
    crypto::KeyRing client;
    crypto::KeyRing::Keys keys;
    const std::string_view type = key == 2 ? "SHA1" : "MD5";
    const std::string_view secret = key == 3 ? "untrusted" : "secret";
    keys.emplace(key, *crypto::MacKey::make(*crypto::find_mac_type(type), as_bytes(secret)));
    client.set_keys(std::move(keys));
    client.trust(1, 65535);
    std::vector<std::uint8_t> octets(wire::kHeaderSize + crypto::KeyRing::kMaxTrailer);
    octets[0] = 0x23;
    const std::size_t size = client.sign(key, ByteView(octets).first(wire::kHeaderSize),
                                         ByteSpan(octets).subspan(wire::kHeaderSize));
    octets.resize(wire::kHeaderSize + size);
    return octets;
  }
  Outcome ask(const std::vector<std::uint8_t>& octets) {
    server_->use_keys(ring_);
    return server_->handle({octets, remote_, {}, clock_.wall()}, clock_, out_);
  }
  bool reply_is_signed(const Outcome& outcome, std::uint32_t key) {
    const ByteView reply = ByteView(out_).first(outcome.size);
    return ByteReader(reply.subspan(48)).u32() == key &&
           ring_.verify(key, reply.first(48), reply.subspan(52));
  }

  crypto::KeyRing ring_;
};

TEST_F(KeyedServerTest, SignsTheReplyWithTheKeyOfTheRequest) {
  start(0);
  for (const std::uint32_t key : {1U, 2U}) {
    const auto octets = request(key);
    const auto outcome = ask(octets);
    EXPECT_EQ(outcome.action, Action::Reply);
    EXPECT_EQ(outcome.size, octets.size());
    EXPECT_TRUE(reply_is_signed(outcome, key));
  }
  EXPECT_EQ(count("ss_processed"), 2U);
  auto bare = request(1);
  bare.resize(48);
  EXPECT_EQ(ask(bare).size, 48U);
}

TEST_F(KeyedServerTest, DropsWrongMacsInSilence) {
  start(0);
  auto wrong = request(1);
  wrong.back() ^= 1;
  auto other_key = request(1);
  other_key[51] = 2;
  auto crypto_nak = request(1);
  crypto_nak.resize(52);
  auto moved = request(1);
  moved[40] ^= 1;
  for (const auto& octets : {wrong, other_key, crypto_nak, moved, request(3), request(9)}) {
    EXPECT_EQ(ask(octets).reason, DropReason::BadAuthentication);
  }
  EXPECT_EQ(count("ss_badauth"), 6U);
  EXPECT_EQ(count("ss_processed"), 0U);
}

TEST_F(KeyedServerTest, NotrustTakesKeyHoldersOnly) {
  start(flag::kNoTrust);
  EXPECT_EQ(ask(request(1)).action, Action::Reply);
  EXPECT_EQ(send(4, 3).reason, DropReason::BadAuthentication);
}

TEST_F(KeyedServerTest, KeepsSizeAndKeyInAKiss) {
  start(flag::kLimited | flag::kKod);
  const auto octets = request(1);
  Outcome outcome;
  for (int i = 0; i < 25; ++i) outcome = ask(octets);
  EXPECT_EQ(outcome.action, Action::Reply);
  EXPECT_EQ(wire::decode_header(out_)->reference_id, kiss::kRate);
  EXPECT_EQ(outcome.size, octets.size());
  EXPECT_TRUE(reply_is_signed(outcome, 1));
}

TEST_F(ServerTest, LeavesTheSignatureToTheDomain) {
  start(flag::kMsSntp);
  for (const int mode : {1, 3}) {
    const auto outcome = send(3, mode, 68);
    EXPECT_EQ(outcome.action, Action::Sign) << mode;
    EXPECT_EQ(outcome.size, 48U);
  }
  EXPECT_EQ(wire::decode_header(out_)->stratum, 3);
  // Others are served as ever, and a signature of any kind is for us to check.
  EXPECT_EQ(send(4, 3).action, Action::Reply);
  EXPECT_EQ(send(4, 3, 72).reason, DropReason::BadAuthentication);
  EXPECT_EQ(send(3, 4, 68).action, Action::Drop);
  start(0);
  EXPECT_EQ(send(3, 3, 68).reason, DropReason::BadAuthentication);
  start(flag::kMsSntp | flag::kNoTrust);
  EXPECT_EQ(send(3, 3, 68).reason, DropReason::BadAuthentication);
}

}  // namespace
}  // namespace ntp::server
