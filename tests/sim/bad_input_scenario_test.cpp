// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// What servers that are broken or hostile do, and what strangers send.
class BadInputScenario : public Scenario {
 protected:
  BadInputScenario() {
    lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    server_ = &lab_.add_server();
  }

  SimNode& start(const std::string& config, const Oscillator& oscillator = kUsualOscillator) {
    node_ = &lab_.add_node({config, oscillator, {}});
    node_->start();
    return *node_;
  }
  SimNode& start() { return start("server 10.0.0.1 iburst minpoll 4 maxpoll 6"); }
  [[nodiscard]] control::PeerView peer() const { return *node_->peer(server_->address()); }
  [[nodiscard]] double error() const { return std::abs(node_->host.clock.error()); }

  /// Sends a reply to wherever the last request came from, in the name of the server.
  void forge(wire::Header reply) {
    std::array<std::uint8_t, wire::kHeaderSize> buffer{};
    ByteWriter out(buffer);
    reply.mode = wire::Mode::Server;
    wire::encode_header(reply, out);
    const ByteView bytes = out.written();
    lab_.network.inject(
        {{server_->address(), kNtpPort}, server_->last_client(), {bytes.begin(), bytes.end()}});
  }

  Lab lab_{GetParam()};
  PerfectServer* server_ = nullptr;
  SimNode* node_ = nullptr;
};

TEST_P(BadInputScenario, BelievesNoReplyWithABogusOrigin) {
  server_->behaviour.mangle = [](wire::Header& reply, const wire::Header& request) {
    reply.origin = NtpTimestamp(request.transmit.raw() ^ 1);
  };
  start();
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
  EXPECT_EQ(peer().reach, 0);
  EXPECT_GT(peer().bogus_origin, 10U);
  EXPECT_TRUE(node_->host.clock.steps().empty());
}

TEST_P(BadInputScenario, BelievesNoReplyWithZeroStamps) {
  server_->behaviour.mangle = [](wire::Header& reply, const wire::Header&) {
    reply.origin = NtpTimestamp();
  };
  start();
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
  EXPECT_EQ(peer().reach, 0);
  server_->behaviour.mangle = [](wire::Header& reply, const wire::Header&) {
    reply.receive = NtpTimestamp();
    reply.transmit = NtpTimestamp();
  };
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
  EXPECT_TRUE(node_->host.clock.steps().empty());
}

TEST_P(BadInputScenario, CountsEachReplyOnce) {
  server_->behaviour.copies = 3;
  start();
  lab_.world.run_for(hours(3));
  EXPECT_TRUE(node_->synchronized());
  EXPECT_LE(error(), 1e-3);
  EXPECT_GE(peer().old_packet + peer().bogus_origin, server_->requests().size());
}

TEST_P(BadInputScenario, SurvivesAFloodOfForgedReplies) {
  start();
  lab_.world.run_for(hours(1));
  RandomStream random = lab_.world.random("forger");
  lab_.world.every(std::chrono::milliseconds(100), [this, random]() mutable {
    wire::Header reply;
    reply.stratum = 1;
    reply.origin = NtpTimestamp(random.bits());
    reply.receive = reply.transmit = NtpTimestamp::from_wall(lab_.world.utc() + seconds(30));
    forge(reply);
  });
  const TrueTime flooded = lab_.world.now();
  const std::uint64_t logged = node_->host.log.written(LogLevel::Info);
  lab_.world.run_for(hours(2));
  EXPECT_LE(node_->host.recorder.summary({flooded, std::nullopt}).maximum, 2e-3);
  EXPECT_NE(peer().reach, 0);
  EXPECT_LE(node_->host.log.written(LogLevel::Info) - logged, 10U);
}

TEST_P(BadInputScenario, SurvivesRandomDatagramsOnAllItsPorts) {
  start();
  RandomStream random = lab_.world.random("noise");
  SimRandom octets(lab_.world.random("octets"));
  lab_.world.every(std::chrono::milliseconds(50), [this, random, octets]() mutable {
    std::vector<std::uint8_t> noise(random.bits() % 1500);
    octets.fill(noise);
    const Endpoint server{server_->address(), kNtpPort};
    lab_.network.inject({server, server_->last_client(), noise});
    lab_.network.inject({server, {node_->host.address(), kNtpPort}, noise});
    lab_.network.inject({{Lab::server_address(9), 4000}, {node_->host.address(), kNtpPort}, noise});
  });
  lab_.world.run_for(hours(2));
  EXPECT_TRUE(node_->synchronized());
  EXPECT_LE(error(), 2e-3);
}

TEST_P(BadInputScenario, RejectsAServerThatIsNotSynchronized) {
  server_->behaviour.leap = Leap::Unsynchronized;
  start();
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
  server_->behaviour.leap.reset();
  server_->behaviour.stratum = 16;
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
  server_->behaviour.stratum = 0;
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
  server_->behaviour.stratum = 3;
  lab_.world.run_for(minutes(30));
  EXPECT_TRUE(node_->synchronized());
  EXPECT_EQ(node_->system().stratum, 4);
}

TEST_P(BadInputScenario, RejectsAServerWithAHugeRootDistance) {
  server_->behaviour.root_dispersion = 20;
  start();
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(node_->synchronized());
}

TEST_P(BadInputScenario, StaysSynchronizedWhileAServerIsBrieflyNot) {
  start();
  lab_.world.run_for(hours(2));
  const TrueTime broken = lab_.world.now();
  server_->behaviour.leap = Leap::Unsynchronized;
  lab_.world.run_for(minutes(10));
  server_->behaviour.leap.reset();
  lab_.world.run_for(hours(1));
  EXPECT_TRUE(node_->synchronized());
  EXPECT_LE(node_->host.recorder.summary({broken, std::nullopt}).maximum, 2e-3);
}

TEST_P(BadInputScenario, FollowsAServersLeapOnlyWhenItLasts) {
  start();
  lab_.world.run_for(hours(2));
  // A single reply that is a minute off.
  bool once = true;
  server_->behaviour.mangle = [&once](wire::Header& reply, const wire::Header&) {
    if (!std::exchange(once, false)) return;
    reply.receive = NtpTimestamp(reply.receive.raw() + (60ULL << 32));
    reply.transmit = NtpTimestamp(reply.transmit.raw() + (60ULL << 32));
  };
  const TrueTime lie = lab_.world.now();
  lab_.world.run_for(hours(1));
  EXPECT_FALSE(once);
  EXPECT_LE(node_->host.recorder.summary({lie, std::nullopt}).maximum, 2e-3);
  EXPECT_TRUE(node_->host.clock.steps().empty());
  // The only server there is now is a minute off for good.
  server_->behaviour.offset = 60;
  lab_.world.run_for(hours(1));
  EXPECT_EQ(node_->host.clock.steps().size(), 1U);
  EXPECT_NEAR(node_->host.clock.error(), 60, 0.01);
}

TEST_P(BadInputScenario, IgnoresAServersLeapAgainstAMajority) {
  for (int i = 0; i < 3; ++i) lab_.add_server();
  start(
      "server 10.0.0.1 iburst\nserver 10.0.0.2 iburst\nserver 10.0.0.3 iburst\n"
      "server 10.0.0.4 iburst");
  lab_.world.run_for(hours(2));
  const TrueTime lie = lab_.world.now();
  server_->behaviour.offset = -3600;
  lab_.world.run_for(hours(2));
  EXPECT_LE(node_->host.recorder.summary({lie, std::nullopt}).maximum, 2e-3);
  EXPECT_TRUE(node_->host.clock.steps().empty());
}

TEST_P(BadInputScenario, IgnoresAKissWithoutTheRightOrigin) {
  start();
  lab_.world.run_for(hours(1));
  for (const RefId code : {kiss::kDeny, kiss::kRestrict, kiss::kRate}) {
    wire::Header reply;
    reply.leap = Leap::Unsynchronized;
    reply.reference_id = code;
    reply.poll = 17;
    reply.origin = NtpTimestamp(0x0123456789abcdef);
    forge(reply);
    reply.origin = NtpTimestamp();
    forge(reply);
  }
  const std::size_t before = server_->requests().size();
  lab_.world.run_for(hours(1));
  EXPECT_GE(server_->requests().size() - before, 50U);
  EXPECT_TRUE(node_->synchronized());
  EXPECT_EQ(peer().kisses, 0U);
}

TEST_P(BadInputScenario, AsksNoMoreAfterDeny) {
  start();
  lab_.world.run_for(hours(1));
  server_->behaviour.kiss = kiss::kDeny;
  lab_.world.run_for(minutes(5));
  const std::size_t before = server_->requests().size();
  lab_.world.run_for(hours(12));
  EXPECT_EQ(server_->requests().size(), before);
  EXPECT_EQ(node_->host.log.count("kiss DENY"), 1U);
}

TEST_P(BadInputScenario, AsksMoreSeldomAfterRate) {
  start();
  lab_.world.run_for(hours(1));
  server_->behaviour.kiss = kiss::kRate;
  lab_.world.run_for(minutes(10));
  const std::size_t before = server_->requests().size();
  lab_.world.run_for(hours(10));
  EXPECT_LE(server_->requests().size() - before, 45U);
  EXPECT_GE(server_->requests().size() - before, 10U);
}

TEST_P(BadInputScenario, KeepsItsPacketsApart) {
  server_->behaviour.silent = true;
  start("server 10.0.0.1 iburst burst minpoll 3");
  lab_.world.run_for(hours(1));
  server_->behaviour.silent = false;
  lab_.world.run_for(hours(6));
  const std::vector<TrueTime>& requests = server_->requests();
  Duration shortest = hours(1);
  for (std::size_t i = 1; i < requests.size(); ++i) {
    shortest = std::min(shortest, requests[i] - requests[i - 1]);
  }
  EXPECT_GE(shortest, std::chrono::milliseconds(1990));
}

SIM_RUN_SEEDS(BadInputScenario);

}  // namespace
}  // namespace ntp::sim
