// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <array>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/cookie_box.h"
#include "ntpd/server/server.h"
#include "tests/support/count_allocations.h"
#include "tests/support/fixed_host.h"

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;

/// A server that has answered already, and its clients' packets.
class Allocations : public testing::Test {
 protected:
  Allocations() {
    config::RestrictSettings line;
    line.subject = config::RestrictSettings::Subject::Default;
    config::Settings settings;
    settings.restrictions.push_back(line);
    server_.emplace(settings, random_);
    EXPECT_TRUE(server_->set_cookie_keys(&cookie_keys_));
  }
  std::vector<std::uint8_t> protected_request(std::size_t placeholders,
                                              crypto::AeadId id = crypto::AeadId::AesSivCmac256) {
    nts::SessionKeys keys;
    keys.aead = id;
    random_.fill(keys.c2s.resize(crypto::traits(id).key_size));
    random_.fill(keys.s2c.resize(crypto::traits(id).key_size));
    auto client = nts::ClientPackets::make(keys);
    auto box = nts::CookieBox::make(cookie_keys_);
    std::array<std::uint8_t, nts::kMaxOwnCookie> octets;
    const auto cookie =
        nts::Cookie::from(ByteView(octets).first(*box->seal(keys, random_, octets)));
    std::vector<std::uint8_t> packet(nts::kMaxPacket);
    nts::write_client_header(NtpTimestamp(1), packet);
    packet.resize(client->protect(nts::UniqueId{}, *cookie, placeholders, random_, packet));
    return packet;
  }
  /// Of a thousand requests, after the first ones.
  std::uint64_t allocations_for(const std::vector<std::uint8_t>& packet, Outcome::Action wanted) {
    const Datagram datagram{packet, {Address::v4(0xc0000201), 4000}, {}, clock_.wall()};
    std::array<std::uint8_t, kMaxReply> out;
    const auto ask = [&](int times) {
      for (int i = 0; i < times; ++i) {
        clock_.advance(std::chrono::seconds(64));
        EXPECT_EQ(server_->handle(datagram, clock_, out).action, wanted);
      }
    };
    ask(10);
    const std::uint64_t before = test::allocations;
    ask(1000);
    return test::allocations - before;
  }

  test::SeededRandom random_;
  test::FixedClock clock_;
  nts::CookieKeys cookie_keys_ = nts::CookieKeys::generate(clock_.wall(), random_);
  std::optional<Server> server_;
};

TEST_F(Allocations, AreCounted) {
  ASSERT_TRUE(test::counts_openssl());
  const std::uint64_t before = test::allocations;
  OPENSSL_free(OPENSSL_malloc(1));
  delete new int(1);
  EXPECT_EQ(test::allocations - before, 2U);
}

TEST_F(Allocations, AreNotMadeForAPlainRequest) {
  std::vector<std::uint8_t> packet(48);
  packet[0] = 4 << 3 | 3;
  EXPECT_EQ(allocations_for(packet, Outcome::Action::Reply), 0U);
}

TEST_F(Allocations, AreNotMadeForAProtectedRequest) {
  for (const auto id : {crypto::AeadId::AesSivCmac256, crypto::AeadId::AesSivCmac384,
                        crypto::AeadId::AesSivCmac512}) {
    EXPECT_EQ(allocations_for(protected_request(0, id), Outcome::Action::Reply), 0U);
    EXPECT_EQ(allocations_for(protected_request(7, id), Outcome::Action::Reply), 0U);
  }
}

TEST_F(Allocations, AreNotMadeForWhatIsNotGenuine) {
  auto packet = protected_request(0);
  packet.back() ^= 1;
  EXPECT_EQ(allocations_for(packet, Outcome::Action::Reply), 0U) << "a NAK";
  packet = protected_request(0);
  packet[90] ^= 1;
  EXPECT_EQ(allocations_for(packet, Outcome::Action::Reply), 0U) << "a cookie that can't be opened";
  packet = protected_request(0);
  packet.resize(packet.size() - 4);
  EXPECT_EQ(allocations_for(packet, Outcome::Action::Drop), 0U) << "cut off";
}

}  // namespace
}  // namespace ntp::server
