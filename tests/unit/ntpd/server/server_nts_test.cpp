// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/cookie_box.h"
#include "ntpd/server/server.h"
#include "tests/support/fixed_host.h"
#include "tests/unit/libntp/nts/packet_lab.h"

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;
using Action = Outcome::Action;

/// A server, and a client that has keys and a cookie of it.
class ServerNts : public testing::Test {
 protected:
  ServerNts() {
    keys_.c2s.resize(32)[0] = 1;
    keys_.s2c.resize(32)[0] = 2;
    client_ = std::move(*nts::ClientPackets::make(keys_));
    auto box = nts::CookieBox::make(cookie_keys_);
    std::array<std::uint8_t, nts::kMaxOwnCookie> octets;
    const auto size = box->seal(keys_, random_, octets);
    cookie_ = *nts::Cookie::from(ByteView(octets).first(*size));
    start(0);
  }

  void start(std::uint32_t flags) {
    config::Settings settings;
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
    ASSERT_TRUE(server_->set_cookie_keys(&cookie_keys_));
  }

  ByteView request(std::size_t placeholders = 0) {
    random_.fill(id_);
    nts::write_client_header(NtpTimestamp(0x1234567800000001), packet_);
    const std::size_t size = client_->protect(id_, cookie_, placeholders, random_, packet_);
    return ByteView(packet_).first(size);
  }
  Outcome send(ByteView datagram) {
    return server_->handle({datagram, remote_, {}, clock_.wall()}, clock_, out_);
  }
  ByteView reply(const Outcome& outcome) { return ByteView(out_).first(outcome.size); }
  std::uint64_t count(std::string_view name) { return server_->counter(name).value(); }

  test::SeededRandom random_;
  test::FixedClock clock_;
  nts::CookieKeys cookie_keys_ = nts::CookieKeys::generate(clock_.wall(), random_);
  nts::SessionKeys keys_;
  std::optional<nts::ClientPackets> client_;
  nts::Cookie cookie_;
  nts::UniqueId id_{};
  Endpoint remote_{Address::v4(0xc0000201), 4000};
  std::array<std::uint8_t, nts::kMaxPacket> packet_{};
  std::array<std::uint8_t, kMaxReply> out_{};
  std::optional<Server> server_;
};

TEST_F(ServerNts, AnswersUnderProtectionWithoutGrowing) {
  for (const std::size_t placeholders : {0U, 1U, 7U}) {
    const ByteView asked = request(placeholders);
    const auto outcome = send(asked);
    ASSERT_EQ(outcome.action, Action::Reply);
    EXPECT_EQ(outcome.size, asked.size());
    nts::Reply got;
    ASSERT_EQ(client_->verify(reply(outcome), id_, got), nts::ReplyVerdict::Genuine);
    EXPECT_EQ(got.cookies.size(), placeholders + 1);
    const auto header = wire::decode_header(out_);
    EXPECT_EQ(header->stratum, 3);
    EXPECT_EQ(header->origin.raw(), 0x1234567800000001U);
    EXPECT_EQ(header->transmit, NtpTimestamp::from_wall(clock_.wall()));
  }
  EXPECT_EQ(count("nts_server_recv_good"), 3U);
  EXPECT_EQ(count("nts_server_send"), 3U);
  EXPECT_EQ(count("nts_cookie_make"), 1U + 2U + 8U);
  EXPECT_EQ(count("nts_cookie_decode_current"), 3U);
  EXPECT_EQ(count("nts_cookie_decode"), 3U);
  EXPECT_EQ(count("nts_cookie_decode_total"), 3U);
  EXPECT_EQ(count("ss_processed"), 3U);
  EXPECT_EQ(count("ss_declined"), 0U);
}

TEST_F(ServerNts, HonoursCookiesOfTheDayBefore) {
  ASSERT_TRUE(cookie_keys_.rotate(clock_.wall() + std::chrono::hours(25), random_));
  ASSERT_TRUE(server_->set_cookie_keys(&cookie_keys_));
  EXPECT_EQ(send(request()).action, Action::Reply);
  EXPECT_EQ(count("nts_cookie_decode_old"), 1U);
  EXPECT_EQ(count("nts_server_recv_good"), 1U);
}

TEST_F(ServerNts, SaysThatItCantOpenACookie) {
  const auto others = nts::CookieKeys::generate(clock_.wall(), random_);
  ASSERT_TRUE(server_->set_cookie_keys(&others));
  const ByteView asked = request();
  const auto outcome = send(asked);
  ASSERT_EQ(outcome.action, Action::Reply);
  EXPECT_EQ(outcome.reason, DropReason::Declined);
  EXPECT_EQ(outcome.size, 84U);
  nts::Reply got;
  EXPECT_EQ(client_->verify(reply(outcome), id_, got), nts::ReplyVerdict::Nak);
  EXPECT_EQ(wire::decode_header(out_)->reference_id, nts::kNak);
  EXPECT_EQ(count("nts_cookie_decode_too_old"), 1U);
  EXPECT_EQ(count("nts_server_recv_bad"), 1U);
  EXPECT_EQ(count("ss_declined"), 1U);
  EXPECT_EQ(count("ss_processed"), 0U);
}

/// What a client can send that it should not: what the log says to it, and what it gets.
TEST_F(ServerNts, TellsAndCountsEachBadRequest) {
  using nts::FieldType;
  using nts::test::append;
  using nts::test::Field;
  using nts::test::Octets;
  using nts::test::PacketLab;
  PacketLab lab;
  ASSERT_TRUE(server_->set_cookie_keys(&lab.cookie_keys));
  const auto usual = lab.usual_fields();
  const Field placeholder{FieldType::CookiePlaceholder, Octets(104)};
  const auto plus = [&](const Field& more) {
    auto fields = usual;
    fields.push_back(more);
    return lab.request_of(fields);
  };
  const auto without = [&](int field) {
    auto fields = usual;
    fields.erase(fields.begin() + field);
    return lab.request_of(fields);
  };
  const auto with_cookie = [&](const Octets& cookie) {
    auto fields = usual;
    fields[1].value = cookie;
    return lab.request_of(fields);
  };
  Octets authenticator_first = PacketLab::header();
  append(authenticator_first,
         {FieldType::Authenticator,
          lab.authenticator(authenticator_first, lab.keys.c2s.view(), Octets(16, 1))});
  for (const Field& field : usual) append(authenticator_first, field);
  Octets unprotected = PacketLab::header();
  for (const Field& field : usual) append(unprotected, field);
  Octets by_the_other_key = PacketLab::header();
  for (const Field& field : usual) append(by_the_other_key, field);
  append(by_the_other_key,
         {FieldType::Authenticator,
          lab.authenticator(by_the_other_key, lab.keys.s2c.view(), Octets(16, 1))});
  Octets too_long = lab.request();
  too_long.resize(nts::kMaxPacket + 4);
  Octets inner;
  append(inner, {FieldType::CookiePlaceholder, Octets(100)});

  const std::string malformed = "malformed NTS fields";
  const std::string nak = "wrong NTS cookie or authenticator";
  const std::vector<std::tuple<std::string, Octets, std::string>> cases{
      {"no unique identifier", without(0), malformed},
      {"no cookie", without(1), malformed},
      {"two unique identifiers", plus(usual[0]), malformed},
      {"two cookies", plus(usual[1]), malformed},
      {"a longer placeholder", plus({FieldType::CookiePlaceholder, Octets(108)}), malformed},
      {"a shorter placeholder", plus({FieldType::CookiePlaceholder, Octets(100)}), malformed},
      {"a short unique identifier",
       lab.request_of({{FieldType::UniqueIdentifier, Octets(28, 1)}, usual[1]}), malformed},
      {"an encrypted placeholder of another size", lab.request_of(usual, Octets(16), inner),
       malformed},
      {"encrypted nonsense", lab.request_of(usual, Octets(16), {1, 2, 0, 3}), malformed},
      {"the authenticator first", authenticator_first, malformed},
      {"no authenticator", unprotected, "not protected by NTS"},
      {"too long", too_long, "too long for NTS"},
      {"no nonce", lab.request_of(usual, {}, {}, 16), nak},
      {"no room for a nonce", lab.request_of(usual, Octets(4, 1)), malformed},
      {"the key of replies", by_the_other_key, nak},
      {"a short cookie", with_cookie(Octets(12, 1)), nak},
      {"a long cookie", with_cookie(Octets(1000, 1)), nak},
      {"a cookie of another key", with_cookie(Octets(104, 1)), nak},
  };
  std::uint64_t bad = 0;
  for (const auto& [name, datagram, flaw] : cases) {
    SCOPED_TRACE(name);
    const auto outcome = send(datagram);
    EXPECT_EQ(outcome.nts_flaw, flaw);
    EXPECT_EQ(outcome.reason, DropReason::Declined);
    EXPECT_EQ(outcome.size, flaw == nak ? 84U : 0U) << "only a NAK is sent";
    EXPECT_EQ(count("nts_server_recv_bad"), ++bad);
    EXPECT_EQ(count("ss_declined"), bad);
  }
  EXPECT_EQ(count("nts_server_recv_good"), 0U);
  EXPECT_EQ(count("nts_cookie_decode_error") + count("nts_cookie_decode_too_old") +
                count("nts_cookie_decode_current"),
            count("nts_cookie_decode_total"));

  // Odd, but allowed; and a replay, which gets no more than the first time.
  const Octets once = lab.request();
  std::uint64_t good = 0;
  for (const Octets& datagram :
       {once, once, plus(placeholder), plus({static_cast<FieldType>(0x2005), Octets(24)}),
        lab.request_of({usual[1], usual[0]}), lab.request_of(usual, Octets(13, 1)),
        lab.request_of(usual, Octets(64, 1))}) {
    const auto outcome = send(datagram);
    EXPECT_TRUE(outcome.nts_flaw.empty()) << outcome.nts_flaw;
    EXPECT_LE(outcome.size, datagram.size());
    EXPECT_EQ(count("nts_server_recv_good"), ++good);
    EXPECT_EQ(count("nts_server_send"), good);
  }
  EXPECT_EQ(count("nts_server_recv_bad"), bad);
}

TEST_F(ServerNts, CountsEachFlippedBitBySomeReason) {
  const ByteView asked = request();
  std::vector<std::uint8_t> changed(asked.begin(), asked.end());
  std::set<std::string> flaws;
  std::uint64_t told = 0;
  std::uint64_t other = 0;
  for (std::size_t bit = 0; bit < 8 * changed.size(); ++bit) {
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto outcome = send(changed);
    EXPECT_TRUE(outcome.reason) << bit;
    if (outcome.nts_flaw.empty()) {
      // Another version or mode: no request under NTS.
      EXPECT_LT(bit, 6U);
      ++other;
    } else {
      flaws.insert(std::string(outcome.nts_flaw));
      ++told;
    }
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_EQ(told + other, 8 * changed.size());
  EXPECT_EQ(count("nts_server_recv_bad"), told);
  EXPECT_EQ(count("ss_declined") + count("ss_badformat") + count("ss_badauth"), told + other);
  EXPECT_EQ(flaws, (std::set<std::string>{"malformed NTS fields", "not protected by NTS",
                                          "wrong NTS cookie or authenticator"}));
}

TEST_F(ServerNts, TellsNoTimeWhenAnyBitIsFlipped) {
  const ByteView asked = request();
  std::vector<std::uint8_t> changed(asked.begin(), asked.end());
  for (std::size_t bit = 0; bit < 8 * changed.size(); ++bit) {
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto outcome = send(changed);
    if (outcome.action == Action::Reply) {
      EXPECT_LE(outcome.size, changed.size()) << bit;
      EXPECT_EQ(wire::decode_header(out_)->stratum, 0) << bit;
    }
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_EQ(count("nts_server_recv_good"), 0U);
  EXPECT_EQ(count("nts_server_send"), 0U);
}

TEST_F(ServerNts, DropsWhatIsCut) {
  const ByteView asked = request(1);
  // What could be a MAC is taken for one; less than a header, and a bare header, are no NTS either.
  constexpr std::size_t kMac = 28;
  for (std::size_t size = wire::kHeaderSize + 1; size < asked.size(); ++size) {
    const auto outcome = send(asked.first(size));
    EXPECT_EQ(outcome.action, Action::Drop) << size;
    EXPECT_EQ(outcome.nts_flaw.empty(), size < wire::kHeaderSize + kMac) << size;
  }
  EXPECT_EQ(count("nts_server_recv_bad"), asked.size() - wire::kHeaderSize - kMac);
  EXPECT_EQ(count("nts_server_recv_good"), 0U);
}

TEST_F(ServerNts, AsksTheRestrictListFirst) {
  start(flag::kNoServe);
  EXPECT_EQ(send(request()).reason, DropReason::Restricted);
  // NTPsec: only a MAC is trust.
  start(flag::kNoTrust);
  EXPECT_EQ(send(request()).reason, DropReason::BadAuthentication);
  EXPECT_EQ(count("nts_cookie_decode_total"), 0U);
}

TEST_F(ServerNts, OpensNoCookieOfWhoAsksTooOften) {
  start(flag::kLimited);
  while (send(request()).action == Action::Reply) {
  }
  const std::uint64_t opened = count("nts_cookie_decode_total");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(send(request()).reason, DropReason::Limited);
  EXPECT_EQ(count("nts_cookie_decode_total"), opened);

  start(flag::kLimited | flag::kKod);
  Outcome outcome;
  for (int i = 0; i < 100; ++i) {
    outcome = send(request());
    if (outcome.action == Action::Reply && outcome.size == wire::kHeaderSize) break;
  }
  EXPECT_EQ(outcome.size, wire::kHeaderSize);
  EXPECT_EQ(wire::decode_header(out_)->reference_id, kiss::kRate);
  EXPECT_EQ(count("ss_kodsent"), 1U);
}

TEST_F(ServerNts, WithoutKeysDeclinesAndCounts) {
  ASSERT_TRUE(server_->set_cookie_keys(nullptr));
  EXPECT_EQ(send(request()).reason, DropReason::Declined);
  EXPECT_EQ(count("nts_cookie_not_server"), 1U);
  EXPECT_EQ(count("nts_server_recv_bad"), 0U);
  ASSERT_TRUE(server_->set_cookie_keys(&cookie_keys_));
  EXPECT_EQ(send(request()).action, Action::Reply);
}

TEST_F(ServerNts, CountsAnewInEachPeriod) {
  send(request());
  server_->start_period();
  EXPECT_EQ(count("nts_server_recv_good"), 1U);
  EXPECT_EQ(count("nts_server_recv_good_r"), 0U);
  send(request());
  EXPECT_EQ(server_->nts_period_counters().good, 1U);
  EXPECT_EQ(server_->nts_period_counters().cookies.made, 1U);
  EXPECT_EQ(count("nts_cookie_make"), 2U);
  EXPECT_EQ(count("nts_cookie_make_r"), 1U);
}

TEST_F(ServerNts, StillAnswersThoseWithoutProtection) {
  std::array<std::uint8_t, 48> plain{};
  plain[0] = 0x23;
  EXPECT_EQ(send(plain).size, 48U);
  EXPECT_EQ(count("nts_server_recv_bad"), 0U);
}

}  // namespace
}  // namespace ntp::server
