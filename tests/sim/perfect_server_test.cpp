// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/perfect_server.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/sim/sim_host.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class PerfectServerTest : public testing::Test {
 protected:
  /// Asks once and gives the replies of the next second.
  std::vector<wire::Header> ask() {
    std::vector<wire::Header> replies;
    auto channel = host_.stack.connect({server_.address(), kNtpPort},
                                       {[&](const Datagram& datagram) {
                                          replies.push_back(*wire::decode_header(datagram.payload));
                                        },
                                        nullptr, nullptr});
    wire::Header request;
    request.mode = wire::Mode::Client;
    request.transmit = NtpTimestamp(0x0123456789abcdef);
    std::array<std::uint8_t, wire::kHeaderSize> buffer{};
    ByteWriter out(buffer);
    wire::encode_header(request, out);
    EXPECT_TRUE((*channel)->send(out.written()));
    world_.run_for(seconds(1));
    return replies;
  }

  // Four hours before the era of the 32-bit seconds ends.
  World world_{1, at_utc(2036, 2, 7) + hours(2)};
  SimNetwork network_{world_};
  PerfectServer server_{network_, Address::v4(0x0a000001)};
  SimHost host_{network_, {Address::v4(0x0a000002)}, {}};
};

TEST_F(PerfectServerTest, AnswersFromTrueTime) {
  const WallTime began = world_.utc();
  const auto replies = ask();
  ASSERT_EQ(replies.size(), 1U);
  const wire::Header& reply = replies[0];
  EXPECT_EQ(reply.mode, wire::Mode::Server);
  EXPECT_EQ(reply.stratum, 1);
  EXPECT_EQ(reply.leap, Leap::None);
  EXPECT_EQ(reply.origin, NtpTimestamp(0x0123456789abcdef));
  EXPECT_EQ(reply.receive.to_wall(began), began + std::chrono::microseconds(100));
  EXPECT_EQ(reply.transmit.to_wall(began), began + std::chrono::microseconds(110));
  EXPECT_EQ(server_.requests().size(), 1U);
  EXPECT_EQ(server_.last_client().address, host_.address());
}

TEST_F(PerfectServerTest, LiesAsToldTo) {
  server_.behaviour.offset = 0.5;
  server_.behaviour.stratum = 16;
  server_.behaviour.leap = Leap::Unsynchronized;
  server_.behaviour.root_dispersion = 1;
  server_.behaviour.copies = 2;
  server_.behaviour.mangle = [](wire::Header& reply, const wire::Header&) {
    reply.origin = NtpTimestamp();
  };
  const WallTime began = world_.utc();
  const auto replies = ask();
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0], replies[1]);
  EXPECT_EQ(replies[0].stratum, 16);
  EXPECT_EQ(replies[0].leap, Leap::Unsynchronized);
  EXPECT_TRUE(replies[0].origin.is_zero());
  EXPECT_GT(replies[0].receive.to_wall(began) - began, std::chrono::milliseconds(500));
}

TEST_F(PerfectServerTest, SendsKissesAndFallsSilent) {
  server_.behaviour.kiss = kiss::kRate;
  const auto replies = ask();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].stratum, 0);
  EXPECT_EQ(replies[0].reference_id, kiss::kRate);
  server_.behaviour.silent = true;
  EXPECT_TRUE(ask().empty());
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(PerfectServerTest, AnnouncesTheLeapOnItsDay) {
  world_.set_leap(world_.now() + hours(30), Leap::Insert);
  EXPECT_EQ(ask().at(0).leap, Leap::None);
  world_.run_for(hours(7));
  EXPECT_EQ(ask().at(0).leap, Leap::Insert);
  world_.run_for(hours(24));
  EXPECT_EQ(ask().at(0).leap, Leap::None);
}

TEST_F(PerfectServerTest, IgnoresWhatIsNoRequest) {
  std::vector<std::uint8_t> garbage(48, 0x24);
  network_.send({{host_.address(), 4000}, {server_.address(), kNtpPort}, garbage});
  network_.send({{host_.address(), 4000}, {server_.address(), kNtpPort}, {}});
  world_.run_for(seconds(1));
  EXPECT_TRUE(server_.requests().empty());
}

}  // namespace
}  // namespace ntp::sim
