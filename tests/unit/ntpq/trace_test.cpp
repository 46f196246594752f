// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/trace.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/ntpq/answering_network.h"

namespace ntp::ntpq {
namespace {

/// The system variables of a host, and those of its association 7.
struct FakeHost {
  std::string system;
  std::string peer;
};

AnsweringNetwork network_of(const std::map<std::string, FakeHost>& hosts,
                            const AnsweringNetwork*& self) {
  return AnsweringNetwork([&hosts, &self](const auto& request, auto) -> std::vector<Bytes> {
    const auto host = hosts.find(self->opened.back());
    if (host == hosts.end()) return {};
    if (request.association == 0) return whole_reply(request, host->second.system);
    return whole_reply(request, host->second.peer);
  });
}

std::string trace(const std::vector<std::string>& arguments,
                  const std::map<std::string, FakeHost>& hosts, const std::string& name = "") {
  const AnsweringNetwork* self = nullptr;
  AnsweringNetwork network = network_of(hosts, self);
  self = &network;
  if (!name.empty()) network.name = name;
  std::ostringstream out;
  run_trace(*parse_trace_options(arguments), network, out);
  return out.str();
}

std::string system_of(int stratum, const std::string& reference) {
  return "stratum=" + std::to_string(stratum) +
         ", rootdelay=1.500, rootdisp=10.485, refid=" + reference +
         ", peer=7, offset=-0.125000\r\n";
}

const std::map<std::string, FakeHost> kChain = {
    {"127.0.0.1", {system_of(3, "10.77.0.3"), "srcadr=10.77.0.3"}},
    {"10.77.0.3", {system_of(2, "10.77.0.1"), "srcadr=10.77.0.1"}},
    {"10.77.0.1", {system_of(1, "LOCL"), "srcadr=127.127.1.0"}}};

TEST(Trace, FollowsSourcesToStratumOne) {
  EXPECT_EQ(trace({"-n"}, kChain),
            "127.0.0.1: stratum 3, offset -0.000125, synch distance 0.011235\n"
            "10.77.0.3: stratum 2, offset -0.000125, synch distance 0.011235\n"
            "10.77.0.1: stratum 1, offset -0.000125, synch distance 0.011235, refid 'LOCL'\n");
}

TEST(Trace, ShowsNamesUnlessToldNot) {
  EXPECT_EQ(trace({"10.77.0.1"}, kChain, "Clock.Example").substr(0, 16), "clock.example: s");
  EXPECT_EQ(trace({"-r", "10.77.0.1"}, kChain).substr(0, 16), "10.77.0.1: strat");
  EXPECT_EQ(trace({"clock"}, {{"clock", {system_of(1, "GPS"), ""}}}).substr(0, 17),
            "DNSFAIL:clock: st");
}

TEST(Trace, EndsAtTheMaximum) {
  const std::map<std::string, FakeHost> loop = {
      {"127.0.0.1", {system_of(3, "127.0.0.1"), "srcadr=127.0.0.1"}}};
  const auto lines = [&](const std::vector<std::string>& arguments) {
    const std::string text = trace(arguments, loop);
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines({"-m", "2"}), 2);
  EXPECT_EQ(lines({"--max-hosts=0"}), 99);
}

TEST(Trace, EndsWhereNothingFollows) {
  EXPECT_EQ(trace({"-n", "10.0.0.9"}, kChain), "");
  for (const char* peer : {"srcadr=127.127.20.0", "srcadr=-h", "srchost=name", ""}) {
    const std::string text =
        trace({"-n"}, {{"127.0.0.1", {system_of(2, "10.77.0.1"), peer}}, {"-h", {}}});
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << peer;
  }
  const std::string text =
      trace({"-n"}, {{"127.0.0.1", {system_of(16, "INIT"), "srcadr=10.77.0.1"}}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(trace({"-n"}, {{"127.0.0.1", {"stratum=x, offset=1", ""}}}), "");
}

TEST(Trace, KeepsControlCharactersFromTheTerminal) {
  EXPECT_NE(trace({"-n"}, {{"127.0.0.1", {system_of(1, "\x1b[2J"), ""}}}).find("'\\x1b[2J'"),
            std::string::npos);
}

TEST(Trace, RefusesBadOptions) {
  const auto early = [](const std::vector<std::string>& arguments) {
    return parse_trace_options(arguments).error();
  };
  EXPECT_EQ(early({"-x"}).text, "option -x not recognized\n");
  EXPECT_EQ(early({"-x"}).status, 1);
  EXPECT_EQ(early({"-?"}).status, 0);
  EXPECT_FALSE(early({"--more-help"}).to_stdout);
  EXPECT_EQ(early({"-m", "x"}).status, 1);
  EXPECT_TRUE(early({"--version"}).to_stdout);
}

}  // namespace
}  // namespace ntp::ntpq
