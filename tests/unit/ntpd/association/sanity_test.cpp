// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/sanity.h"

#include <gtest/gtest.h>

namespace ntp::association {
namespace {

wire::Header good_reply() {
  wire::Header reply;
  reply.mode = wire::Mode::Server;
  reply.stratum = 2;
  reply.origin = NtpTimestamp(77);
  reply.receive = NtpTimestamp(1000);
  reply.transmit = NtpTimestamp(1001);
  return reply;
}

const PendingRequest kPending{true, NtpTimestamp(77)};

TEST(TestOrigin, PassesTheAnswerToOurRequest) {
  EXPECT_EQ(test_origin(good_reply(), kPending, NtpTimestamp(5)), 0U);
}

TEST(TestOrigin, FlagsWhatIsNotTheAnswer) {
  wire::Header reply = good_reply();
  EXPECT_EQ(test_origin(reply, kPending, reply.transmit), flash::kDuplicate);
  EXPECT_EQ(test_origin(reply, {false, NtpTimestamp(77)}, NtpTimestamp(5)), flash::kDuplicate);
  reply.origin = NtpTimestamp(0);
  EXPECT_EQ(test_origin(reply, kPending, NtpTimestamp(5)), flash::kZeroOrigin);
  reply.origin = NtpTimestamp(78);
  EXPECT_EQ(test_origin(reply, kPending, NtpTimestamp(5)), flash::kBogus);
}

TEST(TestServer, WantsASynchronizedServerWithinTheStrata) {
  config::TosSettings limits;
  wire::Header reply = good_reply();
  EXPECT_EQ(test_server(reply, limits), 0U);
  for (const int stratum : {0, 15, 16, 255}) {
    reply.stratum = static_cast<std::uint8_t>(stratum);
    EXPECT_EQ(test_server(reply, limits), flash::kUnsynchronized) << stratum;
  }
  reply.stratum = 14;
  EXPECT_EQ(test_server(reply, limits), 0U);
  limits.ceiling = 3;
  EXPECT_EQ(test_server(reply, limits), flash::kUnsynchronized);
  reply.stratum = 2;
  limits.floor = 3;
  EXPECT_EQ(test_server(reply, limits), flash::kUnsynchronized);
}

TEST(TestServer, RefusesAnUnsynchronizedServerAndZeroStamps) {
  const config::TosSettings limits;
  wire::Header reply = good_reply();
  reply.leap = Leap::Unsynchronized;
  EXPECT_EQ(test_server(reply, limits), flash::kUnsynchronized);
  reply = good_reply();
  reply.receive = {};
  EXPECT_EQ(test_server(reply, limits), flash::kUnsynchronized);
  reply = good_reply();
  reply.transmit = {};
  EXPECT_EQ(test_server(reply, limits), flash::kUnsynchronized);
}

TEST(TestServer, RefusesARootDistanceBeyondReason) {
  const config::TosSettings limits;
  wire::Header reply = good_reply();
  reply.root_delay = NtpShort::from_seconds(20);
  reply.root_dispersion = NtpShort::from_seconds(5.9);
  EXPECT_EQ(test_server(reply, limits), 0U);
  reply.root_dispersion = NtpShort::from_seconds(6);
  EXPECT_EQ(test_server(reply, limits), flash::kHeader);
}

TEST(TestServer, ObeysTosMaxdisp) {
  config::TosSettings limits;
  wire::Header reply = good_reply();
  reply.root_delay = NtpShort::from_seconds(0.5);
  reply.root_dispersion = NtpShort::from_seconds(0.2);
  EXPECT_EQ(test_server(reply, limits), 0U);
  limits.max_disp = 0.4;
  EXPECT_EQ(test_server(reply, limits), flash::kHeader);
  limits.max_disp = 30;
  reply.root_dispersion = NtpShort::from_seconds(20);
  EXPECT_EQ(test_server(reply, limits), 0U);
}

TEST(IsKiss, NeedsLeapThreeAndStratumZero) {
  wire::Header reply = good_reply();
  EXPECT_FALSE(is_kiss(reply));
  reply.stratum = 0;
  EXPECT_FALSE(is_kiss(reply));
  reply.leap = Leap::Unsynchronized;
  EXPECT_TRUE(is_kiss(reply));
}

}  // namespace
}  // namespace ntp::association
