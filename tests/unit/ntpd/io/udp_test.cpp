// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <map>

#include "ntpd/io/datagram_batch.h"
#include "ntpd/io/socket_options.h"
#include "ntpd/io/udp_client.h"
#include "ntpd/io/udp_server.h"
#include "ntpd/os/linux_clock.h"

namespace ntp::io {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct ListLog final : Log {
  void write(LogLevel, std::string_view text) override { lines.emplace_back(text); }
  std::vector<std::string> lines;
};

class Udp : public testing::Test {
 protected:
  /// Serves on a port of the kernel's choice; gives the endpoint to ask over loopback.
  Endpoint serve(Family family, UdpServer::Handler handler) {
    UdpServer::Options options;
    options.port = 0;
    options.ipv4 = family == Family::V4;
    options.ipv6 = family == Family::V6;
    auto opened = UdpServer::open(loop_, clock_, log_, options, std::move(handler),
                                  [this](const Address& local) { unsent_.push_back(local); });
    if (!opened) return {};
    server_ = std::move(*opened);
    return {Address::loopback(family), server_->endpoints().front().port};
  }
  std::unique_ptr<ClientChannel> connect(const Endpoint& remote,
                                         std::function<void(const Datagram&)> on_datagram) {
    ClientNetwork::Handlers handlers;
    handlers.on_datagram = std::move(on_datagram);
    handlers.on_sent = [this](std::uint32_t number, WallTime sent) { sent_[number] = sent; };
    handlers.on_undelivered = [this](const std::string& reason) { undelivered_.push_back(reason); };
    auto channel = network_.connect(remote, std::move(handlers));
    EXPECT_TRUE(channel) << channel.error().message;
    return std::move(*channel);
  }
  /// Runs the loop until stopped, at most 10 s.
  void run() {
    timers_.at(clock_.mono() + seconds(10), [this] {
      ADD_FAILURE() << "timed out";
      loop_.stop();
    });
    loop_.run();
  }
  void run_for(Duration span) {
    timers_.at(clock_.mono() + span, [this] { loop_.stop(); });
    loop_.run();
  }

  EventLoop loop_;
  AsioTimers timers_{loop_};
  os::ReadOnlyClock clock_;
  ListLog log_;
  UdpNetwork network_{loop_, clock_};
  std::unique_ptr<UdpServer> server_;
  std::map<std::uint32_t, WallTime> sent_;
  std::vector<std::string> undelivered_;
  std::vector<Address> unsent_;
};

class UdpFamilies : public Udp, public testing::WithParamInterface<Family> {};
INSTANTIATE_TEST_SUITE_P(Both, UdpFamilies, testing::Values(Family::V4, Family::V6));

TEST_P(UdpFamilies, AskAndAnswerWithStampsAndAddresses) {
  const WallTime start = clock_.wall();
  Endpoint asker;
  const Endpoint remote = serve(GetParam(), [&](const Datagram& request, const auto& reply) {
    EXPECT_EQ(as_text(request.payload), "ask");
    EXPECT_EQ(request.local, Address::loopback(GetParam()));
    EXPECT_GE(request.received, start);
    EXPECT_LE(request.received, clock_.wall());
    asker = request.remote;
    reply(as_bytes("answer"));
  });
  if (!remote.address.is_set()) GTEST_SKIP() << "this host lacks the family";
  const auto channel = connect(remote, [&](const Datagram& reply) {
    EXPECT_EQ(as_text(reply.payload), "answer");
    EXPECT_EQ(reply.remote, remote);
    EXPECT_GE(reply.received, start);
    EXPECT_LE(reply.received, clock_.wall());
    loop_.stop();
  });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run();
  EXPECT_EQ(asker, channel->local());
  EXPECT_TRUE(unsent_.empty());
}

TEST_F(Udp, TellsThatNobodyListens) {
  const Endpoint remote = serve(Family::V4, [](const Datagram&, const auto&) {});
  server_.reset();
  const auto channel = connect(remote, [](const Datagram&) { ADD_FAILURE(); });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run_for(milliseconds(100));
  ASSERT_EQ(undelivered_.size(), 1U);
  EXPECT_NE(undelivered_[0].find("refused"), std::string::npos) << undelivered_[0];
}

TEST_F(Udp, NumbersTransmitStampsFromZero) {
  int answers = 0;
  const Endpoint remote =
      serve(Family::V4, [](const Datagram& request, const auto& reply) { reply(request.payload); });
  const WallTime start = clock_.wall();
  const auto channel = connect(remote, [&](const Datagram&) {
    if (++answers == 3) loop_.stop();
  });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(channel->send(as_bytes("ask")));
  run();
  if (sent_.empty()) GTEST_SKIP() << "no transmit stamps on this kernel";
  ASSERT_EQ(sent_.size(), 3U);
  EXPECT_TRUE(sent_.contains(0) && sent_.contains(1) && sent_.contains(2));
  EXPECT_GE(sent_[0], start);
  EXPECT_LE(sent_[0], sent_[2]);
}

TEST_F(Udp, RepliesFromTheAddressThatWasAsked) {
  Endpoint remote = serve(Family::V4, [](const Datagram& request, const auto& reply) {
    EXPECT_EQ(request.local.to_string(), "127.0.0.9");
    reply(request.payload);
  });
  remote.address = *parse_address("127.0.0.9");
  // The channel is connected, so an answer from another address would not arrive.
  const auto channel = connect(remote, [&](const Datagram&) { loop_.stop(); });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run();
}

TEST_F(Udp, SendsMoreRepliesThanABatchHolds) {
  constexpr int kReplies = 40;
  int answers = 0;
  const Endpoint remote = serve(Family::V4, [](const Datagram&, const auto& reply) {
    for (int i = 0; i < kReplies; ++i) reply(as_bytes(std::to_string(i)));
  });
  const auto channel = connect(remote, [&](const Datagram& reply) {
    EXPECT_EQ(as_text(reply.payload), std::to_string(answers));
    if (++answers == kReplies) loop_.stop();
  });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run();
}

TEST_F(Udp, TellsWhatIsTooLong) {
  std::vector<std::pair<std::size_t, bool>> seen;
  const Endpoint remote = serve(Family::V4, [&](const Datagram& request, const auto&) {
    seen.emplace_back(request.payload.size(), request.truncated);
    if (request.payload.empty()) loop_.stop();
  });
  const auto channel = connect(remote, {});
  ASSERT_TRUE(channel->send(std::vector<std::uint8_t>(2049)));
  ASSERT_TRUE(channel->send(std::vector<std::uint8_t>(2048)));
  ASSERT_TRUE(channel->send({}));
  run();
  EXPECT_EQ(seen,
            (std::vector<std::pair<std::size_t, bool>>{{2048, true}, {2048, false}, {0, false}}));
}

TEST_F(Udp, TellsTheClientWhatIsTooLong) {
  const Endpoint remote = serve(Family::V4, [](const Datagram&, const auto& reply) {
    reply(std::vector<std::uint8_t>(kMaxDatagram));
  });
  std::vector<bool> truncated;
  const auto channel = connect(remote, [&](const Datagram& reply) {
    truncated.push_back(reply.truncated);
    loop_.stop();
  });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run();
  // One that is longer comes from a socket that knows no limit.
  const os::UniqueFd other(::socket(AF_INET, SOCK_DGRAM, 0));
  const SocketAddress to = to_socket_address(channel->local());
  const SocketAddress from = to_socket_address(remote);
  server_.reset();
  ASSERT_EQ(::bind(other.get(), from.data(), from.length), 0);
  const std::vector<std::uint8_t> much(kMaxDatagram + 1);
  ASSERT_EQ(::sendto(other.get(), much.data(), much.size(), 0, to.data(), to.length),
            static_cast<ssize_t>(much.size()));
  run();
  EXPECT_EQ(truncated, (std::vector<bool>{false, true}));
}

TEST_F(Udp, TellsRepliesThatWereNotSent) {
  const Endpoint remote = serve(Family::V4, [](const Datagram&, const auto& reply) {
    reply(std::vector<std::uint8_t>(kMaxDatagram + 1));
    reply(as_bytes("answer"));
  });
  const auto channel = connect(remote, [&](const Datagram&) { loop_.stop(); });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run();
  EXPECT_EQ(unsent_, std::vector<Address>{Address::loopback(Family::V4)});
  // No socket sends to port 0.
  server_->send({Address::loopback(Family::V4), 0}, Address::loopback(Family::V4),
                as_bytes("late"));
  EXPECT_EQ(unsent_.size(), 2U);
}

TEST_F(Udp, OutlivesServersThatAreNotThere) {
  const Endpoint remote = serve(Family::V4, [](const Datagram&, const auto&) {});
  server_.reset();
  const auto channel = connect(remote, {});
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(channel->send(as_bytes("ask")));
    run_for(milliseconds(2));
  }
}

TEST_F(Udp, KeepsItsCountWhenASendFails) {
  int answers = 0;
  const Endpoint remote =
      serve(Family::V4, [](const Datagram& request, const auto& reply) { reply(request.payload); });
  const auto channel = connect(remote, [&](const Datagram&) {
    if (++answers == 2) loop_.stop();
  });
  ASSERT_TRUE(channel->send(as_bytes("one")));
  run_for(milliseconds(20));
  const auto failed = channel->send(std::vector<std::uint8_t>(70000));
  EXPECT_EQ(failed.error().message, remote.to_string() + ": Message too long");
  ASSERT_TRUE(channel->send(as_bytes("two")));
  run();
  if (sent_.empty()) GTEST_SKIP() << "no transmit stamps on this kernel";
  EXPECT_EQ(sent_.size(), 2U);
  EXPECT_TRUE(sent_.contains(1));
}

TEST_F(Udp, LetsAHandlerDestroyItsChannel) {
  const Endpoint remote = serve(Family::V4, [](const Datagram& request, const auto& reply) {
    reply(request.payload);
    reply(request.payload);
  });
  int answers = 0;
  std::unique_ptr<ClientChannel> channel;
  channel = connect(remote, [&](const Datagram&) {
    ++answers;
    channel.reset();
  });
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run_for(milliseconds(50));
  EXPECT_EQ(answers, 1);
}

TEST_F(Udp, UsesAnotherPortForEachChannel) {
  const Endpoint remote = serve(Family::V4, [](const Datagram&, const auto&) {});
  const auto first = connect(remote, {});
  const auto second = connect(remote, {});
  EXPECT_NE(first->local().port, 0);
  EXPECT_NE(first->local().port, second->local().port);
}

TEST_F(Udp, SaysWhoIsInTheWay) {
  const Endpoint taken = serve(Family::V4, [](const Datagram&, const auto&) {});
  UdpServer::Options options;
  options.port = taken.port;
  options.ipv6 = false;
  const auto second = UdpServer::open(loop_, clock_, log_, options, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "unable to bind to wildcard address 0.0.0.0 - another process may be running: "
            "Address already in use");
}

TEST_F(Udp, FailsWithoutAnyFamily) {
  UdpServer::Options options;
  options.ipv4 = options.ipv6 = false;
  EXPECT_FALSE(UdpServer::open(loop_, clock_, log_, options, {}));
}

TEST_F(Udp, LetsTimersRunDuringAFlood) {
  std::unique_ptr<ClientChannel> channel;
  int asked = 0;
  // Every request leads to two more: the socket is never empty.
  const Endpoint remote = serve(Family::V4, [&](const Datagram&, const auto&) {
    ++asked;
    static_cast<void>(channel->send(as_bytes("more")));
    static_cast<void>(channel->send(as_bytes("more")));
  });
  channel = connect(remote, {});
  ASSERT_TRUE(channel->send(as_bytes("ask")));
  run_for(milliseconds(100));
  EXPECT_GT(asked, 100);
}

}  // namespace
}  // namespace ntp::io
