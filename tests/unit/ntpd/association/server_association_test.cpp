// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/server_association.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fakes.h"

namespace ntp::association {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

template <class Wanted>
const Wanted* find_action(const Actions& actions) {
  for (const Action& action : actions) {
    if (const auto* found = std::get_if<Wanted>(&action)) return found;
  }
  return nullptr;
}

/// Nothing is done about a reply but to write it down.
bool has_no_effect(const Actions& actions) {
  return std::all_of(actions.begin(), actions.end(), [](const Action& action) {
    return std::holds_alternative<RecordReply>(action);
  });
}

/// A daemon with one association and a clock that the test moves.
class ServerAssociationTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kStart = 1'780'000'000;

  ServerAssociationTest() { source_.host = "192.0.2.1"; }

  Context context() {
    return Context{.mono = MonoTime(elapsed_),
                   .wall = WallTime(seconds(kStart) + elapsed_),
                   .active_sources = &active_sources_,
                   .limits = limits_,
                   .random = random_,
                   .keys = &keys_};
  }
  void make(Address pool_address = {}) {
    association_ = std::make_unique<ServerAssociation>(
        7, source_, pool_address, context(), MonoTime(elapsed_), [this](const Endpoint& server) {
          return std::find(used_.begin(), used_.end(), server.address) != used_.end();
        });
  }
  /// Runs the timer when it is due, and sends what it asks for.
  Actions poll() {
    elapsed_ = std::max(elapsed_, association_->due().time_since_epoch());
    Actions actions = association_->on_timer(context());
    if (const Send* send = find_action<Send>(actions)) {
      request_ = *wire::decode_header(send->packet);
      association_->sent(context().wall, number_++);
    }
    return actions;
  }
  wire::Header reply() {
    wire::Header header;
    header.mode = wire::Mode::Server;
    header.stratum = 1;
    header.precision = -20;
    header.reference_id = RefId::from_text("GPS");
    header.origin = request_.transmit;
    header.receive = NtpTimestamp::from_wall(context().wall + offset_ + milliseconds(5));
    header.transmit = NtpTimestamp::from_wall(context().wall + offset_ + milliseconds(5));
    return header;
  }
  Actions receive(const wire::Header& header, Duration round_trip = milliseconds(10)) {
    return offer(header, round_trip).value();
  }
  std::optional<Actions> offer(const wire::Header& header, Duration round_trip = milliseconds(10)) {
    std::array<std::uint8_t, wire::kHeaderSize> packet{};
    ByteWriter out(packet);
    wire::encode_header(header, out);
    elapsed_ += round_trip;
    return association_->on_datagram(
        Datagram{packet, {association_->address(), 123}, {}, context().wall}, context());
  }
  Actions exchange() {
    poll();
    return receive(reply());
  }

  config::SourceSettings source_;
  config::TosSettings limits_;
  crypto::KeyRing keys_;
  test::CountingRandom random_;
  std::vector<Address> used_;
  int active_ = 1;
  std::function<int()> active_sources_ = [this] { return active_; };
  std::unique_ptr<ServerAssociation> association_;
  Duration elapsed_ = seconds(1000);
  Duration offset_ = Duration::zero();
  wire::Header request_;
  std::uint32_t number_ = 0;
};

TEST_F(ServerAssociationTest, RequestTellsNothingButItsVersion) {
  source_.version = 3;
  make();
  poll();
  EXPECT_EQ(request_.mode, wire::Mode::Client);
  EXPECT_EQ(request_.version, 3);
  EXPECT_TRUE(request_.origin.is_zero());
  EXPECT_TRUE(request_.receive.is_zero());
  EXPECT_TRUE(request_.reference.is_zero());
  EXPECT_FALSE(request_.transmit.is_zero());
  EXPECT_EQ(request_.stratum, 0);
}

TEST_F(ServerAssociationTest, TransmitStampIsAFreshRandomNumberEachTime) {
  make();
  poll();
  const auto first = request_.transmit;
  EXPECT_NE(first, NtpTimestamp::from_wall(context().wall));
  poll();
  EXPECT_NE(request_.transmit, first);
}

TEST_F(ServerAssociationTest, AGoodReplyGivesASampleOfTheServersOffset) {
  offset_ = milliseconds(250);
  make();
  const Actions actions = exchange();
  EXPECT_NE(find_action<Reselect>(actions), nullptr);
  EXPECT_NE(find_action<Report>(actions), nullptr);
  EXPECT_NEAR(association_->estimate().offset, 0.25, 1e-6);
  EXPECT_NEAR(association_->estimate().delay, 0.01, 1e-6);
  EXPECT_EQ(association_->reach(), 1);
  const auto view = association_->view(context());
  EXPECT_EQ(view.stratum, 1);
  EXPECT_EQ(view.flash & flash::kPacketTests, 0U);
  EXPECT_TRUE(view.authentic);
}

TEST_F(ServerAssociationTest, BiasIsAddedToTheOffset) {
  source_.bias = 0.5;
  make();
  exchange();
  EXPECT_NEAR(association_->estimate().offset, 0.5, 1e-6);
}

TEST_F(ServerAssociationTest, KernelStampReplacesOurOwnReading) {
  make();
  poll();
  association_->transmit_stamped(number_ - 1, context().wall + milliseconds(4));
  receive(reply());
  EXPECT_NEAR(association_->estimate().delay, 0.006, 1e-6);
}

TEST_F(ServerAssociationTest, KernelStampsOfOtherPacketsOrOtherTimesAreIgnored) {
  make();
  poll();
  association_->transmit_stamped(number_ + 5, context().wall + milliseconds(4));
  association_->transmit_stamped(number_ - 1, context().wall - milliseconds(1));
  association_->transmit_stamped(number_ - 1, context().wall + seconds(3));
  receive(reply());
  EXPECT_NEAR(association_->estimate().delay, 0.01, 1e-6);
}

TEST_F(ServerAssociationTest, OneReplyToARequestCountsAndTheNextIsADuplicate) {
  make();
  exchange();
  EXPECT_TRUE(has_no_effect(receive(reply())));
  const auto view = association_->view(context());
  EXPECT_EQ(view.old_packet, 1U);
  EXPECT_EQ(view.flash & flash::kPacketTests, flash::kDuplicate);
}

TEST_F(ServerAssociationTest, BogusAndZeroOriginsAreCountedAndTheRealReplyStillCounts) {
  make();
  poll();
  wire::Header bogus = reply();
  bogus.origin = NtpTimestamp(bogus.origin.raw() + 1);
  EXPECT_TRUE(has_no_effect(receive(bogus, milliseconds(1))));
  bogus.origin = {};
  bogus.transmit = NtpTimestamp(bogus.transmit.raw() + 1);
  EXPECT_TRUE(has_no_effect(receive(bogus, milliseconds(1))));
  EXPECT_EQ(association_->view(context()).bogus_origin, 2U);
  EXPECT_EQ(association_->reach(), 0);
  receive(reply());
  EXPECT_EQ(association_->reach(), 1);
}

TEST_F(ServerAssociationTest, PacketsOfAnotherModeOrVersionAreNoReplies) {
  make();
  poll();
  for (const auto mode : {wire::Mode::SymmetricActive, wire::Mode::SymmetricPassive,
                          wire::Mode::Client, wire::Mode::Broadcast}) {
    wire::Header other = reply();
    other.mode = mode;
    EXPECT_FALSE(offer(other, milliseconds(1)));
  }
  for (const int version : {0, 5, 6, 7}) {
    wire::Header other = reply();
    other.version = version;
    EXPECT_FALSE(offer(other, milliseconds(1)));
  }
  EXPECT_EQ(association_->reach(), 0);
}

TEST_F(ServerAssociationTest, AnUnsynchronizedServerIsNotReached) {
  make();
  poll();
  wire::Header header = reply();
  header.leap = Leap::Unsynchronized;
  header.stratum = 16;
  receive(header);
  EXPECT_EQ(association_->reach(), 0);
  EXPECT_TRUE(association_->view(context()).flash & flash::kUnsynchronized);
}

TEST_F(ServerAssociationTest, ALongRoundTripIsRefused) {
  make();
  poll();
  receive(reply(), milliseconds(1600));
  EXPECT_EQ(association_->reach(), 0);
  EXPECT_TRUE(association_->view(context()).flash & flash::kTooLate);
}

TEST_F(ServerAssociationTest, RateKissRaisesThePollInterval) {
  make();
  poll();
  wire::Header kiss = reply();
  kiss.leap = Leap::Unsynchronized;
  kiss.stratum = 0;
  kiss.reference_id = kiss::kRate;
  kiss.poll = 8;
  receive(kiss);
  EXPECT_EQ(association_->view(context()).host_poll, 8);
  EXPECT_EQ(association_->view(context()).kisses, 1U);
  EXPECT_GE(association_->due() - MonoTime(elapsed_), seconds(250));
}

TEST_F(ServerAssociationTest, DenyKissStopsTheSource) {
  make();
  poll();
  wire::Header kiss = reply();
  kiss.leap = Leap::Unsynchronized;
  kiss.stratum = 0;
  kiss.reference_id = kiss::kDeny;
  const Actions actions = receive(kiss);
  EXPECT_NE(find_action<Note>(actions), nullptr);
  EXPECT_TRUE(association_->view(context()).flash & flash::kDenied);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(find_action<Send>(poll()), nullptr);
}

TEST_F(ServerAssociationTest, KissesWithoutOurOriginAreNotObeyed) {
  make();
  poll();
  for (const RefId code : {kiss::kRate, kiss::kDeny, kiss::kRestrict}) {
    wire::Header kiss = reply();
    kiss.leap = Leap::Unsynchronized;
    kiss.stratum = 0;
    kiss.reference_id = code;
    kiss.origin = NtpTimestamp(12345);
    EXPECT_TRUE(has_no_effect(receive(kiss, milliseconds(1))));
  }
  EXPECT_EQ(association_->view(context()).host_poll, 6);
  EXPECT_NE(find_action<Send>(poll()), nullptr);
}

TEST_F(ServerAssociationTest, ReachCountsTheLastEightPolls) {
  make();
  for (int i = 0; i < 10; ++i) exchange();
  EXPECT_EQ(association_->reach(), 0xff);
  poll();
  EXPECT_EQ(association_->reach(), 0xfe);
  Actions last;
  for (int i = 0; i < 7; ++i) last = poll();
  EXPECT_EQ(association_->reach(), 0);
  EXPECT_NE(find_action<Reselect>(last), nullptr);
  EXPECT_NE(find_action<Report>(last), nullptr);
}

TEST_F(ServerAssociationTest, IburstSendsSevenRequestsWithinAMinute) {
  source_.iburst = true;
  make();
  const Duration began = elapsed_;
  for (int i = 0; i < 7; ++i) exchange();
  EXPECT_LE(elapsed_ - began, seconds(49));
  EXPECT_GE(elapsed_ - began, seconds(10));
  EXPECT_GE(association_->due() - MonoTime(elapsed_), seconds(14));
}

TEST_F(ServerAssociationTest, AFreshPortIsUsedAtTheStartAndAfterSilence) {
  make();
  EXPECT_TRUE(find_action<Send>(poll())->fresh_port);
  receive(reply());
  EXPECT_FALSE(find_action<Send>(poll())->fresh_port);
  EXPECT_TRUE(find_action<Send>(poll())->fresh_port);
}

TEST_F(ServerAssociationTest, ANameIsLookedUpAndTheFirstFreeAddressTaken) {
  source_.host = "ntp.example.net";
  used_ = {*parse_address("192.0.2.8")};
  make();
  const Actions actions = poll();
  ASSERT_NE(find_action<Resolve>(actions), nullptr);
  EXPECT_EQ(find_action<Resolve>(actions)->host, "ntp.example.net");
  EXPECT_EQ(association_->reference_id(), refid::kDns);
  association_->resolved(std::vector{*parse_address("192.0.2.8"), *parse_address("2001:db8::1")},
                         context());
  EXPECT_EQ(association_->address().to_string(), "2001:db8::1");
  EXPECT_EQ(association_->reference_id(), refid::kDns6);
  EXPECT_LE(association_->due(), MonoTime(elapsed_));
  EXPECT_EQ(association_->view(context()).host_name, "ntp.example.net");
}

TEST_F(ServerAssociationTest, FailedLookUpsAreRepeatedEverMoreRarelyAndToldOnce) {
  source_.host = "ntp.example.net";
  make();
  std::vector<double> waits;
  int notes = 0;
  for (int i = 0; i < 12; ++i) {
    poll();
    const Actions actions = association_->resolved(fail("no such name"), context());
    notes += find_action<Note>(actions) != nullptr;
    waits.push_back(to_seconds(association_->due() - MonoTime(elapsed_)));
  }
  EXPECT_EQ(notes, 1);
  EXPECT_EQ(waits.front(), 8);
  EXPECT_EQ(waits.back(), 1024);
  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
}

TEST_F(ServerAssociationTest, ADeadServersNameIsLookedUpAnew) {
  source_.host = "ntp.example.net";
  make();
  poll();
  association_->resolved(std::vector{*parse_address("192.0.2.8")}, context());
  const Resolve* again = nullptr;
  for (int i = 0; i < 30 && again == nullptr; ++i) again = find_action<Resolve>(poll());
  ASSERT_NE(again, nullptr);
  association_->resolved(std::vector{*parse_address("192.0.2.9")}, context());
  EXPECT_EQ(association_->address().to_string(), "192.0.2.9");
}

TEST_F(ServerAssociationTest, ASilentServerThatComesBackGetsItsBurst) {
  source_.iburst = true;
  for (const int silent : {1, 2, 3, 4, 9, 30}) {
    make();
    for (int i = 0; i < silent; ++i) poll();
    const Duration asked = elapsed_;
    poll();
    EXPECT_LE(elapsed_ - asked, silent < 8 ? seconds(66) : seconds(1056)) << silent;
    receive(reply());
    const Duration back = elapsed_;
    for (int i = 0; i < 6; ++i) exchange();
    EXPECT_LE(elapsed_ - back, seconds(49)) << silent;
  }
}

TEST_F(ServerAssociationTest, ADeadPoolMemberIsGivenUpOnceThereAreEnoughWithoutIt) {
  source_.type = config::SourceType::Pool;
  source_.host = "pool.example.net";
  make(*parse_address("192.0.2.9"));
  for (int i = 0; i < 30; ++i) EXPECT_EQ(find_action<Demobilize>(poll()), nullptr);
  EXPECT_TRUE(association_->dead());
  active_ = limits_.max_clock + 1;
  EXPECT_NE(find_action<Demobilize>(poll()), nullptr);
}

TEST_F(ServerAssociationTest, IsACandidateWithTheSecondExchange) {
  make();
  exchange();
  EXPECT_FALSE(association_->candidate(context()));
  exchange();
  const auto candidate = association_->candidate(context());
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->id, 7);
  EXPECT_EQ(candidate->stratum, 1);
  EXPECT_LT(candidate->root_distance, 0.1);
}

TEST_F(ServerAssociationTest, NoselectNeverIsACandidate) {
  source_.noselect = true;
  make();
  for (int i = 0; i < 8; ++i) exchange();
  EXPECT_FALSE(association_->candidate(context()));
  EXPECT_EQ(association_->view(context()).flash, flash::kPeerUnreachable);
}

TEST_F(ServerAssociationTest, AServerThatFollowsUsIsALoop) {
  make();
  association_->set_local({*parse_address("192.0.2.77"), 40000});
  for (int i = 0; i < 8; ++i) {
    poll();
    wire::Header header = reply();
    header.stratum = 3;
    header.reference_id = RefId::from_v4(*parse_address("192.0.2.77"));
    receive(header);
  }
  EXPECT_FALSE(association_->candidate(context()));
  EXPECT_EQ(association_->view(context()).flash, flash::kPeerLoop);
}

TEST_F(ServerAssociationTest, AStepVoidsSamplesAndTheReplyUnderWay) {
  make();
  for (int i = 0; i < 5; ++i) exchange();
  poll();
  const wire::Header late = reply();
  association_->clock_stepped(context());
  EXPECT_TRUE(has_no_effect(receive(late)));
  EXPECT_EQ(association_->reach(), 0);
  EXPECT_EQ(association_->reference_id(), refid::kStep);
  EXPECT_FALSE(association_->candidate(context()));
}

TEST_F(ServerAssociationTest, RecordsEachGoodReplyWithItsStampsAndANewEstimate) {
  make();
  const Duration sent = (poll(), elapsed_);
  const Actions actions = receive(reply());
  const RecordReply* record = find_action<RecordReply>(actions);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->flags, 0U);
  EXPECT_EQ(record->sent, WallTime(seconds(kStart) + sent));
  EXPECT_EQ(record->returned, WallTime(seconds(kStart) + elapsed_));
  EXPECT_EQ(record->reply.origin, request_.transmit);
  EXPECT_EQ(record->lost, 0U);
  EXPECT_EQ(record->rejected, 0U);
  EXPECT_NE(find_action<RecordEstimate>(actions), nullptr);
}

TEST_F(ServerAssociationTest, RecordsTheFirstRejectedReplyToEachRequestOnly) {
  make();
  for (int round = 0; round < 2; ++round) {
    poll();
    wire::Header bogus = reply();
    bogus.origin = NtpTimestamp(12345);
    const Actions first = receive(bogus, milliseconds(1));
    ASSERT_NE(find_action<RecordReply>(first), nullptr);
    EXPECT_EQ(find_action<RecordReply>(first)->flags, flash::kBogus);
    EXPECT_EQ(find_action<RecordReply>(first)->rejected, 1U);
    EXPECT_TRUE(receive(bogus, milliseconds(1)).empty());
    const Actions good = receive(reply());
    EXPECT_EQ(find_action<RecordReply>(good)->rejected, 2U);
  }
}

TEST_F(ServerAssociationTest, RecordsHowManyRequestsGotNoAnswer) {
  make();
  poll();
  poll();
  poll();
  const Actions actions = receive(reply());
  EXPECT_EQ(find_action<RecordReply>(actions)->lost, 2U);
  const Actions next = exchange();
  EXPECT_EQ(find_action<RecordReply>(next)->lost, 0U);
}

TEST_F(ServerAssociationTest, RecordsWhyAnAnswerIsRefused) {
  make();
  poll();
  const Actions late = receive(reply(), milliseconds(1600));
  EXPECT_EQ(find_action<RecordReply>(late)->flags, flash::kTooLate);
  poll();
  wire::Header header = reply();
  header.stratum = 16;
  const Actions unfit = receive(header);
  EXPECT_EQ(find_action<RecordReply>(unfit)->flags, flash::kUnsynchronized);
  EXPECT_EQ(find_action<RecordEstimate>(unfit), nullptr);
}

TEST_F(ServerAssociationTest, TellsWhyNoTimeComes) {
  make();
  poll();
  association_->send_failed("192.0.2.1:123: Network is unreachable");
  EXPECT_EQ(association_->view(context()).send_error, "Network is unreachable");
  poll();
  EXPECT_EQ(association_->view(context()).send_error, "");
  association_->undelivered("Connection refused");
  EXPECT_EQ(association_->view(context()).send_error, "Connection refused");

  association_->count_restricted();
  EXPECT_EQ(association_->view(context()).restricted, 1U);

  poll();
  wire::Header kiss = reply();
  kiss.leap = Leap::Unsynchronized;
  kiss.stratum = 0;
  kiss.reference_id = kiss::kRate;
  receive(kiss);
  EXPECT_EQ(association_->view(context()).kiss_code, "RATE");
  exchange();
  EXPECT_EQ(association_->view(context()).kiss_code, "");
}

TEST_F(ServerAssociationTest, TellsWhyANameIsNotResolved) {
  source_.host = "ntp.example.net";
  make();
  poll();
  association_->resolved(ntp::fail("no such name"), context());
  EXPECT_EQ(association_->view(context()).dns_error, "no such name");
  association_->resolved(std::vector<Address>{*parse_address("192.0.2.9")}, context());
  EXPECT_EQ(association_->view(context()).dns_error, "");
}

TEST_F(ServerAssociationTest, AnAddressOfTheOtherFamilyIsNotUsed) {
  source_.family = Family::V6;
  make();
  EXPECT_FALSE(association_->address().is_set());
  EXPECT_NE(find_action<Resolve>(poll()), nullptr);
}

class KeyedAssociationTest : public ServerAssociationTest {
 protected:
  KeyedAssociationTest() {
    source_.key = 7;
    crypto::KeyRing::Keys keys;
    for (const std::uint32_t id : {7U, 8U}) {
      keys.emplace(id, *crypto::MacKey::make(*crypto::find_mac_type("SHA1"), as_bytes("secret")));
    }
    keys_.set_keys(std::move(keys));
    keys_.trust(7, 8);
  }
  /// A reply with a MAC by this key, or without one for 0.
  std::vector<std::uint8_t> octets_of(const wire::Header& header, std::uint32_t key) {
    std::vector<std::uint8_t> octets(wire::kHeaderSize + crypto::KeyRing::kMaxTrailer);
    ByteWriter out(octets);
    wire::encode_header(header, out);
    const std::size_t mac =
        key == 0 ? 0 : keys_.sign(key, out.written(), ByteSpan(octets).subspan(48));
    octets.resize(wire::kHeaderSize + mac);
    return octets;
  }
  Actions receive_octets(const std::vector<std::uint8_t>& octets,
                         ServerAssociation::Trust trust = ServerAssociation::Trust::Anyone) {
    elapsed_ += milliseconds(10);
    return *association_->on_datagram(
        Datagram{octets, {association_->address(), 123}, {}, context().wall}, context(), trust);
  }
  control::PeerView view() { return association_->view(context()); }
};

TEST_F(KeyedAssociationTest, SignsItsRequests) {
  make();
  const Actions actions = poll();
  const Send* send = find_action<Send>(actions);
  ASSERT_NE(send, nullptr);
  ASSERT_EQ(send->packet.size(), 72U);
  const ByteView packet = send->packet;
  EXPECT_EQ(ByteReader(packet.subspan(48)).u32(), 7U);
  EXPECT_TRUE(keys_.verify(7, packet.first(48), packet.subspan(52)));
  EXPECT_TRUE(view().auth_enabled);
  EXPECT_EQ(view().key_id, 7U);
}

TEST_F(KeyedAssociationTest, TakesTimeFromAReplyByItsKey) {
  make();
  poll();
  EXPECT_NE(find_action<Reselect>(receive_octets(octets_of(reply(), 7))), nullptr);
  EXPECT_EQ(view().reach, 1);
  EXPECT_TRUE(view().authentic);
  EXPECT_EQ(view().flash & flash::kAuthentication, 0U);
}

TEST_F(KeyedAssociationTest, TakesNothingFromOtherReplies) {
  make();
  poll();
  auto wrong = octets_of(reply(), 7);
  wrong.back() ^= 1;
  auto shortened = octets_of(reply(), 7);
  shortened.resize(68);
  auto crypto_nak = octets_of(reply(), 7);
  crypto_nak.resize(52);
  std::uint64_t bad = 0;
  for (const auto& octets :
       {wrong, shortened, crypto_nak, octets_of(reply(), 0), octets_of(reply(), 8)}) {
    const Actions actions = receive_octets(octets);
    ASSERT_EQ(actions.size(), 1U);
    ASSERT_NE(find_action<Report>(actions), nullptr);
    EXPECT_EQ(find_action<Report>(actions)->event, control::PeerEvent::BadAuth);
    EXPECT_EQ(view().bad_authentication, ++bad);
    EXPECT_NE(view().flash & flash::kAuthentication, 0U);
    EXPECT_EQ(view().reach, 0);
    EXPECT_EQ(view().packets_received, 0U);
    EXPECT_FALSE(view().authentic);
  }
  // None of them has used up the request.
  receive_octets(octets_of(reply(), 7));
  EXPECT_EQ(view().reach, 1);
}

TEST_F(KeyedAssociationTest, DoesNotLetAStrangerReport) {
  make();
  poll();
  wire::Header stray = reply();
  stray.origin = NtpTimestamp(12345);
  EXPECT_TRUE(receive_octets(octets_of(stray, 0)).empty());
  EXPECT_EQ(view().bad_authentication, 1U);
}

TEST_F(KeyedAssociationTest, AsksNobodyWithoutAUsableKey) {
  source_.key = 9;
  make();
  const Actions actions = poll();
  EXPECT_EQ(find_action<Send>(actions), nullptr);
  ASSERT_NE(find_action<Report>(actions), nullptr);
  EXPECT_EQ(find_action<Report>(actions)->detail, "no key");
  EXPECT_EQ(view().bad_authentication, 1U);
  EXPECT_NE(view().flash & flash::kAuthentication, 0U);
  EXPECT_EQ(view().packets_sent, 0U);
}

TEST_F(KeyedAssociationTest, AsksOnceItsKeyIsThere) {
  source_.key = 9;
  make();
  poll();
  crypto::KeyRing::Keys keys;
  keys.emplace(9, *crypto::MacKey::make(*crypto::find_mac_type("MD5"), as_bytes("late")));
  keys_.set_keys(std::move(keys));
  keys_.trust(9, 9);
  EXPECT_NE(find_action<Send>(poll()), nullptr);
}

TEST_F(KeyedAssociationTest, WithoutAKeyOfItsOwnAWrongMacIsStillWrong) {
  source_.key = 0;
  make();
  poll();
  auto wrong = octets_of(reply(), 7);
  wrong.back() ^= 1;
  receive_octets(wrong);
  EXPECT_EQ(view().bad_authentication, 1U);
  receive_octets(octets_of(reply(), 8));
  EXPECT_EQ(view().reach, 1);
}

TEST_F(KeyedAssociationTest, NotrustWantsAMacOfAnyTrustedKey) {
  source_.key = 0;
  make();
  poll();
  receive_octets(octets_of(reply(), 0), ServerAssociation::Trust::KeyHoldersOnly);
  EXPECT_EQ(view().bad_authentication, 1U);
  receive_octets(octets_of(reply(), 8), ServerAssociation::Trust::KeyHoldersOnly);
  EXPECT_EQ(view().reach, 1);
}

}  // namespace
}  // namespace ntp::association
