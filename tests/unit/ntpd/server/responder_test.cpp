// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/responder.h"

#include <gtest/gtest.h>

#include <array>

#include "libntp/wire/extension.h"
#include "tests/support/hex.h"

namespace ntp::server {
namespace {

using test::from_hex;
using wire::Mode;

constexpr WallTime kReceived =
    WallTime(std::chrono::seconds(1'795'000'000) + Duration(250'000'000));
constexpr WallTime kTransmit = kReceived + Duration(40'000);
constexpr MonoTime kNow = MonoTime(std::chrono::seconds(500));

std::vector<std::uint8_t> request_octets(int version, int mode, std::size_t tail = 0) {
  auto octets = from_hex(
      "e3 00 0a e9 00000132 00000a5c 7f000001"
      "eeae249a08687d00 0000000000000000 0000000000000000 eeae24aa11223344");
  octets[0] = static_cast<std::uint8_t>(3 << 6 | version << 3 | mode);
  octets.resize(octets.size() + tail, 0x01);
  return octets;
}

Result<Request, DropReason> parse(const std::vector<std::uint8_t>& octets,
                                  Trust trust = Trust::Anyone) {
  return parse_request({octets, {}, {}, kReceived}, trust);
}

DropReason refusal(const std::vector<std::uint8_t>& octets, Trust trust = Trust::Anyone) {
  const auto request = parse(octets, trust);
  EXPECT_FALSE(request);
  return request.error();
}

ServerSnapshot synchronized() {
  ServerSnapshot snapshot;
  snapshot.leap = Leap::Insert;
  snapshot.stratum = 2;
  snapshot.precision = -23;
  snapshot.root_delay = 0.25;
  snapshot.root_dispersion = 0.5;
  snapshot.as_of = kNow;
  snapshot.reference_id = RefId(0x0a4d0001);
  snapshot.reference_time = NtpTimestamp(0xeeae249a00000000U);
  return snapshot;
}

wire::Header reply_to(const std::vector<std::uint8_t>& octets, const ServerSnapshot& snapshot,
                      MonoTime now = kNow) {
  std::array<std::uint8_t, kMaxReply> out{};
  const auto request = parse(octets);
  EXPECT_TRUE(request);
  EXPECT_EQ(write_reply(snapshot, *request, now, kTransmit, out), wire::kHeaderSize);
  return *wire::decode_header(out);
}

TEST(Reply, CarriesTheSnapshotAndTheStamps) {
  const auto reply = reply_to(request_octets(4, 3), synchronized());
  EXPECT_EQ(reply.leap, Leap::Insert);
  EXPECT_EQ(reply.version, 4);
  EXPECT_EQ(reply.mode, Mode::Server);
  EXPECT_EQ(reply.stratum, 2);
  EXPECT_EQ(reply.poll, 10);
  EXPECT_EQ(reply.precision, -23);
  EXPECT_DOUBLE_EQ(reply.root_delay.to_seconds(), 0.25);
  EXPECT_DOUBLE_EQ(reply.root_dispersion.to_seconds(), 0.5);
  EXPECT_EQ(reply.reference_id.to_quad(), "10.77.0.1");
  EXPECT_EQ(reply.reference.raw(), 0xeeae249a00000000U);
  EXPECT_EQ(reply.origin.raw(), 0xeeae24aa11223344U);
  EXPECT_EQ(reply.receive, NtpTimestamp::from_wall(kReceived));
  EXPECT_EQ(reply.transmit, NtpTimestamp::from_wall(kTransmit));
}

TEST(Reply, LetsTheDispersionGrow) {
  const auto reply =
      reply_to(request_octets(4, 3), synchronized(), kNow + std::chrono::seconds(1000));
  EXPECT_NEAR(reply.root_dispersion.to_seconds(), 0.515, 1.0 / 65536);
}

TEST(Reply, SaysSoIfUnsynchronized) {
  auto snapshot = synchronized();
  snapshot.stratum = 16;
  const auto reply = reply_to(request_octets(4, 3), snapshot);
  EXPECT_EQ(reply.leap, Leap::Unsynchronized);
  EXPECT_EQ(reply.stratum, 0);
}

TEST(Reply, EchoesTheVersionAndAnswersEachMode) {
  for (int version = 1; version <= 4; ++version) {
    EXPECT_EQ(reply_to(request_octets(version, 3), synchronized()).version, version);
    EXPECT_EQ(reply_to(request_octets(version, 3), synchronized()).mode, Mode::Server);
  }
  for (int version = 2; version <= 4; ++version) {
    EXPECT_EQ(reply_to(request_octets(version, 1), synchronized()).mode, Mode::SymmetricPassive);
  }
}

TEST(Reply, TakesBareVersion1ForAClient) {
  for (const int mode : {0, 1, 3}) {
    const auto reply = reply_to(request_octets(1, mode), synchronized());
    EXPECT_EQ(reply.mode, Mode::Server) << mode;
    EXPECT_EQ(reply.version, 1);
  }
}

TEST(Reply, NeedsItsRoom) {
  std::array<std::uint8_t, wire::kHeaderSize - 1> out{};
  const auto request = parse(request_octets(4, 3));
  ASSERT_TRUE(request);
  EXPECT_EQ(write_reply(synchronized(), *request, kNow, kTransmit, out), 0U);
}

TEST(Kiss, TellsNothingOfTheTime) {
  std::array<std::uint8_t, kMaxReply> out{};
  const auto request = parse(request_octets(3, 3));
  ASSERT_TRUE(request);
  EXPECT_EQ(write_kiss(*request, out), wire::kHeaderSize);
  const auto kiss = *wire::decode_header(out);
  EXPECT_EQ(kiss.leap, Leap::Unsynchronized);
  EXPECT_EQ(kiss.version, 3);
  EXPECT_EQ(kiss.mode, Mode::Server);
  EXPECT_EQ(kiss.stratum, 0);
  EXPECT_EQ(kiss.poll, 10);
  EXPECT_EQ(kiss.precision, -23);
  EXPECT_EQ(kiss.reference_id, kiss::kRate);
  EXPECT_EQ(kiss.origin.raw(), 0xeeae24aa11223344U);
  EXPECT_EQ(kiss.receive, kiss.origin);
  EXPECT_EQ(kiss.transmit, kiss.origin);
}

TEST(Request, IsDeclinedInOtherModes) {
  for (const int mode : {0, 2, 4, 5, 6, 7}) {
    EXPECT_EQ(refusal(request_octets(4, mode)), DropReason::Declined) << mode;
  }
}

TEST(Request, IsOfBadFormatIfTruncatedOrTrailedByRubbish) {
  const auto octets = request_octets(4, 3);
  for (std::size_t size = 0; size < octets.size(); ++size) {
    EXPECT_EQ(refusal({octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)}),
              DropReason::BadFormat);
  }
  for (const std::size_t tail : {1U, 3U, 5U, 6U, 8U, 16U, 19U, 21U, 23U}) {
    EXPECT_EQ(refusal(request_octets(4, 3, tail)), DropReason::BadFormat) << tail;
  }
  EXPECT_EQ(refusal(request_octets(3, 3, 28)), DropReason::BadFormat);
  EXPECT_EQ(refusal(request_octets(2, 3, 20)), DropReason::BadFormat);
}

TEST(Request, WithAMacHasNoKeyHere) {
  for (const std::size_t tail : {4U, 20U, 24U}) {
    EXPECT_EQ(refusal(request_octets(4, 3, tail)), DropReason::BadAuthentication) << tail;
    EXPECT_EQ(refusal(request_octets(3, 3, tail)), DropReason::BadAuthentication) << tail;
  }
}

TEST(Request, WithOldTrailersIsAnsweredAsBare) {
  EXPECT_TRUE(parse(request_octets(2, 3, 6)));
  EXPECT_TRUE(parse(request_octets(3, 3, 72)));
}

TEST(Request, WithExtensionFieldsIsDeclined) {
  auto octets = request_octets(4, 3);
  const auto field = from_hex("01040024" + std::string(64, 'a'));
  octets.insert(octets.end(), field.begin(), field.end());
  EXPECT_TRUE(wire::parse_packet(octets));
  EXPECT_EQ(refusal(octets), DropReason::Declined);
  octets.resize(octets.size() + 20);
  EXPECT_EQ(refusal(octets), DropReason::Declined) << "even if a MAC follows";
  EXPECT_EQ(refusal(request_octets(4, 3, 1000)), DropReason::Declined) << "malformed ones too";
}

TEST(Request, NeedsAKeyUnderNotrust) {
  EXPECT_EQ(refusal(request_octets(4, 3), Trust::KeyHoldersOnly), DropReason::BadAuthentication);
  EXPECT_EQ(refusal(request_octets(4, 3, 1000), Trust::KeyHoldersOnly),
            DropReason::BadAuthentication);
  EXPECT_EQ(refusal(request_octets(4, 4), Trust::KeyHoldersOnly), DropReason::Declined);
}

TEST(Reply, SaysNothingOfTheLeapWhileItHappens) {
  ServerSnapshot snapshot = synchronized();
  snapshot.leap_second = {kNow + std::chrono::seconds(2), 1};
  EXPECT_EQ(reply_to(request_octets(4, 3), snapshot).leap, Leap::Unsynchronized);
  EXPECT_EQ(reply_to(request_octets(4, 3), snapshot, kNow - std::chrono::seconds(2)).leap,
            Leap::Insert);
}

TEST(Reply, SmearsAllItsStampsAndDoesNotAnnounceTheLeap) {
  ServerSnapshot snapshot = synchronized();
  snapshot.leap_second = {kNow + std::chrono::seconds(250), 1};
  snapshot.smear_interval = 1000;
  const auto reply = reply_to(request_octets(4, 3), snapshot);
  EXPECT_EQ(reply.leap, Leap::None);
  EXPECT_EQ(reply.reference_id, leap::smear_reference_id(-0.75));
  const auto back = std::chrono::milliseconds(750);
  EXPECT_EQ(reply.receive, NtpTimestamp::from_wall(kReceived - back));
  EXPECT_EQ(reply.transmit, NtpTimestamp::from_wall(kTransmit - back));
  EXPECT_EQ(reply.reference.raw(), 0xeeae249a00000000U - 0xc0000000U);
  EXPECT_EQ(reply.origin.raw(), 0xeeae24aa11223344U) << "the client's own";
}

TEST(Reply, IsItselfOutsideOfTheSmearButForTheLeap) {
  ServerSnapshot snapshot = synchronized();
  snapshot.leap_second = {kNow + std::chrono::seconds(2000), 1};
  snapshot.smear_interval = 1000;
  const auto reply = reply_to(request_octets(4, 3), snapshot);
  EXPECT_EQ(reply.leap, Leap::None);
  EXPECT_EQ(reply.reference_id.to_quad(), "10.77.0.1");
  EXPECT_EQ(reply.transmit, NtpTimestamp::from_wall(kTransmit));
}

}  // namespace
}  // namespace ntp::server
