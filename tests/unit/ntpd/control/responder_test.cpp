// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/responder.h"

#include <gtest/gtest.h>

#include "fake_model.h"
#include "libntp/wire/control.h"
#include "tests/support/fakes.h"

namespace ntp::control {
namespace {

using wire::ControlError;
using wire::ControlOpcode;

class ResponderTest : public testing::Test {
 protected:
  struct Answer {
    wire::ControlHeader header;  // of the last frame
    std::string text;
    std::size_t frames = 0;

    [[nodiscard]] std::optional<ControlError> error() const {
      if (!header.error) return std::nullopt;
      return static_cast<ControlError>(header.status >> 8);
    }
  };

  Answer ask(ControlOpcode opcode, std::uint16_t association, std::string_view data = {}) {
    wire::ControlHeader header;
    header.opcode = static_cast<std::uint8_t>(opcode);
    header.association = association;
    header.sequence = 7;
    Responder responder(model_, random_, {"m", "s", "r", "ntpd regulator-0.1.0 (ntpsec-1.2.5)"});
    Answer answer;
    for (const auto& datagram :
         responder.respond(wire::encode_control(header, as_bytes(data)), some_caller())) {
      const auto frame = wire::decode_control(datagram);
      EXPECT_TRUE(frame);
      answer.header = frame->header;
      answer.text += as_text(frame->data);
      ++answer.frames;
    }
    return answer;
  }
  Answer read(std::string_view names) { return ask(ControlOpcode::ReadVariables, 0, names); }

  FakeModel model_;
  test::CountingRandom random_;
};

TEST_F(ResponderTest, SendsTheDefaultSetOfAFreshDaemon) {
  const Answer answer = read("");
  EXPECT_EQ(answer.header.leap, Leap::Unsynchronized);
  EXPECT_EQ(answer.header.status, 0xc000);
  EXPECT_EQ(answer.text,
            "leap=3, stratum=16, precision=-20, rootdelay=0.000, rootdisp=0.000,\r\n"
            "rootdist=0.000, refid=INIT, reftime=0x00000000.00000000, tc=6, peer=0,\r\n"
            "offset=0.000000, frequency=0.000, sys_jitter=0.000000,\r\n"
            "clk_jitter=0.000000, clock=0x83aa7e80.00000000, processor=\"m\",\r\n"
            "system=\"s\", release=\"r\", version=\"ntpd regulator-0.1.0 (ntpsec-1.2.5)\",\r\n"
            "clk_wander=0.000000, tai=0, leapsec=1970-01-01T00:00Z,\r\n"
            "expire=1970-01-01T00:00Z, mintc=0\r\n");
}

TEST_F(ResponderTest, KnowsACounterOnlyIfTheDaemonCounts) {
  EXPECT_EQ(read("ss_received").error(), ControlError::UnknownVariable);
  EXPECT_EQ(read("leap,ss_received").error(), ControlError::UnknownVariable);
  EXPECT_EQ(read("sys_var_list").text.find("ss_received"), std::string::npos);
  model_.counters["ss_received"] = 42;
  EXPECT_EQ(read("ss_received").text, "ss_received=42\r\n");
  EXPECT_NE(read("sys_var_list").text.find(",ss_uptime,ss_received,"), std::string::npos);
}

TEST_F(ResponderTest, WritesNegativeAges) {
  model_.counters["mru_maxage"] = static_cast<std::uint64_t>(-1);
  EXPECT_EQ(read("mru_maxage").text, "mru_maxage=-1\r\n");
}

TEST_F(ResponderTest, WritesQuantitiesWithThreeDecimals) {
  model_.quantities["koffset"] = -1.5;
  EXPECT_EQ(read("koffset").text, "koffset=-1.500\r\n");
}

TEST_F(ResponderTest, NamesTheSystemPeersAddress) {
  EXPECT_EQ(read("peeradr,peermode").text, "peeradr=\"0.0.0.0:0\", peermode=0\r\n");
  model_.system_view.peer_address = {*parse_address("fd00::1"), 123};
  EXPECT_EQ(read("peeradr").text, "peeradr=\"[fd00::1]:123\"\r\n");
}

TEST_F(ResponderTest, TakesSystemNamesStrictlyButUserNamesWithTolerance) {
  model_.user = {{"note=hello world", true}};
  EXPECT_EQ(read(" note").text, "note=hello world\r\n");
  EXPECT_EQ(read(",note").text, "note=hello world\r\n");
  EXPECT_EQ(read(" leap").error(), ControlError::UnknownVariable);
  EXPECT_EQ(read("leap,,").error(), ControlError::BadValue);
  EXPECT_EQ(read("leap, ").error(), ControlError::BadValue);
  EXPECT_EQ(read("leap,,note").text, "leap=3, note=hello world\r\n");
}

TEST_F(ResponderTest, HasTheDaemonsVersionAsAUserVariable) {
  EXPECT_EQ(read("daemon_version").text,
            "daemon_version=\"ntpd regulator-0.1.0 (ntpsec-1.2.5)\"\r\n");
}

TEST_F(ResponderTest, SendsWhatNtpsecHasNotOnlyIfAskedByName) {
  auto& peer = model_.add_peer(1);
  peer.send_error = "Network is \"down\"";
  const auto ask_peer = [&](std::string_view names) {
    return ask(ControlOpcode::ReadVariables, 1, names).text;
  };
  EXPECT_EQ(ask_peer("srcname,noselect,restricted,dnserror,senderror,ntserror,kisscode"),
            "noselect=0, restricted=0, senderror=\"Network is .down.\"\r\n");
  EXPECT_EQ(ask_peer("").find("noselect"), std::string::npos);
  EXPECT_EQ(ask_peer("peer_var_list").find("senderror"), std::string::npos);
  EXPECT_EQ(read("minsane,maxdist,clockstate").text,
            "minsane=1, maxdist=0.000, clockstate=\"\"\r\n");
  EXPECT_EQ(read("sys_var_list").text.find("minsane"), std::string::npos);
}

TEST_F(ResponderTest, TreatsAListOfNothingAsNoListForAssociations) {
  model_.add_peer(1);
  const std::string defaults = ask(ControlOpcode::ReadVariables, 1).text;
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, " ,").text, defaults);
  EXPECT_EQ(ask(ControlOpcode::ReadStatus, 1, "junk").text, defaults);
}

TEST_F(ResponderTest, IgnoresTheListFromATooLongValueOn) {
  model_.add_peer(1).reach = 1;
  const auto ask_reach = [this](std::size_t size) {
    return ask(ControlOpcode::ReadVariables, 1, "reach=" + std::string(size, 'x') + ",leap").text;
  };
  EXPECT_EQ(ask_reach(127), "leap=3, reach=0x1\r\n");
  EXPECT_EQ(ask_reach(128), ask(ControlOpcode::ReadVariables, 1).text);
}

TEST_F(ResponderTest, LeavesOutWhatAnAssociationLacks) {
  PeerView& peer = model_.add_peer(1);
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, "org,mode,bias,srchost").text, "");
  peer.refclock = true;
  peer.refclock_mode = 3;
  peer.bias = 0.0015;
  peer.host_name = "SHM(0)";
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, "org,mode,bias,srchost").text,
            "mode=3, bias=0.002, srchost=\"SHM(0)\"\r\n");
}

TEST_F(ResponderTest, WritesLargeKeyIdsInHexadecimal) {
  PeerView& peer = model_.add_peer(1);
  peer.key_id = 65535;
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, "keyid").text, "keyid=65535\r\n");
  peer.key_id = 65536;
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, "keyid").text, "keyid=0x10000\r\n");
}

TEST_F(ResponderTest, ShowsAReferenceClocksIdAsCharactersAtAnyStratum) {
  PeerView& peer = model_.add_peer(1);
  peer.stratum = 10;
  peer.reference_id = refid::kLocal;
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, "refid").text, "refid=76.79.67.76\r\n");
  peer.refclock = true;
  EXPECT_EQ(ask(ControlOpcode::ReadVariables, 1, "refid").text, "refid=LOCL\r\n");
}

TEST_F(ResponderTest, ListsAssociationsNewestFirstInFullFrames) {
  for (std::uint16_t id = 1; id <= 118; ++id) model_.add_peer(id);
  const Answer answer = ask(ControlOpcode::ReadStatus, 0);
  EXPECT_EQ(answer.frames, 2U);
  EXPECT_EQ(answer.text.size(), 118U * 4);
  EXPECT_EQ(answer.text.substr(0, 4), std::string("\0\x76\x80\0", 4));
  EXPECT_EQ(answer.header.offset, 468);
}

TEST_F(ResponderTest, ListsNothingInAnEmptyReply) {
  const Answer answer = ask(ControlOpcode::ReadStatus, 0);
  EXPECT_EQ(answer.frames, 1U);
  EXPECT_EQ(answer.text, "");
  EXPECT_TRUE(answer.header.response);
}

TEST_F(ResponderTest, ReadsTheClockOfTheSystemPeerFirst) {
  for (std::uint16_t id = 1; id <= 3; ++id) {
    model_.add_peer(id).refclock = id != 3;
    if (id != 3) model_.clocks[id].name = "C" + std::to_string(id);
  }
  EXPECT_EQ(ask(ControlOpcode::ReadClock, 0, "name").text, "name=\"C2\"\r\n");
  model_.system_view.peer = 1;
  EXPECT_EQ(ask(ControlOpcode::ReadClock, 0, "name").text, "name=\"C1\"\r\n");
  model_.system_view.peer = 3;
  EXPECT_EQ(ask(ControlOpcode::ReadClock, 0, "name").text, "name=\"C2\"\r\n");
  EXPECT_EQ(ask(ControlOpcode::ReadClock, 3).error(), ControlError::BadAssociation);
}

TEST_F(ResponderTest, HasNoClockToRead) {
  EXPECT_EQ(ask(ControlOpcode::ReadClock, 0).error(), ControlError::BadAssociation);
}

TEST_F(ResponderTest, RefusesWhatItDoesNotDo) {
  for (int opcode = 0; opcode < 32; ++opcode) {
    const auto error = ask(static_cast<ControlOpcode>(opcode), 0).error();
    if (opcode <= 2) {
      EXPECT_FALSE(error) << opcode;
    } else if (opcode == 8 || opcode == 11) {
      EXPECT_EQ(error, ControlError::Permission) << opcode;
    } else if (opcode != 4 && opcode != 10 && opcode != 12) {
      EXPECT_EQ(error, ControlError::BadOpcode) << opcode;
    }
  }
}

TEST_F(ResponderTest, StaysWithinTheOffsetField) {
  for (const char* name : {"mru_enabled", "ss_received"}) model_.counters[name] = 1;
  model_.user = {{"x=" + std::string(2000, 'y'), false}};
  std::string names;
  while (names.size() < 466) names += "x,";
  const Answer answer = read(names);
  EXPECT_FALSE(answer.error());
  EXPECT_GT(answer.text.size(), 60'000U);
  EXPECT_LT(answer.text.size(), 65'536U);
}

}  // namespace
}  // namespace ntp::control
