// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <regex>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"
#include "tests/support/fixed_host.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// A client with `nts` and servers at 10.0.2.1, 10.0.2.2, …
class NtsScenario : public Scenario {
 protected:
  static Address address(int number) {
    return Address::v4(0x0a000200U + static_cast<std::uint32_t>(number));
  }
  NtsServer& add_server() {
    return servers_.emplace_back(lab_.network, address(static_cast<int>(servers_.size()) + 1));
  }
  SimNode& add_client(const std::string& config) {
    SimNode& node = lab_.add_node({config, kUsualOscillator, {}});
    for (NtsServer& server : servers_) node.host.key_establishment.add(server.address(), server);
    return node;
  }
  static control::PeerView only_peer(const SimNode& node) {
    return node.engine().peer(node.engine().associations().front()).value();
  }
  static std::uint64_t counter(const SimNode& node, std::string_view name) {
    return node.engine().counter(name).value();
  }
  void expect_no_reuse() const {
    for (const NtsServer& server : servers_) EXPECT_EQ(server.reused_cookies(), 0);
  }

  Lab lab_{GetParam()};
  std::list<NtsServer> servers_;
};

TEST_P(NtsScenario, FollowsAServerOnOneExchangeForDays) {
  NtsServer& server = add_server();
  SimNode& node = add_client("server ke.example nts iburst");
  node.host.resolver.set("ke.example", {server.address()});
  node.start();
  EXPECT_EQ(only_peer(node).reference_id, refid::kNts);
  EXPECT_EQ(only_peer(node).stratum, 16);
  EXPECT_EQ(only_peer(node).nts_cookies, -1);
  EXPECT_FALSE(only_peer(node).authentic);
  for (int day = 0; day < 7; ++day) {
    lab_.world.run_for(hours(24));
    server.rotate();
  }
  EXPECT_TRUE(node.synchronized());
  EXPECT_LE(std::abs(node.host.clock.error()), 1e-3);
  EXPECT_EQ(server.exchanges(), 1);
  EXPECT_EQ(only_peer(node).nts_cookies, 8);
  EXPECT_TRUE(only_peer(node).authentic);
  EXPECT_EQ(only_peer(node).host_name, "ke.example");
  EXPECT_EQ(counter(node, "nts_ke_probes_good"), 1U);
  EXPECT_EQ(counter(node, "nts_client_send"), counter(node, "nts_client_recv_good"));
  EXPECT_EQ(counter(node, "nts_client_recv_bad"), 0U);
  expect_no_reuse();
}

TEST_P(NtsScenario, HalfThePacketsLostCostNoCookieTwice) {
  NtsServer& server = add_server();
  lab_.network.default_path().loss = 0.3;  // of each way
  lab_.network.default_path().duplication = 0.1;
  SimNode& node = add_client("server 10.0.2.1 nts iburst");
  node.start();
  lab_.world.run_for(hours(72));
  EXPECT_TRUE(node.synchronized());
  EXPECT_GT(server.answered(), 100);
  EXPECT_LE(server.exchanges(), 20);
  expect_no_reuse();
}

TEST_P(NtsScenario, ANakBringsNewKeysAndTheOldOnesServeUntilThen) {
  NtsServer& server = add_server();
  SimNode& node = add_client("server 10.0.2.1 nts iburst");
  node.start();
  lab_.world.run_for(hours(6));
  server.ke_failure = "connect failed: Connection refused";
  server.lose_keys();
  const int before = server.answered();
  lab_.world.run_for(hours(3));
  EXPECT_EQ(server.answered(), before);
  EXPECT_GT(server.exchanges(), 2);
  const auto& lines = node.host.log.lines();
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const SimLog::Line& line) {
                            return line.level == LogLevel::Warning &&
                                   line.text.starts_with("NTSc: ");
                          }),
            1);
  server.ke_failure.reset();
  lab_.world.run_for(hours(2));
  EXPECT_GT(server.answered(), before);
  EXPECT_NE(only_peer(node).reach, 0);
  EXPECT_EQ(only_peer(node).nts_cookies, 8);
  expect_no_reuse();
}

TEST_P(NtsScenario, TriesEverMoreSeldomAndTellsOnce) {
  NtsServer& server = add_server();
  server.ke_failure = "timeout while connecting";
  SimNode& node = add_client("server 10.0.2.1 nts iburst");
  node.start();
  lab_.world.run_for(hours(24));
  const auto& starts = node.host.key_establishment.starts();
  ASSERT_GE(starts.size(), 20U);
  EXPECT_LE(starts.size(), 45U);
  EXPECT_GE(starts[1] - starts[0], seconds(10));
  EXPECT_LE(starts[1] - starts[0], seconds(14));
  for (std::size_t i = 1; i < starts.size(); ++i) {
    EXPECT_LE(starts[i] - starts[i - 1], seconds(4600));
  }
  EXPECT_EQ(node.host.log.written(LogLevel::Warning), 1U) << node.host.log.text();
  EXPECT_EQ(only_peer(node).reference_id, refid::kNts);
  EXPECT_EQ(counter(node, "nts_ke_probes_bad"), starts.size());
  server.ke_failure.reset();
  lab_.world.run_for(minutes(100));
  EXPECT_TRUE(node.synchronized());
}

TEST_P(NtsScenario, FollowsToAnotherHostAndForNewKeysAsksTheFirst) {
  NtsServer& ke = add_server();
  add_server();
  SimNode& node = add_client("server ke.example nts iburst");
  node.host.resolver.set("ke.example", {address(1)});
  node.host.resolver.set("time.example", {address(2)});
  ke.ke.server = "time.example";
  node.start();
  lab_.world.run_for(minutes(1));
  EXPECT_EQ(only_peer(node).remote.address, address(2));
  EXPECT_TRUE(node.host.log.contains("NTSc: Using server time.example=>10.0.2.2"));
  // It does not have the keys of the first, and says so: that is asked anew, ever more seldom.
  lab_.world.run_for(hours(1));
  EXPECT_GT(ke.exchanges(), 2);
  EXPECT_EQ(servers_.back().exchanges(), 0);
  EXPECT_FALSE(node.synchronized());
  expect_no_reuse();
}

TEST_P(NtsScenario, LinesDoNotBlockEachOtherThatAskOneHostForKeys) {
  NtsServer& ke = add_server();
  SimNode& node = add_client("server 10.0.2.1\nserver a.example nts\nserver b.example nts\n");
  node.host.resolver.set("a.example", {address(1)});
  node.host.resolver.set("b.example", {address(1)});
  ke.ke.server = "10.0.2.2";
  node.start();
  lab_.world.run_for(seconds(1) + std::chrono::milliseconds(500));
  ke.ke.server = "10.0.2.3";
  lab_.world.run_for(seconds(1) + std::chrono::milliseconds(500));
  std::vector<Address> asked;
  for (const std::uint16_t id : node.engine().associations()) {
    asked.push_back(node.engine().peer(id)->remote.address);
  }
  std::sort(asked.begin(), asked.end());
  EXPECT_EQ(asked, (std::vector{address(1), address(2), address(3)})) << node.host.log.text();
  EXPECT_EQ(ke.exchanges(), 2);
  EXPECT_EQ(counter(node, "nts_ke_probes_bad"), 0U);
}

TEST_P(NtsScenario, DoesNotFollowToWhereNobodyShouldBeAsked) {
  NtsServer& ke = add_server();
  SimNode& node = add_client("server 10.0.2.1 nts iburst");
  for (const char* where :
       {"224.0.1.1", "0.0.0.0", "255.255.255.255", "127.0.0.1", "::1", "ff02::1"}) {
    ke.ke.server = where;
    node.start();
    lab_.world.run_for(seconds(5));
    EXPECT_FALSE(only_peer(node).remote.address.is_set()) << where;
    EXPECT_TRUE(node.host.log.contains(std::string(where) + ": no address that can be used"));
  }
}

TEST_P(NtsScenario, NothingUnprotectedHasAnEffect) {
  NtsServer& server = add_server();
  SimNode& node = add_client("server 10.0.2.1 nts iburst");
  node.start();
  lab_.world.run_for(hours(3));
  const int poll = only_peer(node).host_poll;
  server.naked_kiss = kiss::kDeny;
  lab_.world.run_for(minutes(10));
  server.naked_kiss = kiss::kRate;
  lab_.world.run_for(minutes(10));
  EXPECT_GT(counter(node, "nts_client_recv_bad"), 0U);
  EXPECT_EQ(counter(node, "ss_declined"), counter(node, "nts_client_recv_bad"));
  EXPECT_EQ(only_peer(node).kisses, 0U);
  EXPECT_LE(only_peer(node).host_poll, std::max(poll, 10));
  server.naked_kiss.reset();
  lab_.world.run_for(hours(2));
  EXPECT_NE(only_peer(node).reach, 0);
  EXPECT_TRUE(only_peer(node).authentic);
  EXPECT_LE(std::abs(node.host.clock.error()), 1e-3);
}

TEST_P(NtsScenario, AReloadKeepsTheCookiesOfLinesThatStay) {
  NtsServer& server = add_server();
  SimNode& node = add_client("server 10.0.2.1 nts iburst");
  node.start();
  lab_.world.run_for(hours(1));
  EXPECT_TRUE(node.reload("server 10.0.2.1 nts iburst minpoll 5\nnts ca /etc/roots.pem\n"));
  lab_.world.run_for(hours(1));
  EXPECT_EQ(server.exchanges(), 1);
  EXPECT_EQ(only_peer(node).nts_cookies, 8);
  EXPECT_TRUE(node.synchronized());
}

TEST_P(NtsScenario, APoolGetsAMemberByEachExchange) {
  for (int i = 0; i < 4; ++i) add_server();
  SimNode& node = add_client("pool pool.example nts iburst\ntos maxclock 4\n");
  node.host.resolver.set("pool.example", {address(1), address(2), address(3), address(4)});
  node.start();
  lab_.world.run_for(minutes(5));
  for (NtsServer& server : servers_)
    EXPECT_GE(server.exchanges(), 1) << server.address().to_string();
  EXPECT_TRUE(node.synchronized());
  for (const std::uint16_t id : node.engine().associations()) {
    EXPECT_EQ(node.engine().peer(id)->host_name, "pool.example");
  }
  // One that is dead asks the pool for keys, and goes where those lead, or gives way to another.
  servers_.front().silent = true;
  lab_.world.run_for(hours(12));
  EXPECT_TRUE(node.synchronized());
  expect_no_reuse();
}

SIM_RUN_SEEDS(NtsScenario);

TEST_P(NtsScenario, TellsWhatIsWrongWithRequestsOnceAnHourForEachFlaw) {
  SimNode& node = add_client("restrict default");
  node.start();
  std::vector<std::uint8_t> request(48 + 36 + 108 + 40);
  ByteWriter out(request);
  out.u8(4 << 3 | 3);
  out.zeros(47);
  out.u16(0x0104);
  out.u16(36);
  out.zeros(32);
  out.u16(0x0204);
  out.u16(108);
  out.zeros(104);
  out.u16(0x0404);
  out.u16(40);
  out.u16(16);
  out.u16(16);
  out.zeros(32);
  ASSERT_TRUE(out.ok());
  const auto ask = [&](ByteView octets, std::uint32_t from) {
    int replies = 0;
    node.engine().on_server_datagram(
        {octets, {Address::v4(from), 1234}, {}, node.host.clock.wall()},
        [&](ByteView) { ++replies; });
    return replies;
  };
  const SimLog& log = node.host.log;
  EXPECT_EQ(ask(request, 0xc0000201), 0);
  EXPECT_EQ(
      log.count("NTSs: request of 192.0.2.1:1234 refused: there are no keys for cookies here"), 1U);
  EXPECT_EQ(counter(node, "nts_cookie_not_server"), 1U);

  test::SeededRandom random;
  const auto keys = nts::CookieKeys::generate(node.host.clock.wall(), random);
  ASSERT_TRUE(node.engine().set_cookie_keys(&keys));
  for (std::uint32_t client = 2; client < 100; ++client) {
    EXPECT_EQ(ask(request, 0xc0000200 + client), 1) << "a NAK";
    EXPECT_EQ(ask(ByteView(request).first(request.size() - 4), 0xc0000200 + client), 0);
  }
  EXPECT_EQ(log.count("refused: wrong NTS cookie or authenticator"), 1U) << log.text();
  EXPECT_EQ(log.count("NTSs: request of "), 3U) << log.text();
  EXPECT_EQ(counter(node, "nts_server_recv_bad"), 2U * 98U);
  lab_.world.run_for(hours(2));
  ask(request, 0xc0000201);
  EXPECT_EQ(log.count("refused: wrong NTS cookie or authenticator (97 before were not told)"), 1U)
      << log.text();
}

TEST_P(NtsScenario, WritesWhatItHasCountedIntoTheStatistics) {
  NtsServer& server = add_server();
  SimNode& node = add_client(
      "server 10.0.2.1 nts minpoll 6 maxpoll 6\nstatsdir /stats/\n"
      "statistics ntsstats ntskestats ntskelog\n"
      "filegen ntsstats type none\nfilegen ntskestats type none\nfilegen ntskelog type none\n");
  node.start();
  statistics::KeSessionRecord session;
  session.tls = "TLSv1.3:TLS_AES_128_GCM_SHA256(128)";
  session.remote = {Address::v4(0xc6330001), 4000};
  node.engine().on_key_establishment(session, 0);
  lab_.world.run_for(hours(2) + minutes(1));
  ASSERT_EQ(server.exchanges(), 1);
  const auto content = [&](const std::string& set) {
    return node.host.files.content("/stats/" + set).value_or("");
  };
  // In the second hour some 56 polls; the one exchange was in the first.
  const std::string stamp = R"(\d{5} \d+\.\d{3} )";
  const std::string zeros = R"( 0 0 0 0 0 0 0 0 0 0 0 0)";
  const std::string hour = stamp + R"(3600 (5\d) )";
  EXPECT_TRUE(std::regex_match(content("ntsstats"), std::regex(hour + R"(\1 0)" + zeros + "\n" +
                                                               hour + R"(\2 0)" + zeros + "\n")))
      << content("ntsstats");
  EXPECT_THAT(content("ntskestats"), testing::HasSubstr("3600 0 0.000 0.000 0 0.000 0.000 0 0.000 "
                                                        "0.000 1 0\n"));
  EXPECT_THAT(content("ntskelog"),
              testing::HasSubstr(" OK 0.000 0.000 0.000 198.51.0.1:4000 TLSv1.3:"));
  EXPECT_FALSE(node.host.log.contains("NTSs: NTS-KE from")) << "it is in its own file";
}

TEST_P(NtsScenario, StrangersLeaveRoomInTheLogForOwnSources) {
  NtsServer& server = add_server();
  server.ke_failure = "connect failed: Connection refused";
  SimNode& node = add_client("server 10.0.2.1 nts");
  node.start();
  statistics::KeSessionRecord session;
  session.tag = statistics::KeSessionRecord::Tag::Tls;
  session.tls = "Timeout";
  for (std::uint32_t client = 1; client <= 1000; ++client) {
    session.remote = {Address::v4(0xc6330000 + client), 4000};
    for (int i = 0; i < 3; ++i) node.engine().on_key_establishment(session, 0);
  }
  const SimLog& log = node.host.log;
  EXPECT_EQ(log.count("NTSs: NTS-KE from 198.51.0.1:4000, Failed"), 1U) << log.text();
  EXPECT_GE(log.count("NTSs: NTS-KE from "), 100U);
  EXPECT_LE(log.count("NTSs: NTS-KE from "), 300U);
  lab_.world.run_for(seconds(10));
  EXPECT_EQ(log.count("NTS-KE req to 10.0.2.1 failed: connect failed: Connection refused"), 1U);
}

TEST_P(NtsScenario, CountsWhatIsTooLongAndWhatIsNotSent) {
  SimNode& node = add_client("restrict default");
  node.start();
  std::vector<std::uint8_t> request(48);
  request[0] = 4 << 3 | 3;
  const Address local = Address::v4(0xc0000263);
  Datagram datagram{request, {Address::v4(0xc0000201), 1234}, local, node.host.clock.wall()};
  const auto reply = [&](ByteView) { node.engine().on_unsent(local); };
  node.engine().on_server_datagram(datagram, reply);
  EXPECT_EQ(counter(node, "io_sendfailed"), 1U);
  EXPECT_EQ(counter(node, "io_sent"), 0U);
  datagram.truncated = true;
  node.engine().on_server_datagram(datagram, reply);
  EXPECT_EQ(counter(node, "io_received"), 2U);
  EXPECT_EQ(counter(node, "io_dropped"), 1U);
  EXPECT_EQ(counter(node, "ss_badformat"), 1U);
  EXPECT_EQ(counter(node, "io_sendfailed"), 1U);
}

}  // namespace
}  // namespace ntp::sim
