// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/authentication.h"

#include <gtest/gtest.h>

#include "fake_model.h"
#include "keys.h"
#include "ntpd/control/responder.h"
#include "tests/support/fakes.h"

namespace ntp::control {
namespace {

using Bytes = std::vector<std::uint8_t>;
using wire::ControlError;
using wire::ControlOpcode;

class AuthenticationTest : public testing::Test {
 protected:
  AuthenticationTest() { give_golden_keys(ring_); }

  /// A request with its MAC at a multiple of so many octets.
  Bytes request(ControlOpcode opcode, std::string_view data, std::uint32_t key,
                std::size_t step = 4, std::uint16_t association = 0) {
    wire::ControlHeader header;
    header.opcode = static_cast<std::uint8_t>(opcode);
    header.association = association;
    Bytes datagram = wire::encode_control(header, as_bytes(data));
    datagram.resize((datagram.size() + step - 1) / step * step);
    std::array<std::uint8_t, crypto::KeyRing::kMaxTrailer> mac{};
    const std::size_t size = ring_.sign(key, datagram, mac);
    datagram.insert(datagram.end(), mac.begin(), mac.begin() + size);
    return datagram;
  }
  std::uint32_t key_of(const Bytes& datagram) {
    const auto frame = wire::decode_control_request(datagram);
    EXPECT_TRUE(frame);
    return frame ? authenticate(datagram, *frame, &ring_) : 0;
  }
  std::vector<Bytes> ask(const Bytes& datagram, std::uint32_t control_key = 1) {
    return Responder(model_, random_, {}, {&ring_, control_key}).respond(datagram, some_caller());
  }
  static std::optional<ControlError> error_of(const std::vector<Bytes>& answer) {
    EXPECT_EQ(answer.size(), 1U);
    const auto frame = wire::decode_control(answer.at(0));
    if (!frame->header.error) return std::nullopt;
    return static_cast<ControlError>(frame->header.status >> 8);
  }
  /// The key of a datagram of an answer whose MAC begins there and is good.
  std::uint32_t signer(const Bytes& datagram, std::size_t begin) {
    ByteReader in(ByteView(datagram).subspan(begin));
    const std::uint32_t key = in.u32();
    return ring_.verify(key, ByteView(datagram).first(begin), in.take(in.remaining())) ? key : 0;
  }

  crypto::KeyRing ring_;
  FakeModel model_;
  test::CountingRandom random_;
};

TEST_F(AuthenticationTest, FindsTheMacAtBothAlignments) {
  for (std::size_t size = 0; size <= 24; ++size) {
    for (const std::uint32_t key : {1U, 2U, 3U}) {
      for (const std::size_t step : {4U, 8U}) {
        EXPECT_EQ(key_of(request(ControlOpcode::ReadVariables, std::string(size, 'x'), key, step)),
                  key)
            << size << " octets, step " << step;
      }
    }
  }
}

TEST_F(AuthenticationTest, TakesNothingForAMacThatIsNone) {
  Bytes datagram = request(ControlOpcode::ReadVariables, "leap", 1);
  datagram.back() ^= 1;
  EXPECT_EQ(key_of(datagram), 0U);
  datagram.resize(20);
  EXPECT_EQ(key_of(datagram), 0U);
  datagram.resize(16);
  EXPECT_EQ(key_of(datagram), 0U);
  datagram.resize(576);
  EXPECT_EQ(key_of(datagram), 0U);
}

TEST_F(AuthenticationTest, SignsDataAtEightOctetsAndRefusalsAtTheHeader) {
  model_.user = {{"a=12345", false}};
  const auto answer = ask(request(ControlOpcode::ReadVariables, "a", 2));
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0].size(), 24U + 24U);
  EXPECT_EQ(signer(answer[0], 24), 2U);
  const auto refusal = ask(request(ControlOpcode::ReadVariables, "b", 2));
  EXPECT_EQ(error_of(refusal), ControlError::UnknownVariable);
  EXPECT_EQ(signer(refusal[0], 12), 2U);
}

TEST_F(AuthenticationTest, AnswersAWrongMacWithoutOne) {
  Bytes datagram = request(ControlOpcode::Unspecified, "", 1);
  datagram.back() ^= 1;
  EXPECT_EQ(ask(datagram),
            (std::vector<Bytes>{ask(Bytes(datagram.begin(), datagram.begin() + 12))}));
}

TEST_F(AuthenticationTest, SeeingAnAssociationAcknowledgesItsEvents) {
  model_.add_peer(5);
  ask(request(ControlOpcode::ReadVariables, "", 3, 4, 5));
  ask(request(ControlOpcode::ReadStatus, "", 3, 4, 5));
  EXPECT_EQ(model_.acknowledged, (std::vector<std::uint16_t>{5, 5}));
  Bytes bare = request(ControlOpcode::ReadVariables, "", 3, 4, 5);
  bare.resize(12);
  ask(bare);
  EXPECT_EQ(model_.acknowledged.size(), 2U);
}

TEST_F(AuthenticationTest, ListsRestrictionsForTheControlKeyOnly) {
  Bytes bare = request(ControlOpcode::ReadOrderedList, "addr_restrictions", 1);
  bare.resize(32);
  EXPECT_EQ(error_of(ask(bare)), ControlError::Permission);
  const auto other = ask(request(ControlOpcode::ReadOrderedList, "addr_restrictions", 2));
  EXPECT_EQ(error_of(other), ControlError::Permission);
  EXPECT_EQ(signer(other[0], 12), 2U);
  const auto unset = ask(request(ControlOpcode::ReadOrderedList, "addr_restrictions", 1), 0);
  EXPECT_EQ(error_of(unset), ControlError::Permission);
  const auto good = ask(request(ControlOpcode::ReadOrderedList, "addr_restrictions", 1));
  EXPECT_EQ(error_of(good), std::nullopt);
  const auto unknown = ask(request(ControlOpcode::ReadOrderedList, "addr_restriction", 1));
  EXPECT_EQ(error_of(unknown), ControlError::UnknownVariable);
}

TEST_F(AuthenticationTest, WritesRestrictionsAsNtpsecDoes) {
  model_.entries = {{Address::v4(0xc0000200), Address::v4(0xffffff00), 7, "ignore"},
                    {Address::any(Family::V6), Address::any(Family::V6), 0, ""}};
  const auto answer = ask(request(ControlOpcode::ReadOrderedList, "addr_restrictions", 1));
  ASSERT_EQ(answer.size(), 1U);
  const auto frame = wire::decode_control(answer[0]);
  EXPECT_EQ(frame->header.status, 0);
  // In any order, and one more of any name for each entry.
  const std::string text(as_text(frame->data));
  for (const std::string item : {"addr.0=192.0.2.0", "mask.0=255.255.255.0", "hits.0=7",
                                 "flags.0=ignore", "addr.1=::", "mask.1=::", "hits.1=0"}) {
    EXPECT_NE(text.find(item), std::string::npos) << item;
  }
  EXPECT_EQ(std::count(text.begin(), text.end(), '='), 10);
  EXPECT_LT(text.find(".0="), text.find(".1="));
  EXPECT_EQ(text.find(".0=", text.find(".1=")), std::string::npos);
}

TEST_F(AuthenticationTest, LeavesOutEntriesThatNoReplyCanHold) {
  model_.entries.assign(100'000, {Address::v4(0xc0000200), Address::v4(0xffffff00), 7, "ignore"});
  std::string text;
  for (const Bytes& datagram :
       ask(request(ControlOpcode::ReadOrderedList, "addr_restrictions", 1))) {
    text += as_text(wire::decode_control(datagram)->data);
  }
  EXPECT_LE(text.size(), 0xffffU);
  EXPECT_GT(text.size(), 0xf000U);
  const auto count = [&](const std::string& stem) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(stem, at)) != std::string::npos; ++at) ++found;
    return found;
  };
  EXPECT_EQ(count("addr."), count("flags."));
  EXPECT_EQ(count("addr."), count("hits."));
}

}  // namespace
}  // namespace ntp::control
