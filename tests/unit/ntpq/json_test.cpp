// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

namespace json = boost::json;
using wire::ControlOpcode;

constexpr WallTime kNow{std::chrono::seconds(1'795'400'000)};

json::object variables_of(std::string_view reply) {
  Answer answer;
  answer.records.push_back({RecordKind::System});
  answer.records.back().variables = fields_of(Variables::parse(reply), kNow);
  return json::parse(to_json(answer)).at("records").at(0).at("variables").as_object();
}

std::string serialized(std::string_view reply) { return json::serialize(variables_of(reply)); }

TEST(Json, GivesSiUnitsAsExactlyAsTheDaemonDoes) {
  const auto all = variables_of(
      "offset=12.345678, rootdelay=0.1, frequency=-7.123, bias=0.250, hpoll=6, precision=-20,"
      " mru_mem=3, tai=37, koffset=1e-06, ppoll=99");
  EXPECT_EQ(all.at("offset").as_double(), 0.012345678);
  EXPECT_EQ(all.at("rootdelay").as_double(), 0.0001);
  EXPECT_EQ(all.at("frequency").as_double(), -7.123e-6);
  EXPECT_EQ(all.at("bias").as_double(), 0.25);
  EXPECT_EQ(all.at("hpoll").as_double(), 64);
  EXPECT_EQ(all.at("precision").as_double(), 0x1p-20);
  EXPECT_EQ(all.at("mru_mem").as_int64(), 3072);
  EXPECT_EQ(all.at("tai").as_int64(), 37);
  EXPECT_NEAR(all.at("koffset").as_double(), 1e-9, 1e-20);
  EXPECT_TRUE(all.at("ppoll").is_null());
}

TEST(Json, GivesTimesAsRfc3339) {
  EXPECT_EQ(serialized("reftime=0xeeae24a4.a0911193, rec=0x00000000.00000000, "
                       "expire=2026-12-28T00:00Z, leapsec=1970-01-01T00:00Z, xmt=0x1"),
            "{\"reftime\":\"2026-11-23T02:34:12.627213571Z\",\"rec\":null,"
            "\"expire\":\"2026-12-28T00:00:00Z\",\"leapsec\":null,\"xmt\":null}");
}

TEST(Json, GivesArraysOfSamples) {
  EXPECT_EQ(serialized("filtoffset= 1.50 x nan"), "{\"filtoffset\":[1.5E-3,null,null]}");
  EXPECT_EQ(variables_of("filtdisp= 9 9 1 2 3 4 5 6 7 8").at("filtdisp").as_array().size(), 8U);
}

TEST(Json, KeepsTypesWhateverTheServerSends) {
  EXPECT_EQ(serialized("refid=NAN, offset=inf, stratum=x, release=\"6\", reach=0xff, hpoll=9999"),
            "{\"refid\":\"NAN\",\"offset\":null,\"stratum\":null,\"release\":\"6\",\"reach\":255,"
            "\"hpoll\":null}");
  EXPECT_EQ(serialized("own=nan, other=1e400, third=\x1b[2J"),
            "{\"own\":\"nan\",\"other\":\"1e400\",\"third\":\"\\\\x1b[2J\"}");
}

/// Each line of the output, which must be one JSON value.
std::vector<json::value> answers(Network& network, std::vector<std::string> arguments,
                                 const std::string& typed = "") {
  arguments.insert(arguments.begin(), "--json");
  const Texts texts = run_with(network, arguments, typed);
  EXPECT_EQ(texts.err, "");
  std::vector<json::value> values;
  std::istringstream lines(texts.out);
  for (std::string line; std::getline(lines, line);) values.push_back(json::parse(line));
  return values;
}

AnsweringNetwork plain_server() {
  return AnsweringNetwork([](const wire::ControlHeader& request, std::string_view names) {
    if (request.opcode == static_cast<std::uint8_t>(ControlOpcode::ReadStatus)) {
      return whole_reply(request, std::string("\0\7\x96\x14", 4));
    }
    if (!names.empty()) return refuse(request, wire::ControlError::UnknownVariable);
    return whole_reply(request, "srcadr=10.0.0.1, offset=1.0, leap=0, peer=7");
  });
}

TEST(Json, AnswersEachCommandOfEachHostInALine) {
  auto network = plain_server();
  network.name = "clock.test";
  const auto found = answers(network, {"-c", "rv", "-c", "peers", "a", "b"});
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[1].at("host"), "a");
  EXPECT_EQ(found[1].at("command"), "peers");
  EXPECT_EQ(found[2].at("host"), "b");
  const auto& peer = found[3].at("records").at(0);
  EXPECT_EQ(peer.at("associd"), 7);
  EXPECT_EQ(peer.at("name"), "clock.test");
  EXPECT_EQ(peer.at("status").at("selection"), "sys.peer");
  EXPECT_EQ(peer.at("variables").at("offset"), 0.001);
}

TEST(Json, GivesErrorsACode) {
  auto network = plain_server();
  const auto found = answers(network, {"-c", "rv 0 nosuch", "-c", "bogus", "-c", "rv 9"});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(json::serialize(found[0].at("errors")),
            R"([{"code":"unknown_variable","text":"Server error code UNKNOWNVAR"}])");
  EXPECT_EQ(json::serialize(found[1].at("errors")),
            R"([{"code":"message","text":"Command `bogus' unknown"}])");
  EXPECT_TRUE(found[2].at("records").as_array().empty());

  AnsweringNetwork silent([](const auto&, auto) { return std::vector<Bytes>(); });
  EXPECT_EQ(answers(silent, {"-c", "rv"})[0].at("errors").at(0).at("code"), "timed_out");
}

std::string errors_of(Network& network, const std::string& command) {
  const auto found = answers(network, {"-k", "keys", "-a", "1", "-c", command});
  return found.size() == 1 ? json::serialize(found[0].at("errors")) : "";
}

TEST(Json, HasAllThatWentWrongAmongTheErrors) {
  AnsweringNetwork rejecting([](const wire::ControlHeader& request, std::string_view) {
    return whole_reply(request, "column 4 syntax error\r\n");
  });
  const std::string rejected = R"([{"code":"rejected","text":"column 4 syntax error"}])";
  EXPECT_EQ(errors_of(rejecting, ":config foo"), rejected);
  EXPECT_FALSE(
      answers(rejecting, {"-k", "keys", "-a", "1", "-c", ":config foo"})[0].as_object().contains(
          "text"));
  EXPECT_EQ(run_with(rejecting, {"-k", "keys", "-a", "1", "-c", ":config foo"}).err,
            "AUTH - packet too short for MAC 36 < 56\n");
  for (const auto& [command, text] : std::map<std::string, std::string>{
           {"delay x", "Huh?"},
           {"hostnames perhaps", "What?"},
           {"doflake 7", "Flakiness must be a (positive) float less than 1."},
           {"help bogus", "No help on bogus"},
           {"config-from-file nothing", "Could not read nothing"},
           {"pstats", "usage: pstats assocID"}}) {
    EXPECT_EQ(errors_of(rejecting, command), R"([{"code":"message","text":")" + text + R"("}])");
  }
}

TEST(Json, HasNothingElseAmongTheErrors) {
  AnsweringNetwork taking([](const wire::ControlHeader& request, std::string_view names) {
    if (names.starts_with("timer")) {
      return refuse(request, wire::ControlError::UnknownVariable);
    }
    return whole_reply(request, "Config Succeeded");
  });
  // Of the missing MAC, too, text mode has a remark.
  EXPECT_EQ(errors_of(taking, ":config tos minclock 3"), "[]");
  EXPECT_EQ(errors_of(taking, "ifstats"), "[]");
  EXPECT_EQ(errors_of(taking, "timerstats"), "[]");
}

TEST(Json, TakesWhatOtherCommandsPrintAsText) {
  auto network = plain_server();
  const auto found = answers(network, {}, "timeout\n\nhost\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at("text"), "primary timeout 5000 ms\n");
}

TEST(Json, AsksWhyOfADaemonThatKnowsItsDefaultsOnly) {
  auto network = plain_server();
  const auto found = answers(network, {"-c", "why"});
  const auto& records = found.at(0).at("records").as_array();
  ASSERT_EQ(records.size(), 2U);
  // The status word of the frames says freq_mode.
  EXPECT_EQ(records[0].at("causes").at(0).at("code"), "training");
  EXPECT_EQ(records[1].at("used"), true);
  // Names that were refused once are not asked for again.
  EXPECT_EQ(std::count(network.requests.begin(), network.requests.end(), ""), 3);
  EXPECT_EQ(network.requests.size(), 5U);
  EXPECT_EQ(run_with(network, {"-n", "-c", "why"}).out,
            "The clock is synchronized:\n    the frequency of the clock is being measured\n"
            "*10.0.0.1: used\n");
}

}  // namespace
}  // namespace ntp::ntpq
