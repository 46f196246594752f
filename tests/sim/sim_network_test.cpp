// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/sim/sim_host.h"

namespace ntp::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Address kHost = Address::v4(0x0a000001);
const Address kPeer = Address::v4(0x0a000002);
const Address kOther = Address::v4(0x0a000003);

ByteView bytes(std::string_view text) { return as_bytes(text); }

Packet packet(const Endpoint& from, const Endpoint& to, std::string_view text) {
  return {from, to, {text.begin(), text.end()}};
}

/// A host with one channel to a peer that echoes.
class SimNetworkTest : public testing::Test {
 protected:
  SimNetworkTest() {
    peer_.stack.serve([this](const Datagram& datagram, const SimStack::Reply& reply) {
      requests_.emplace_back(as_text(datagram.payload));
      sources_.push_back(datagram.remote);
      reply(datagram.payload);
    });
    channel_ = open();
  }

  std::unique_ptr<ClientChannel> open() {
    auto opened = host_.stack.connect(
        {kPeer, kNtpPort},
        {[this](const Datagram& datagram) {
           replies_.emplace_back(as_text(datagram.payload));
           arrivals_.push_back(to_seconds(world_.elapsed()));
           received_.push_back(datagram.received);
         },
         [this](std::uint32_t number, WallTime sent) { sent_.emplace_back(number, sent); },
         nullptr});
    return opened ? std::move(*opened) : nullptr;
  }
  void send_many(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(channel_->send(bytes(std::to_string(i))));
  }

  World world_{3};
  SimNetwork network_{world_};
  SimHost host_{network_, {kHost, Address::loopback(Family::V6)}, {.offset = 1.5}};
  SimHost peer_{network_, {kPeer}, {}};
  std::vector<std::string> requests_;
  std::vector<Endpoint> sources_;
  std::vector<std::string> replies_;
  std::vector<double> arrivals_;
  std::vector<WallTime> received_;
  std::vector<std::pair<std::uint32_t, WallTime>> sent_;
  std::unique_ptr<ClientChannel> channel_;
};

TEST_F(SimNetworkTest, CarriesARequestAndItsReplyWithTheStampsOfEachClock) {
  network_.path(kHost, kPeer).delay = constant_delay(0.010);
  network_.path(kPeer, kHost).delay = constant_delay(0.030);
  ASSERT_TRUE(channel_->send(bytes("ping")));
  EXPECT_TRUE(sent_.empty());
  world_.run_for(seconds(1));
  ASSERT_EQ(replies_, std::vector<std::string>{"ping"});
  EXPECT_DOUBLE_EQ(arrivals_[0], 0.040);
  EXPECT_EQ(received_[0], WallTime(world_.start().time_since_epoch()) + milliseconds(1540));
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_[0].first, 0U);
  EXPECT_EQ(sent_[0].second, WallTime(world_.start().time_since_epoch()) + milliseconds(1500));
  EXPECT_EQ(sources_[0], channel_->local());
}

TEST_F(SimNetworkTest, GivesEachChannelAFreshPort) {
  std::set<std::uint16_t> ports;
  std::vector<std::unique_ptr<ClientChannel>> channels;
  for (int i = 0; i < 50; ++i) {
    channels.push_back(open());
    ASSERT_NE(channels.back(), nullptr);
    ports.insert(channels.back()->local().port);
  }
  EXPECT_EQ(ports.size(), 50U);
  EXPECT_EQ(host_.stack.open_channels(), 51U);
  EXPECT_GT(*ports.rbegin() - *ports.begin(), 1000);
  channels.clear();
  EXPECT_EQ(host_.stack.open_channels(), 1U);
}

TEST_F(SimNetworkTest, LetsOnlyTheConnectedServerThrough) {
  const Endpoint local = channel_->local();
  network_.inject(packet({kOther, kNtpPort}, local, "other host"));
  network_.inject(packet({kPeer, 124}, local, "other port"));
  network_.inject(packet({kPeer, kNtpPort}, {Address::loopback(Family::V6), local.port}, "v6"));
  network_.inject(packet({kPeer, kNtpPort}, {kHost, 1}, "closed port"));
  network_.inject(packet({kPeer, kNtpPort}, local, "forged"), milliseconds(5));
  world_.run_for(seconds(1));
  EXPECT_EQ(replies_, std::vector<std::string>{"forged"});
  EXPECT_EQ(network_.counters().unreachable, 4U);
}

TEST_F(SimNetworkTest, DeliversNothingToAClosedChannel) {
  ASSERT_TRUE(channel_->send(bytes("ping")));
  world_.run_for(std::chrono::microseconds(150));
  channel_.reset();
  world_.run_for(seconds(1));
  EXPECT_EQ(requests_.size(), 1U);
  EXPECT_TRUE(replies_.empty());
}

TEST_F(SimNetworkTest, ClosesAChannelFromItsOwnHandler) {
  std::unique_ptr<ClientChannel> channel;
  int calls = 0;
  const std::string kept = "a capture that must outlive the channel";
  std::string seen;
  auto opened = host_.stack.connect({kPeer, kNtpPort}, {[&, kept](const Datagram&) {
                                                          ++calls;
                                                          channel.reset();
                                                          seen = kept;
                                                        },
                                                        nullptr, nullptr});
  ASSERT_TRUE(opened);
  channel = std::move(*opened);
  ASSERT_TRUE(channel->send(bytes("one")));
  ASSERT_TRUE(channel->send(bytes("two")));
  world_.run_for(seconds(1));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(seen, kept);
}

TEST_F(SimNetworkTest, LosesAsManyAsAskedFor) {
  network_.path(kHost, kPeer).loss = 0.5;
  send_many(4000);
  world_.run_for(seconds(1));
  EXPECT_NEAR(static_cast<double>(replies_.size()), 2000, 150);
  EXPECT_EQ(network_.counters().lost + replies_.size(), 4000U);
}

TEST_F(SimNetworkTest, DuplicatesAsManyAsAskedFor) {
  network_.path(kHost, kPeer).duplication = 0.25;
  send_many(4000);
  world_.run_for(seconds(1));
  EXPECT_NEAR(static_cast<double>(requests_.size()), 5000, 120);
  EXPECT_EQ(network_.counters().duplicated + 4000, requests_.size());
}

TEST_F(SimNetworkTest, ReordersWhatIsHeldBack) {
  Path& path = network_.path(kHost, kPeer);
  path.reordering = 0.3;
  path.hold = milliseconds(20);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(channel_->send(bytes(std::to_string(i))));
    world_.run_for(milliseconds(1));
  }
  world_.run_for(seconds(1));
  EXPECT_EQ(requests_.size(), 10U);
  EXPECT_GT(network_.counters().reordered, 0U);
  EXPECT_FALSE(std::is_sorted(requests_.begin(), requests_.end()));
}

TEST_F(SimNetworkTest, KeepsTheOrderOfAConstantDelay) {
  send_many(10);
  world_.run_for(seconds(1));
  EXPECT_TRUE(std::is_sorted(requests_.begin(), requests_.end()));
}

TEST_F(SimNetworkTest, PassesNothingWhileCut) {
  network_.cut(kHost, kPeer);
  send_many(3);
  world_.run_for(seconds(1));
  EXPECT_TRUE(requests_.empty());
  network_.cut(kHost, kPeer, false);
  send_many(3);
  world_.run_for(seconds(1));
  EXPECT_EQ(replies_.size(), 3U);
}

TEST_F(SimNetworkTest, LetsAFilterChangeAndDropPackets) {
  network_.set_filter([this](Packet& passing) {
    passing.payload.push_back('!');
    return passing.source.address != kPeer || replies_.empty();
  });
  send_many(1);
  world_.run_for(seconds(1));
  send_many(1);
  world_.run_for(seconds(1));
  EXPECT_EQ(replies_, std::vector<std::string>{"0!!"});
}

TEST_F(SimNetworkTest, StampsBeforeAndAfterTheProgramsOwnTime) {
  host_.stack.set_processing(constant_delay(0.001));
  ASSERT_TRUE(channel_->send(bytes("ping")));
  world_.run_for(seconds(1));
  ASSERT_EQ(replies_.size(), 1U);
  EXPECT_DOUBLE_EQ(arrivals_[0], 0.0022);
  const WallTime began = WallTime(world_.start().time_since_epoch()) + milliseconds(1500);
  EXPECT_EQ(sent_.at(0).second, began + milliseconds(1));
  EXPECT_EQ(received_[0], began + std::chrono::microseconds(1200));
}

TEST_F(SimNetworkTest, FailsWhenToldTo) {
  host_.stack.fail_sends("Network is unreachable");
  EXPECT_FALSE(channel_->send(bytes("ping")));
  host_.stack.fail_sends(std::nullopt);
  EXPECT_TRUE(channel_->send(bytes("ping")));
  host_.stack.fail_connects("Too many open files");
  EXPECT_EQ(open(), nullptr);
  EXPECT_FALSE(peer_.stack.connect({Address::loopback(Family::V6), kNtpPort}, {}));
}

TEST_F(SimNetworkTest, LeavesOutTransmitStampsWhenToldTo) {
  host_.stack.set_transmit_stamps(false);
  send_many(3);
  world_.run_for(seconds(1));
  EXPECT_EQ(replies_.size(), 3U);
  EXPECT_TRUE(sent_.empty());
}

double mean_delay(const DelayLaw& law, double* largest = nullptr) {
  RandomStream random(1, "law");
  double sum = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double delay = law(random, TrueTime());
    sum += delay;
    if (largest != nullptr) *largest = std::max(*largest, delay);
  }
  return sum / kDraws;
}

TEST(DelayLaw, HasTheStatisticsOfItsName) {
  EXPECT_NEAR(mean_delay(constant_delay(0.002)), 0.002, 1e-12);
  EXPECT_NEAR(mean_delay(exponential_delay(100e-6, 10e-6)), 110e-6, 0.2e-6);
  EXPECT_NEAR(mean_delay(normal_delay(0.01, 0.001)), 0.01, 2e-5);
  EXPECT_NEAR(mean_delay(pareto_delay(0.01, 0.001, 3)), 0.01 + 0.0005, 2e-5);
  double largest = 0;
  EXPECT_NEAR(mean_delay(spiky_delay(constant_delay(0.005), 0.2, 0.02), &largest), 0.009, 2e-4);
  EXPECT_DOUBLE_EQ(largest, 0.025);
}

}  // namespace
}  // namespace ntp::sim
