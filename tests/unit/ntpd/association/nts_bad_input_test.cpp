// SPDX-License-Identifier: BSD-2-Clause
// What a server of NTS can send that it should not, to the association that has asked it: for each
// the line in the log, the counters, and what comes next.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "libntp/nts/ke_client.h"
#include "ntpd/association/server_association.h"
#include "tests/support/hex.h"
#include "tests/unit/libntp/nts/packet_lab.h"

namespace ntp::association {
namespace {

using nts::FieldType;
using nts::test::append;
using nts::test::Octets;
using nts::test::PacketLab;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Address kServer = *parse_address("192.0.2.1");

template <class Wanted>
const Wanted* find_action(const Actions& actions) {
  for (const Action& action : actions) {
    if (const auto* found = std::get_if<Wanted>(&action)) return found;
  }
  return nullptr;
}

/// One line of ntp.conf with `nts`, and its server, which is also that of key establishment.
class NtsBadInput : public testing::Test {
 protected:
  NtsBadInput() {
    source_.host = "192.0.2.1";
    source_.nts = true;
    association_ =
        std::make_unique<ServerAssociation>(7, source_, Address(), context(), MonoTime(elapsed_),
                                            [](const Endpoint&) { return false; });
  }

  Context context() {
    Context result{.mono = MonoTime(elapsed_),
                   .wall = WallTime(seconds(1'780'000'000) + elapsed_),
                   .limits = limits_,
                   .random = lab_.random};
    result.nts = &counters_;
    return result;
  }
  /// Runs the timer when it is due.
  Actions poll() {
    elapsed_ = std::max(elapsed_, association_->due().time_since_epoch());
    Actions actions = association_->on_timer(context());
    if (const Send* send = find_action<Send>(actions)) {
      request_.assign(send->packet.begin(), send->packet.end());
      association_->sent(context().wall, number_++);
    }
    return actions;
  }
  /// Gives keys and eight cookies to who has asked for them.
  void establish() {
    ASSERT_TRUE(find_action<Establish>(poll()));
    nts::KeResult result;
    result.address = kServer;
    result.keys = lab_.keys;
    for (int i = 0; i < 8; ++i) result.agreement.cookies.add(lab_.cookie().view());
    association_->established(result, context());
  }
  /// Until a request is out.
  void ask() {
    for (int i = 0; i < 3; ++i) {
      if (find_action<Send>(poll())) return;
    }
    FAIL() << "nothing is sent";
  }
  Octets header() {
    const auto asked = wire::decode_header(request_);
    wire::Header reply;
    reply.mode = wire::Mode::Server;
    reply.stratum = 1;
    reply.precision = -20;
    reply.reference_id = RefId::from_text("GPS");
    reply.origin = asked->transmit;
    reply.receive = reply.transmit = NtpTimestamp::from_wall(context().wall + milliseconds(5));
    Octets octets(wire::kHeaderSize);
    ByteWriter out(octets);
    wire::encode_header(reply, out);
    return octets;
  }
  [[nodiscard]] nts::test::Field unique_id() const {
    return {FieldType::UniqueIdentifier, Octets(request_.begin() + 52, request_.begin() + 84)};
  }
  nts::test::Field seal(const Octets& packet, const Octets& inner = {},
                        const Octets& nonce = Octets(16, 4)) {
    return {FieldType::Authenticator,
            lab_.authenticator(packet, lab_.keys.s2c.view(), nonce, inner)};
  }
  static Octets cookies(std::size_t count, std::size_t size = 104) {
    Octets inner;
    for (std::size_t i = 0; i < count; ++i) append(inner, {FieldType::Cookie, Octets(size, 1)});
    return inner;
  }
  /// As it should be.
  Octets good() {
    Octets packet = header();
    append(packet, unique_id());
    append(packet, seal(packet, cookies(1)));
    return packet;
  }
  Octets kiss(const std::string& code, bool with_id) {
    Octets packet = header();
    packet[0] = 0xe4;
    packet[1] = 0;
    std::copy(code.begin(), code.end(), packet.begin() + 12);
    if (with_id) append(packet, unique_id());
    return packet;
  }
  Actions receive(const Octets& datagram) {
    elapsed_ += milliseconds(1);
    auto actions = association_->on_datagram(
        Datagram{datagram, {kServer, kNtpPort}, {}, context().wall}, context());
    EXPECT_TRUE(actions);
    return actions.value_or(Actions());
  }
  /// Why a datagram was refused, which is counted and told, and has no other effect.
  std::string refusal(const Octets& datagram) {
    const NtsClientCounters before = counters_;
    const std::uint64_t declined = association_->declined();
    const Actions actions = receive(datagram);
    EXPECT_EQ(counters_.bad, before.bad + 1);
    EXPECT_EQ(counters_.good, before.good);
    EXPECT_EQ(association_->declined(), declined + 1);
    EXPECT_EQ(actions.size(), 1U);
    const Note* note = find_action<Note>(actions);
    if (note == nullptr) return "no line";
    EXPECT_EQ(note->level, LogLevel::Info);
    const std::string begin = "NTSc: reply of 192.0.2.1 ignored: ";
    EXPECT_EQ(note->text.substr(0, begin.size()), begin);
    return note->text.substr(begin.size());
  }
  /// The request that is out still gets its answer.
  void expect_answer() {
    const std::uint64_t before = counters_.good;
    EXPECT_TRUE(find_action<RecordReply>(receive(good())));
    EXPECT_EQ(counters_.good, before + 1);
  }

  PacketLab lab_;
  config::SourceSettings source_;
  config::TosSettings limits_;
  NtsClientCounters counters_;
  Duration elapsed_ = seconds(1000);
  std::unique_ptr<ServerAssociation> association_;
  Octets request_;
  std::uint32_t number_ = 0;
};

TEST_F(NtsBadInput, TellsCountsAndIgnoresEachBadReply) {
  establish();
  ask();
  Octets old = good();
  ask();
  const auto with = [this](const Octets& fields) {
    Octets packet = header();
    packet.insert(packet.end(), fields.begin(), fields.end());
    return packet;
  };
  const auto two_ids = [&] {
    Octets packet = header();
    append(packet, unique_id());
    append(packet, unique_id());
    append(packet, seal(packet, cookies(1)));
    return packet;
  };
  const auto sealed_first = [&] {
    Octets packet = header();
    append(packet, seal(packet, cookies(1)));
    append(packet, unique_id());
    return packet;
  };
  const auto inner = [&](const Octets& octets) {
    Octets packet = header();
    append(packet, unique_id());
    append(packet, seal(packet, octets));
    return packet;
  };
  const auto nak_of_stranger = [&] {
    Octets packet = kiss("NTSN", false);
    append(packet, {FieldType::UniqueIdentifier, Octets(32, 0x55)});
    return packet;
  };
  const auto without_nonce = [&] {
    Octets packet = header();
    append(packet, unique_id());
    append(packet, seal(packet, cookies(1), {}));
    return packet;
  };
  const auto cookie_in_clear = [&] {
    Octets packet = header();
    append(packet, unique_id());
    append(packet, {FieldType::Cookie, Octets(104, 9)});
    return packet;
  };
  const auto too_long = [&] {
    Octets packet = good();
    packet.resize(nts::kMaxPacket + 4);
    return packet;
  };
  const std::vector<std::pair<Octets, std::string>> cases{
      {header(), "not protected by NTS"},
      {Octets(), "not protected by NTS"},
      {Octets(47, 0x24), "not protected by NTS"},
      {request_, "not protected by NTS"},  // reflected
      {kiss("DENY", false), "not protected by NTS"},
      {kiss("DENY", true), "not protected by NTS"},
      {kiss("RATE", true), "not protected by NTS"},
      {kiss("NTSN", false), "not protected by NTS"},
      {nak_of_stranger(), "another NTS unique identifier"},
      {old, "another NTS unique identifier"},  // replayed after the next request
      {cookie_in_clear(), "not protected by NTS"},
      {two_ids(), "malformed NTS fields"},
      {sealed_first(), "malformed NTS fields"},
      {with(Octets(40, 1)), "malformed NTS fields"},
      {inner(Octets{2, 4, 0, 3}), "malformed encrypted NTS fields"},
      {inner(Octets{2, 4, 0}), "malformed encrypted NTS fields"},
      {without_nonce(), "wrong NTS authenticator"},
      {too_long(), "not protected by NTS"},
  };
  int number = 0;
  for (const auto& [datagram, reason] : cases) {
    EXPECT_EQ(refusal(datagram), reason) << "case " << number;
    ++number;
  }
  expect_answer();
  // Nor is there a reason to ask for other keys, or to ask less often.
  const Actions next = poll();
  EXPECT_TRUE(find_action<Send>(next));
  EXPECT_FALSE(find_action<Establish>(next));
  EXPECT_EQ(association_->view(context()).kisses, 0U);
}

TEST_F(NtsBadInput, TakesNoReplyWithAFlippedBit) {
  establish();
  ask();
  const Octets whole = good();
  std::set<std::string> reasons;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Octets bad = whole;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    reasons.insert(refusal(bad));
  }
  EXPECT_EQ(reasons, (std::set<std::string>{"another NTS unique identifier", "malformed NTS fields",
                                            "not protected by NTS", "wrong NTS authenticator"}));
  EXPECT_EQ(counters_.bad, whole.size() * 8);
  expect_answer();
}

TEST_F(NtsBadInput, TakesNoReplyThatIsCut) {
  establish();
  ask();
  const Octets whole = good();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string reason =
        refusal(Octets(whole.begin(), whole.begin() + static_cast<int>(size)));
    EXPECT_TRUE(reason == "not protected by NTS" || reason == "malformed NTS fields")
        << size << ": " << reason;
  }
  EXPECT_EQ(counters_.bad, whole.size());
  expect_answer();
}

TEST_F(NtsBadInput, TakesNoncesOfEachLength) {
  establish();
  for (std::size_t size = 1; size <= 64; ++size) {
    ask();
    Octets packet = header();
    append(packet, unique_id());
    append(packet, seal(packet, cookies(1), Octets(size, 3)));
    EXPECT_TRUE(find_action<RecordReply>(receive(packet))) << size;
    EXPECT_EQ(counters_.good, size);
  }
  EXPECT_EQ(counters_.bad, 0U);
}

TEST_F(NtsBadInput, TakesWhatIsDoubledBehindTheAuthenticatorForNothing) {
  establish();
  ask();
  Octets packet = good();
  const Octets again(packet.begin() + wire::kHeaderSize, packet.end());
  packet.insert(packet.end(), again.begin(), again.end());
  EXPECT_TRUE(find_action<RecordReply>(receive(packet)));
  EXPECT_EQ(counters_.good, 1U);
  EXPECT_EQ(association_->view(context()).nts_cookies, 8);
}

TEST_F(NtsBadInput, TakesAReplyOnce) {
  establish();
  ask();
  const Octets reply = good();
  EXPECT_TRUE(find_action<RecordReply>(receive(reply)));
  for (int copy = 1; copy <= 3; ++copy) {
    const Actions actions = receive(reply);
    ASSERT_TRUE(find_action<Note>(actions));
    EXPECT_EQ(find_action<Note>(actions)->text,
              "NTSc: reply of 192.0.2.1 ignored: no request waits for it");
    EXPECT_EQ(counters_.bad, static_cast<std::uint64_t>(copy));
    EXPECT_EQ(association_->view(context()).old_packet, static_cast<std::uint64_t>(copy));
  }
  EXPECT_EQ(counters_.good, 1U);
  EXPECT_EQ(association_->view(context()).nts_cookies, 8);
  EXPECT_EQ(association_->view(context()).nts_error, "");
}

TEST_F(NtsBadInput, AsksForKeysAfterANakOfItsOwnThatNothingContradicts) {
  establish();
  ask();
  EXPECT_EQ(refusal(kiss("NTSN", true)), "NTS NAK");
  expect_answer();
  EXPECT_FALSE(find_action<Establish>(poll())) << "contradicted";
  EXPECT_EQ(refusal(kiss("NTSN", true)), "NTS NAK");
  EXPECT_EQ(association_->view(context()).nts_error, "NTS NAK");
  const Actions next = poll();
  EXPECT_TRUE(find_action<Establish>(next));
  EXPECT_TRUE(find_action<Send>(next)) << "by the old cookies until there are new ones";
}

TEST_F(NtsBadInput, KeepsNoCookieOfASizeThatCanNotBeUsed) {
  establish();
  ask();
  for (const std::size_t size : {0U, 1000U}) {
    Octets packet = header();
    append(packet, unique_id());
    append(packet, seal(packet, cookies(1, size)));
    EXPECT_TRUE(find_action<RecordReply>(receive(packet)));
    ask();
  }
  EXPECT_EQ(counters_.good, 2U);
  EXPECT_EQ(association_->view(context()).nts_cookies, 5);
}

const std::string kProtocol = "800100020000";
const std::string kAead = "80040002000f";
const std::string kEnd = "80000000";
const std::string kCookie = "0005000c" + std::string(24, '5');

std::string times(int count, const std::string& part) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

/// What a server for key establishment sends before it closes, and what the log says to that.
struct BadKeys {
  const char* name;
  std::string octets;
  std::string reason;
};

class BadKeyEstablishment : public NtsBadInput, public testing::WithParamInterface<BadKeys> {};

TEST_P(BadKeyEstablishment, IsToldCountedAndTriedAgain) {
  const Actions begun = poll();
  const auto* wanted = find_action<Establish>(begun);
  ASSERT_TRUE(wanted);
  nts::KeClient client(wanted->request.offer);
  client.feed(test::from_hex(GetParam().octets));
  Result<nts::KeResult> outcome = fail("");
  if (client.end() == nts::KeClient::State::Done) {
    outcome = nts::KeResult{client.agreement(), lab_.keys, kServer};
  } else {
    outcome = fail(client.error());
  }
  Actions actions = association_->established(outcome, context());
  if (const auto* lookup = find_action<Resolve>(actions)) {
    EXPECT_EQ(lookup->host, "no.test");
    actions = association_->resolved(fail("Name or service not known"), context());
  }
  const Note* note = find_action<Note>(actions);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->level, LogLevel::Warning);
  const std::string line = "NTSc: NTS-KE req to 192.0.2.1 failed: " + GetParam().reason;
  EXPECT_TRUE(note->text.starts_with(line + "; next try in 1")) << note->text;
  EXPECT_EQ(counters_.ke_bad, 1U);
  EXPECT_EQ(counters_.ke_good, 0U);
  EXPECT_EQ(association_->view(context()).nts_error, GetParam().reason);
  // Nothing is sent, and the next attempt comes in 10 s and up to a quarter more.
  EXPECT_FALSE(association_->view(context()).remote.address.is_set());
  const double wait = to_seconds(association_->due() - context().mono);
  EXPECT_GE(wait, 9.99);
  EXPECT_LE(wait, 12.51);
  const Actions next = poll();
  EXPECT_TRUE(find_action<Establish>(next));
  EXPECT_FALSE(find_action<Send>(next));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadKeyEstablishment,
    testing::Values(
        BadKeys{"Nothing", "", "the server closed without a reply"},
        BadKeys{"Garbage", times(64, "9c3f51aa"), "the reply ends within a record"},
        BadKeys{"Half", kProtocol + kAead + kCookie.substr(0, 14),
                "the reply ends within a record"},
        BadKeys{"NoEnd", kProtocol + kAead + kCookie, "the reply has no end of message"},
        BadKeys{"TooLong", times(5000, "0123000a" + std::string(20, '0')),
                "the reply is longer than 65536 octets"},
        BadKeys{"NoCookies", kProtocol + kAead + kEnd, "the reply has no cookies"},
        BadKeys{"CookieOf0", kProtocol + kAead + "00050000" + kEnd,
                "no cookie has a size that can be used"},
        BadKeys{"CookieOf60000", kProtocol + kAead + "0005ea60" + std::string(120000, '0') + kEnd,
                "no cookie has a size that can be used"},
        BadKeys{"CookieOf65531", kProtocol + kAead + "0005fffb" + std::string(131062, '0') + kEnd,
                "the reply is longer than 65536 octets"},
        BadKeys{"UnknownCritical", kProtocol + kAead + kCookie + "81230000" + kEnd,
                "unknown critical record 291"},
        BadKeys{"Error0", "800200020000" + kEnd,
                "the server sent error 0, unrecognized critical record"},
        BadKeys{"Error1", "800200020001" + kEnd, "the server sent error 1, bad request"},
        BadKeys{"Error2", "800200020002" + kEnd, "the server sent error 2, internal server error"},
        BadKeys{"Error99", "800200020063" + kEnd, "the server sent error 99"},
        BadKeys{"Warning", kProtocol + kAead + kCookie + "800300020001" + kEnd,
                "the server sent a warning"},
        BadKeys{"NoProtocol", "80010000" + kAead + kCookie + kEnd, "the server has no NTPv4"},
        BadKeys{"OtherProtocol", "800100028001" + kAead + kCookie + kEnd,
                "the server chose a protocol that was not offered"},
        BadKeys{"SecondProtocol", "8001000400008001" + kAead + kCookie + kEnd,
                "the server chose a protocol that was not offered"},
        BadKeys{"ProtocolTwice", kProtocol + kProtocol + kAead + kCookie + kEnd,
                "two next protocol records"},
        BadKeys{"NoAead", kProtocol + "80040000" + kEnd,
                "the server has none of the AEADs offered"},
        BadKeys{"OtherAead", kProtocol + "800400020011" + kCookie + kEnd,
                "the server chose AEAD 17, which was not offered"},
        BadKeys{"BehindTheEnd", kProtocol + kAead + kCookie + kEnd + kEnd,
                "data behind the end of message"},
        BadKeys{"Port0", kProtocol + kAead + kCookie + "800700020000" + kEnd,
                "the port record has no port"},
        BadKeys{"ServerThatIsNoName", kProtocol + kAead + kCookie + "80060003610a62" + kEnd,
                "the server record is not a name or an address"},
        BadKeys{"ServerUnknown", kProtocol + kAead + kCookie + "800600076e6f2e74657374" + kEnd,
                "server no.test: Name or service not known"},
        BadKeys{"ServerMulticast",
                kProtocol + kAead + kCookie + "800600093232342e302e312e31" + kEnd,
                "server 224.0.1.1: no address that can be used"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(NtsBadInput, TakesWhatIsOddButAllowed) {
  for (const std::string& odd :
       {times(100, kCookie), kCookie + "01230003616263", "00050000" + kCookie,
        kCookie + "0005ea60" + std::string(120000, '0')}) {
    ServerAssociation association(8, source_, Address(), context(), MonoTime(elapsed_),
                                  [](const Endpoint&) { return false; });
    ASSERT_TRUE(find_action<Establish>(association.on_timer(context())));
    nts::KeClient client({crypto::AeadId::AesSivCmac256});
    ASSERT_EQ(client.feed(test::from_hex(kProtocol + kAead + odd + kEnd)),
              nts::KeClient::State::Done)
        << client.error();
    const auto actions =
        association.established(nts::KeResult{client.agreement(), lab_.keys, kServer}, context());
    EXPECT_EQ(find_action<Note>(actions)->text, "DNS: Server taking: 192.0.2.1");
    EXPECT_EQ(association.view(context()).remote.address, kServer);
    EXPECT_TRUE(find_action<Send>(association.on_timer(context())));
  }
  EXPECT_EQ(counters_.ke_good, 4U);
  EXPECT_EQ(counters_.ke_bad, 0U);
}

}  // namespace
}  // namespace ntp::association
