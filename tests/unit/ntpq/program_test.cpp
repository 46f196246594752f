// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/program.h"

#include <gtest/gtest.h>

#include <sstream>

#include "ntpq/commands.h"
#include "ntpq/names.h"
#include "tests/unit/ntpq/scripted_network.h"

namespace ntp::ntpq {
namespace {

struct Result {
  std::string out;
  std::string err;
  int status = 0;
};

Result run(const std::vector<std::string>& arguments, const std::string& typed,
           ScriptedNetwork& network) {
  const auto options = parse_options(arguments);
  EXPECT_TRUE(options);
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream input(typed);
  Result result;
  result.status = run_program(*options, network, {out, err, err}, {input, false});
  result.out = out.str();
  result.err = err.str();
  return result;
}

Result run(const std::vector<std::string>& arguments, const std::string& typed = "") {
  ScriptedNetwork network;
  return run(arguments, typed, network);
}

TEST(Program, ReadsCommandsFromItsInput) {
  EXPECT_EQ(run({}, "host\n\nbogus\nraw").out, "current host is localhost\nOutput set to raw\n\n");
  EXPECT_EQ(run({}, "quit\nhost\n").out, "");
  EXPECT_EQ(run({}, "EOF\nhost\n").out, "\n");
}

TEST(Program, TakesOneHostWithoutCommands) {
  const Result result = run({"a", "b"}, "host\n");
  EXPECT_EQ(result.err, "ntpq can only work interactively on one host.\n");
  EXPECT_EQ(result.out, "current host is a\n\n");
}

TEST(Program, SkipsAHostThatIsNotFound) {
  ScriptedNetwork network;
  network.unknown_host = true;
  const Result result = run({"-p", "a"}, "", network);
  EXPECT_EQ(result.err, "ntpq: standard-mode lookup of a failed, why\n");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.status, 0);
}

TEST(Program, NeedsAHostForQueries) {
  ScriptedNetwork network;
  network.unknown_host = true;
  const Result result = run({}, "rv\nhost\nhost b\n", network);
  EXPECT_NE(result.err.find("***No host open\n\n"), std::string::npos);
  EXPECT_EQ(result.out, "no current host\nstill no current host\n\n");
}

TEST(Program, EndsWhereItsOutputIsLost) {
  ScriptedNetwork network;
  std::ostream lost(nullptr);
  std::ostringstream err;
  std::istringstream input;
  const auto options = parse_options(std::vector<std::string>{"-c", "version", "-c", "rv"});
  EXPECT_EQ(run_program(*options, network, {lost, err, err}, {input, false}), 1);
  EXPECT_TRUE(network.requests.empty());
}

TEST(Program, ShowsItsOwnState) {
  const Result result = run({"-c", "timeout 100", "-c", "timeout x", "-c", "delay 30", "-c",
                             "hostnames no", "-c", "ntpversion 9", "-c", "debug more"});
  EXPECT_EQ(result.out,
            "primary timeout 100 ms\n\nprimary timeout 100 ms\n\n\nhostnames not being shown\n\n"
            "NTP version being claimed is 2\n\ndebug level is 1\n");
  EXPECT_EQ(result.err, "What?\nversions 1 to 4, please\n");
}

TEST(Program, TimeoutsAreObeyed) {
  ScriptedNetwork network;
  run({"-c", "timeout 100", "-c", "as"}, "", network);
  EXPECT_EQ(network.clock - MonoTime{}, std::chrono::milliseconds(200));
}

TEST(Program, TakesATimeoutThatHasPassed) {
  ScriptedNetwork network;
  const Result result = run({"-c", "timeout -5", "-c", "as"}, "", network);
  EXPECT_EQ(result.out, "primary timeout -5 ms\n\n");
  EXPECT_EQ(result.err, "***Request timed out\n\n");
}

TEST(Program, TakesColonConfigAsAWholeOnly) {
  for (const char* line : {": config tos", ":", ":conf tos", ":config\ttos", ":config tos"}) {
    const bool whole = std::string_view(line).starts_with(":config");
    EXPECT_EQ(run({"-c", line}).err,
              whole ? "***Invalid key identifier\n" : "***Command `' ambiguous\n")
        << line;
  }
  EXPECT_EQ(run({"-c", ":configtos"}).err, "***Command `:configtos' unknown\n");
}

TEST(Program, SaysHowCommandsAreUsed) {
  EXPECT_EQ(run({"-c", "mrv"}).err, "usage: mrv assocIDlow assocIDhigh [name=value[,...]]\n");
  EXPECT_EQ(run({"-c", "mreadvar"}).err,
            "usage: mreadvar assocIDlow assocIDhigh  [ name=value[,...] ]\n");
  EXPECT_EQ(run({"-c", "mrl"}).err, "usage: mrl assocIDlow assocIDhigh\n");
  EXPECT_EQ(run({"-c", "mreadlist"}).err, "usage: mreadlist assocIDlow assocIDhigh\n\n");
}

TEST(Program, SaysThatAnAssociationHasNoSuchVariables) {
  ScriptedNetwork network;
  wire::ControlHeader list = reply_header(peer_request());
  list.opcode = static_cast<std::uint8_t>(wire::ControlOpcode::ReadStatus);
  list.association = 0;
  Bytes empty = fragment(0, "", More::No);
  empty[3] = 2;
  network.script = {
      {{Duration{}, wire::encode_control(list, as_bytes(std::string_view("\0\7\x96\x14", 4)))}},
      {{Duration{}, empty}}};
  const Result result = run({"-c", "rv 7 org"}, "", network);
  EXPECT_EQ(result.out, "No information returned for association 7\n");
  EXPECT_EQ(result.err, "");
}

TEST(Program, SaysNothingIfTheSystemHasNoSuchVariables) {
  ScriptedNetwork network;
  wire::ControlHeader empty = reply_header(peer_request());
  empty.association = 0;
  network.script = {{{Duration{}, wire::encode_control(empty, {})}}};
  EXPECT_EQ(run({"-c", "rv"}, "", network).out, "");
}

TEST(Program, ListsItsCommands) {
  const std::string list = run({"-c", "help"}).out;
  EXPECT_EQ(list.substr(0, 42), "\nDocumented commands (type help <topic>):\n");
  for (const Command& command : all_commands()) {
    EXPECT_NE(list.find(command.name), std::string::npos) << command.name;
    const std::string topic = run({"-c", "? " + std::string(command.name)}).out;
    EXPECT_EQ(topic.substr(0, 10), "function: ");
    EXPECT_NE(topic.find("\nusage: " + std::string(command.name)), std::string::npos);
  }
  EXPECT_EQ(run({"-c", "help bogus"}).out, "*** No help on bogus\n");
  EXPECT_EQ(run({"-c", "help p"}).err, "Command `p' is ambiguous.\n");
}

TEST(Program, ShowsTypedControlCharactersInWords) {
  EXPECT_EQ(run({"-c", "\x1b[2J"}).err, "***Command `' ambiguous\n");
  EXPECT_EQ(run({"-c", "help \x1b[2J"}).out, "*** No help on \\x1b[2J\n");
}

TEST(Names, RemembersNamesAndTheirAbsence) {
  ScriptedNetwork network;
  Names names(network);
  EXPECT_EQ(names.of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(names.of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network.lookups, 1);
  network.clock += std::chrono::minutes(6);
  network.name = "Clock.\x1b[1mExample";
  EXPECT_EQ(names.of("192.0.2.1"), "clock.\\x1b[1mexample");
  EXPECT_EQ(network.lookups, 2);
}

TEST(Names, LooksUpAddressesOnly) {
  ScriptedNetwork network;
  Names names(network);
  EXPECT_EQ(names.of("clock.example"), "DNSFAIL:clock.example");
  EXPECT_EQ(network.lookups, 0);
}

}  // namespace
}  // namespace ntp::ntpq
