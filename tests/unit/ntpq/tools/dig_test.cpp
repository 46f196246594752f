// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/dig.h"

#include <gtest/gtest.h>

#include <sstream>

#include "libntp/config/key_file.h"
#include "libntp/crypto/mac.h"
#include "libntp/wire/packet.h"
#include "tests/unit/ntpq/tools/dig_host.h"

namespace ntp::tools {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

constexpr Duration kDelay = 2ms;
constexpr const char* kKeys = "1 AES 00112233445566778899aabbccddeeff\n2 SHA1 secret\n";

/// A server whose clock is so much ahead, asked over a path of 1 ms either way.
wire::Header answer_to(ByteView request, Duration ahead, std::uint8_t stratum = 1) {
  const auto asked = wire::decode_header(request);
  wire::Header header;
  header.mode = wire::Mode::Server;
  header.stratum = stratum;
  header.precision = -20;
  header.origin = asked->transmit;
  header.receive = NtpTimestamp::from_wall(FakeDigHost::kBegin + ahead + kDelay / 2);
  header.transmit = header.receive;
  return header;
}

Bytes encode(const wire::Header& header) {
  Bytes bytes(wire::kHeaderSize);
  ByteWriter out(bytes);
  wire::encode_header(header, out);
  return bytes;
}

Bytes sign(Bytes packet, std::uint32_t id, const std::string& line) {
  const auto key =
      config::parse_key_file(line, "", [](auto) { return config::KeyType{}; }).keys.at(0);
  auto mac = crypto::MacKey::make(*crypto::find_mac_type(key.type), key.secret);
  Bytes trailer(4 + crypto::kMaxMac);
  ByteWriter out(trailer);
  out.u32(id);
  trailer.resize(4 + mac->compute(packet, ByteSpan(trailer).subspan(4)));
  packet.insert(packet.end(), trailer.begin(), trailer.end());
  return packet;
}

FakeDigHost::Answer good_server(Duration ahead = 100ms) {
  return [ahead](const Address&, ByteView request) {
    return std::vector<FakeDigHost::Coming>{{kDelay, encode(answer_to(request, ahead))}};
  };
}

struct Done {
  int status = 0;
  std::string out;
  std::string log;
};

Done dig(FakeDigHost& host, const std::vector<std::string>& arguments) {
  const auto options = parse_dig_options(arguments);
  EXPECT_TRUE(options) << options.error().text;
  std::ostringstream out;
  std::ostringstream log;
  Done done;
  done.status = run_dig(*options, host, out, log);
  done.out = out.str();
  done.log = log.str();
  return done;
}

class Dig : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_F(Dig, PrintsOffsetAndErrorBound) {
  FakeDigHost host(good_server());
  const Done done = dig(host, {"10.0.0.1"});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.out,
            "2026-11-23 02:13:20.101000 (+0000) +0.100000 +/- 0.001001 10.0.0.1 s1 no-leap\n");
  EXPECT_EQ(done.log, "");
  EXPECT_TRUE(host.steps.empty() && host.slews.empty());
}

TEST_F(Dig, PrintsJson) {
  FakeDigHost host(good_server(-1ms));
  host.names["clock\"x"] = {*parse_address("10.0.0.1")};
  EXPECT_EQ(dig(host, {"-j", "clock\"x"}).out,
            "{\"time\":\"2026-11-23T02:13:20.000000+0000\",\"offset\":-0.001000,"
            "\"precision\":0.001001,\"host\":\"clock\\\"x\",\"ip\":\"10.0.0.1\",\"stratum\":1,"
            "\"leap\":\"no-leap\",\"adjusted\":false,\"delay\":0.002000}\n");
}

TEST_F(Dig, DoesNotTellItsOwnTime) {
  FakeDigHost host(good_server());
  dig(host, {"10.0.0.1"});
  const auto request = wire::decode_header(host.requests.at(0));
  EXPECT_EQ(host.requests[0].size(), wire::kHeaderSize);
  EXPECT_EQ(request->transmit, NtpTimestamp(1));  // the first random number of the test
  EXPECT_EQ(request->mode, wire::Mode::Client);
}

TEST_F(Dig, UsesTheBestReply) {
  FakeDigHost host([](const Address& server, ByteView request) {
    const bool near = server == *parse_address("10.0.0.2");
    return std::vector<FakeDigHost::Coming>{
        {near ? kDelay : 3 * kDelay, encode(answer_to(request, 0s, near ? 2 : 3))}};
  });
  EXPECT_NE(dig(host, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}).out.find(" 10.0.0.2 s2 no-leap"),
            std::string::npos);
}

TEST_F(Dig, WaitsForTheTrueReply) {
  FakeDigHost host([](const Address&, ByteView request) {
    wire::Header forged = answer_to(request, 1h);
    forged.origin = NtpTimestamp(forged.origin.raw() + 1);
    return std::vector<FakeDigHost::Coming>{
        {1ms, encode(forged)}, {1ms, Bytes(7)}, {kDelay, encode(answer_to(request, 0s))}};
  });
  const Done done = dig(host, {"10.0.0.1"});
  EXPECT_EQ(done.log, "ntpdig: 10.0.0.1: Response dropped: unexpected response timestamp\n");
  EXPECT_NE(done.out.find(" +0.000000 +/- "), std::string::npos);
}

TEST_F(Dig, DropsWhatCannotBeUsed) {
  const std::vector<std::pair<std::string, void (*)(wire::Header&)>> cases = {
      {"stratum too high", [](wire::Header& header) { header.stratum = 16; }},
      {"stratum 0, probable KOD packet", [](wire::Header& header) { header.stratum = 0; }},
      {"leap not in sync", [](wire::Header& header) { header.leap = Leap::Unsynchronized; }},
      {"response version 0 is too old", [](wire::Header& header) { header.version = 0; }},
      {"response version 5 is too new", [](wire::Header& header) { header.version = 5; }},
      {"unexpected response mode 5",
       [](wire::Header& header) { header.mode = wire::Mode::Broadcast; }}};
  for (const auto& [reason, spoil] : cases) {
    FakeDigHost host([&spoil = spoil](const Address&, ByteView request) {
      wire::Header header = answer_to(request, 0s);
      spoil(header);
      return std::vector<FakeDigHost::Coming>{{kDelay, encode(header)}};
    });
    const Done done = dig(host, {"10.0.0.1"});
    EXPECT_EQ(done.log,
              "ntpdig: 10.0.0.1: Response dropped: " + reason + "\nntpdig: no eligible servers\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.out, "");
  }
}

TEST_F(Dig, TakesSignedRepliesOnly) {
  const auto signer = [](const std::string& line) {
    return [line](const Address&, ByteView request) {
      const Bytes reply = encode(answer_to(request, 0s));
      return std::vector<FakeDigHost::Coming>{
          {kDelay, line.empty() ? reply : sign(reply, 2, line)}};
    };
  };
  FakeDigHost good(signer("2 SHA1 secret"));
  good.files["keys"] = kKeys;
  EXPECT_EQ(dig(good, {"-a2", "-k", "keys", "10.0.0.1"}).status, 0);
  EXPECT_EQ(good.requests.at(0).size(), wire::kHeaderSize + 24);

  for (const char* line : {"2 SHA1 other", ""}) {
    FakeDigHost bad(signer(line));
    bad.files["keys"] = kKeys;
    const Done done = dig(bad, {"-a2", "-k", "keys", "10.0.0.1"});
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.log,
              "ntpdig: MAC verification on reply from 10.0.0.1 failed\n"
              "ntpdig: 10.0.0.1: Response dropped: request was authenticated but server is "
              "untrusted\nntpdig: no eligible servers\n");
  }
}

TEST_F(Dig, TakesTheControlKeyUnlessToldAnother) {
  FakeDigHost host(good_server());
  host.files["keys"] = kKeys;
  host.files["/etc/ntp.conf"] = "# control 1\ncontrolkey 1\n";
  EXPECT_EQ(dig(host, {"-k", "keys", "10.0.0.1"}).status, 1);
  EXPECT_EQ(host.requests.at(0).size(), wire::kHeaderSize + 20);
  host.files.erase("/etc/ntp.conf");
  EXPECT_EQ(dig(host, {"-k", "keys"}).log, "ntpdig: cannot get authentication key\n");
  EXPECT_EQ(dig(host, {"-a9", "-k", "keys"}).log, "ntpdig: cannot get authentication key\n");
  EXPECT_EQ(dig(host, {"-a1", "-k", "none"}).log, "ntpdig: none nonexistent or unreadable\n");
  EXPECT_EQ(host.requests.size(), 1U);
}

TEST_F(Dig, AsksTheAddressesOfAHostInTurnOrAtOnce) {
  const std::vector<Address> both = {*parse_address("10.0.0.1"), *parse_address("10.0.0.2")};
  FakeDigHost host([](const Address&, ByteView) { return std::vector<FakeDigHost::Coming>(); });
  host.names = {{"pool", both}, {"localhost", {*parse_address("127.0.0.1")}}};
  dig(host, {"-t1", "pool"});
  EXPECT_EQ(host.clock, 2s + 50ms);
  host.clock = {};
  dig(host, {"-t1", "-g10", "-c", "pool"});
  EXPECT_EQ(host.clock, 1s + 10ms + 1s);
  EXPECT_EQ(host.requests.size(), 5U);
}

TEST_F(Dig, TakesSeveralSamples) {
  FakeDigHost host(good_server());
  EXPECT_EQ(dig(host, {"-p3", "-g", "100", "10.0.0.1"}).status, 0);
  EXPECT_EQ(host.requests.size(), 3U);
  EXPECT_EQ(host.slept, 200ms);
  EXPECT_EQ(dig(host, {"-p", "-1", "10.0.0.1"}).status, 0);
  EXPECT_EQ(host.requests.size(), 4U);
}

TEST_F(Dig, SendsFromTheAddressGiven) {
  FakeDigHost host(good_server());
  dig(host, {"-I", "10.0.0.9", "10.0.0.1"});
  EXPECT_EQ(host.sources.at(0), *parse_address("10.0.0.9"));
  const Done done = dig(host, {"-I", "nowhere", "10.0.0.1"});
  EXPECT_EQ(done.log, "ntpdig: lookup of nowhere failed, errno -2 = Name or service not known\n");
  EXPECT_EQ(done.status, 1);
}

TEST_F(Dig, SetsTheClockOnlyIfAskedTo) {
  const auto set = [](const std::vector<std::string>& arguments, bool may = true) {
    FakeDigHost host(good_server());
    host.may_set = may;
    const Done done = dig(host, arguments);
    const bool adjusted = done.out.find("\"adjusted\":true") != std::string::npos;
    EXPECT_EQ(adjusted, !host.steps.empty() || !may);
    return std::to_string(done.status) + " " + std::to_string(host.steps.size()) +
           std::to_string(host.slews.size());
  };
  EXPECT_EQ(set({"-j", "10.0.0.1"}), "0 00");
  EXPECT_EQ(set({"-j", "-S", "10.0.0.1"}), "0 10");
  EXPECT_EQ(set({"-j", "-s", "10.0.0.1"}), "0 01");
  EXPECT_EQ(set({"-j", "-sS", "10.0.0.1"}), "0 10");
  EXPECT_EQ(set({"-j", "-sS", "-M", "99", "10.0.0.1"}), "0 10");
  EXPECT_EQ(set({"-j", "-sS", "-M", "101", "10.0.0.1"}), "0 01");
  EXPECT_EQ(set({"-j", "-S", "10.0.0.1"}, false), "1 00");
}

TEST_F(Dig, StepsByTheOffset) {
  FakeDigHost host(good_server(-3s));
  dig(host, {"-S", "10.0.0.1"});
  EXPECT_EQ(host.steps.at(0), -3s);
}

TEST_F(Dig, ReplaysAPacket) {
  FakeDigHost host(good_server());
  // Asked at 1, received and answered at 3, come back at 2 (seconds of 1970).
  const std::string second = "83aa7e8",
                    stamps = second + "100000000" + second + "300000000" + second + "300000000";
  const std::string packet = "240106ec0000000000000000000000008 3aa7e8000000000";
  std::string hex;
  for (const char character : packet) {
    if (character != ' ') hex += character;
  }
  const Done done = dig(host, {"-r", hex + stamps + ":2.0"});
  EXPECT_EQ(done.out, "1970-01-01 00:00:03.000000 (+0000) +1.500000 +/- 0.500016  s1 no-leap\n");
  EXPECT_TRUE(host.requests.empty());
  EXPECT_EQ(dig(host, {"-r", "xyz"}).log, "ntpdig: not a packet and a time: xyz\n");
}

TEST_F(Dig, ShowsTheStampsForDebugging) {
  FakeDigHost host(good_server());
  const Done done = dig(host, {"-d", "10.0.0.1"});
  EXPECT_EQ(done.log, "ntpdig: querying 10.0.0.1 (10.0.0.1)\n");
  EXPECT_NE(done.out.find("org t1: 1795400000.000000 rec t2: 1795400000.101000\n"
                          "xmt t3: 1795400000.101000 dst t4: 1795400000.002000\n"
                          "rec-org t21: 0.101000  xmt-dst t34: 0.099000\n"),
            std::string::npos);
}

TEST_F(Dig, RefusesBadOptions) {
  const auto early = [](const std::vector<std::string>& arguments) {
    return parse_dig_options(arguments).error();
  };
  EXPECT_EQ(early({"-x"}).text, "option -x not recognized\n");
  EXPECT_EQ(early({"-x"}).status, 1);
  EXPECT_EQ(early({"-a", "1"}).text, "-a option requires -k.\n");
  EXPECT_EQ(early({"-t", "x"}).text.substr(0, 39), "Error: -t parameter 'x' not a number\n\nU");
  EXPECT_EQ(early({"-w"}).status, 1);
  EXPECT_EQ(early({"-h"}).status, 0);
  EXPECT_EQ(early({"-V"}).text.substr(0, 17), "ntpdig regulator-");
}

}  // namespace
}  // namespace ntp::tools
