// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "ntpq/commands.h"
#include "ntpq/program.h"
#include "tests/golden/recording.h"
#include "tests/support/json_schema.h"
#include "tests/unit/ntpq/answering_network.h"

namespace ntp::golden {
namespace {

namespace json = boost::json;

const json::value& schema() {
  static const json::value kSchema = [] {
    std::ifstream file(REGULATOR_NTPQ_SCHEMA);
    return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  }();
  return kSchema;
}

std::vector<RecordedRun> all_runs() {
  std::vector<RecordedRun> runs;
  for (const std::string folder : {"1.2.2", "1.2.5", "1.2.5-asks-1.2.2"}) {
    const auto root = std::filesystem::path(REGULATOR_GOLDEN_DIR) / folder;
    for (const auto& entry : std::filesystem::directory_iterator(root / "text")) {
      for (auto& run : load_runs(root, entry.path().stem().string())) runs.push_back(run);
    }
  }
  return runs;
}

struct Printed {
  std::vector<json::value> answers;
  std::string out;
  std::string err;
};

/// The same questions, asked with --json.
Printed ask(RecordedRun run) {
  run.arguments.insert(run.arguments.begin(), "--json");
  const auto options = ntpq::parse_options(run.arguments);
  if (!options || options->commands.empty()) return {};
  RecordedNetwork network(run);
  std::ostringstream out;
  std::ostringstream err;
  std::ostringstream log;
  std::istringstream no_input;
  if (ntpq::run_program(*options, network, {out, err, log}, {no_input, false}) != 0) return {};
  Printed printed;
  printed.out = out.str();
  printed.err = err.str();
  std::istringstream lines(printed.out);
  for (std::string line; std::getline(lines, line);) printed.answers.push_back(json::parse(line));
  const auto commands = static_cast<std::size_t>(
      std::count_if(options->commands.begin(), options->commands.end(),
                    [](const std::string& command) { return !command.empty(); }));
  EXPECT_EQ(printed.answers.size(), commands * options->hosts.size());
  return printed;
}

/// The command that was meant by the first word of a line.
std::string command_of(const json::value& answer) {
  const std::string line(answer.at("command").as_string());
  const std::string word = line.substr(0, line.find(' '));
  std::string found;
  for (const ntpq::Command& command : ntpq::all_commands()) {
    if (command.name == word) return word;
    if (command.name.substr(0, word.size()) == word) found = command.name;
  }
  return found;
}

TEST(NtpqJson, FitsItsSchemaForEveryRecordedRun) {
  for (const RecordedRun& run : all_runs()) {
    SCOPED_TRACE(run.title);
    const Printed printed = ask(run);
    EXPECT_EQ(printed.err, "");
    for (const json::value& answer : printed.answers) {
      EXPECT_EQ(misfit(schema(), answer), "") << json::serialize(answer);
    }
  }
}

TEST(NtpqJson, FitsItsSchemaForWhy) {
  ntpq::AnsweringNetwork network([](const wire::ControlHeader& request, std::string_view names) {
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::ReadStatus)) {
      return ntpq::whole_reply(request, std::string("\0\7\x80\x11\0\x8\x96\x14\0\x9\x80\x11", 12));
    }
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::ReadClock)) {
      return ntpq::whole_reply(request,
                               "device=\"/dev/gps\", timecode=\"\x1b[2J\", poll=3, noreply=3");
    }
    const std::string text =
        request.association == 0
            ? "leap=3, peer=0, minsane=1, maxdist=1500.000, clockstate=\"unset\""
        : request.association == 7
            ? "srcadr=0.0.0.0, srchost=\"a.test\", refid=DNS, dnserror=\"no \x1b[2J name\""
        : request.association == 9
            ? "srcadr=127.127.20.0, srchost=\"NMEA(0)\", reach=0x0, mode=17"
            : "srcadr=192.0.2.1, reach=0x0, sent=3, restricted=0, srcname=\"192.0.2.1\"";
    return ntpq::whole_reply(request, names.empty() ? text : "");
  });
  const auto texts = ntpq::run_with(network, {"--json", "-c", "why"});
  const json::value answer = json::parse(texts.out);
  EXPECT_EQ(misfit(schema(), answer), "") << texts.out;
  const auto& records = answer.at("records").as_array();
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[4].at("kind"), "clock");
  EXPECT_EQ(records[4].at("associd"), 9);
  EXPECT_EQ(records[4].at("status").at("state"), "bad_signal");
  EXPECT_EQ(records[4].at("variables").at("device"), "/dev/gps");
}

/// Commands that ask nothing of a daemon, or do not read.
const std::set<std::string> kNoReaders = {
    ":config", "EOF",        "addvars",   "authenticate", "clearvars", "config-from-file",
    "cooked",  "debug",      "delay",     "direct",       "doflake",   "exit",
    "help",    "host",       "hostnames", "keyid",        "keytype",   "logfile",
    "noflake", "ntpversion", "passwd",    "poll",         "quit",      "raw",
    "rmvars",  "showvars",   "timeout",   "units",        "version",   "writelist",
    "writevar"};

/// Other names of commands of which there are recordings.
const std::map<std::string, std::string> kOtherNames = {{"cl", "cv"},
                                                        {"clocklist", "cv"},
                                                        {"clockvar", "cv"},
                                                        {"lassociations", "associations"},
                                                        {"lpassociations", "associations"},
                                                        {"passociations", "associations"},
                                                        {"mreadlist", "mrv"},
                                                        {"mreadvar", "mrv"},
                                                        {"mrl", "mrv"},
                                                        {"readlist", "rv"},
                                                        {"readvar", "rv"},
                                                        {"rl", "rv"}};

TEST(NtpqJson, GivesRecordsForEveryCommandThatReads) {
  std::set<std::string> answered;
  for (const RecordedRun& run : all_runs()) {
    for (const json::value& answer : ask(run).answers) {
      if (answer.at("records").as_array().empty()) continue;
      EXPECT_FALSE(answer.as_object().contains("text")) << json::serialize(answer);
      answered.insert(command_of(answer));
    }
  }
  for (const ntpq::Command& command : ntpq::all_commands()) {
    const std::string name(command.name);
    if (kNoReaders.contains(name) || name == "why") continue;
    const auto other = kOtherNames.find(name);
    EXPECT_TRUE(answered.contains(name) ||
                (other != kOtherNames.end() && answered.contains(other->second)))
        << name;
  }
}

/// The answer to one line, by a server that answers everything or refuses everything.
json::value answer_to(const std::string& line, bool refuses) {
  ntpq::AnsweringNetwork network([&](const wire::ControlHeader& request, std::string_view names) {
    if (refuses) return ntpq::refuse(request, wire::ControlError::Permission);
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::ReadStatus)) {
      return ntpq::whole_reply(request, std::string("\0\1\x96\x14\0\2\x96\x14", 8));
    }
    const std::string nonce = "nonce=000102030405060708090a0b";
    if (request.opcode == static_cast<std::uint8_t>(wire::ControlOpcode::RequestNonce)) {
      return ntpq::whole_reply(request, nonce);
    }
    std::string text =
        nonce +
        ", now=0xe0000000.00000000, addr.0=192.0.2.1:123, "
        "last.0=0xdfffffff.00000000, first.0=0xdffffff0.00000000, ct.0=3, mv.0=35, rs.0=0x0, "
        "mask.0=255.255.255.0, hits.0=7, flags.0=0x5, name.0=\"lo\", en.0=1, srcadr=192.0.2.1, "
        "stratum=2, offset=-0.5, reach=0xff, filtdelay= 1.00 2.00, refid=GPS, leap=0";
    std::string asked(names.starts_with("nonce") ? "" : names);
    std::replace(asked.begin(), asked.end(), ',', ' ');
    std::istringstream words(asked);
    for (std::string word; words >> word;) text += ", " + word + "=1";
    return ntpq::whole_reply(request, text + "\r\n");
  });
  const auto texts = ntpq::run_with(network, {"--json", "-k", "keys", "-a", "1", "-c", line});
  return json::parse(texts.out);
}

/// The least that a command has to be told.
std::string least_line(const std::string& name) {
  if (name.starts_with("mr") && name != "mrulist") return name + " &1 &2";
  const bool of_a_peer = name == "pstats" || name == "cv" || name == "clockvar";
  return name + (of_a_peer ? " &1" : "");
}

TEST(NtpqJson, FitsItsSchemaForEveryCommandThatReads) {
  for (const ntpq::Command& command : ntpq::all_commands()) {
    const std::string name(command.name);
    if (kNoReaders.contains(name)) continue;
    SCOPED_TRACE(name);
    for (const bool refuses : {false, true}) {
      const json::value answer = answer_to(least_line(name), refuses);
      EXPECT_EQ(misfit(schema(), answer), "") << json::serialize(answer);
      if (name.find("passoc") != std::string::npos) continue;  // asks nothing
      EXPECT_FALSE(answer.at(refuses ? "errors" : "records").as_array().empty())
          << json::serialize(answer);
    }
    for (const char* argument :
         {"", " 0", " &1", " &1 leap,refid", " &1 &2 offset", " x=1", " &9"}) {
      const json::value answer = answer_to(name + argument, false);
      EXPECT_EQ(misfit(schema(), answer), "") << json::serialize(answer);
    }
  }
}

}  // namespace
}  // namespace ntp::golden
