// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>
#include <regex>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "ntpq/program.h"
#include "tests/golden/recording.h"

namespace ntp::golden {
namespace {

struct Printed {
  std::string out;
  std::string err;
  int status = 0;
  std::size_t requests_left = 0;

  friend bool operator==(const Printed&, const Printed&) = default;
};

std::ostream& operator<<(std::ostream& stream, const Printed& printed) {
  return stream << "\n--- out\n"
                << printed.out << "--- err\n"
                << printed.err << "--- status " << printed.status << ", requests not made "
                << printed.requests_left << "\n";
}

/// Runs whose text is another than NTPsec's, and why.
const std::map<std::string, std::string> kExceptions = {
    {"ntpq -d -c 'rv 0 leap'", "debugging is in words of our own"},
    {"ntpq -D 3 -c 'rv 0 leap'", "the same"},
    {"ntpq -D 5 -c 'rv 0 leap'", "the same"},
    {"ntpq --keyfile KEYFILE -p", "NTPsec's --keyfile forgets its argument"},
    {"ntpq -a 9 -k KEYFILE -c ifstats",
     "NTPsec asks a pipe for a password, with Python's warnings"},
    {"ntpq -p -W 60", "below 80 columns NTPsec's names vanish; ours stay, and the row is long"},
    {"ntpq -c 'rv 0 leap' -- -4 localhost", "NTPsec's -4 behind -- swallows the host"},
};

/// The same of runs of NTPsec's 1.2.2, which ours does not take for its model where 1.2.5 differs.
const std::map<std::string, std::string> kExceptionsOf122 = {
    {"ntpq -c rpeers", "1.2.2's rows lack the last three columns"},
    {"ntpq -u -c rpeers", "the same"},
    {"ntpq -c ntsinfo", "1.2.5 has other counters, and asks for them in two requests"},
    {"ntpq -u -c ntsinfo", "the same"},
    {"ntpq -c raw -c ntsinfo", "the same"},
    {"ntpq -c sysstats", "1.2.5 sets three legends in by a blank"},
    {"ntpq -u -c sysstats", "the same"},
    {"ntpq -s -p", "1.2.5 has no such option"},
    {"ntpq -S -p", "the same"},
    {"ntpq -c version -c host -c keyid -c timeout -c delay -c raw -c cooked -c debug -c hostnames "
     "-c ntpversion -c authenticate -c keytype -c logfile -c direct -c direct -c units -c units",
     "1.2.5 says in one line whether names are shown, and its keys are AES"},
    {"ntpq -c 'keyid 5' -c 'keyid x' -c 'timeout 100' -c 'timeout x' -c 'delay 30' -c 'delay -1' "
     "-c 'hostnames no' -c 'hostnames maybe' -c 'ntpversion 3' -c 'ntpversion 9' "
     "-c 'ntpversion x' -c 'authenticate maybe' -c 'keytype sha-1' -c 'keytype SHA1' "
     "-c 'keytype rot13' -c 'keytype aes' -c keytype -c 'debug more' -c 'debug no' -c 'debug x'",
     "the same"},
    {"ntpq -k KEYFILE -c ifstats", "Debian's 1.2.2 looks for the key in a file of its own"},
    {"ntpq -u -c kerninfo", "1.2.2's daemon writes 1e-06, of which its ntpq makes 1e.-06"},
    {"ntpq -u -c 'rv &1'", "of the octets that 1.2.2's daemon leaves in an array ours shows none"},
    {"ntpq -u -c 'rv &6'", "the same"},
};

/// What all runs of 1.2.2 differ by. It puts no empty line between the answers of several commands.
/// Octets that its daemon leaves behind in arrays it shows as they are, and ours in hexadecimal.
std::string as_of_122(const std::string& text) {
  static const std::regex kShown(R"(\\x[0-9a-f]{2})");
  std::string tidy = std::regex_replace(text, kShown, "");
  std::erase_if(tidy, [](char character) {
    const auto octet = static_cast<unsigned char>(character);
    return (octet < ' ' && character != '\n' && character != '\r' && character != '\t') ||
           octet > '~';
  });
  std::string kept;
  std::istringstream lines(tidy);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) kept += line + '\n';
  }
  return kept;
}

/// The text without what the machine decides, which is how long it took and how much memory, and
/// without how the program names itself and its options.
std::string steady(const std::string& text) {
  static const std::regex kUsage("USAGE: ntpq[^]*");
  static const std::regex kVersion(
      "ntpsec-1[.]2[.](5[+][0-9a-z+-]+|2)|regulator-[0-9.]+ [(][^)]*[)]");
  static const std::regex kTimes("(slots in )[0-9.]+( seconds)");
  static const std::regex kMemory("(# Used )[0-9]+( megabytes)");
  const std::string named =
      std::regex_replace(std::regex_replace(text, kUsage, "USAGE\n"), kVersion, "VERSION");
  return std::regex_replace(std::regex_replace(named, kTimes, "$1N$2"), kMemory, "$1N$2");
}

Printed replay(const RecordedRun& run) {
  RecordedNetwork network(run);
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream no_input;
  const auto options = ntpq::parse_options(run.arguments);
  if (!options) {
    const std::string text = steady(options.error().text);
    const bool to_out = options.error().to_stdout;
    return {to_out ? text : "", to_out ? "" : text, options.error().status, 0};
  }
  Printed printed;
  printed.status = ntpq::run_program(*options, network, {out, err, err}, {no_input, false});
  printed.out = steady(out.str());
  printed.err = steady(err.str());
  printed.requests_left = network.left_over();
  return printed;
}

struct Recording {
  std::string folder;
  std::string name;

  friend std::ostream& operator<<(std::ostream& stream, const Recording& recording) {
    return stream << recording.folder << "/" << recording.name;
  }
};

std::vector<Recording> all_recordings() {
  std::vector<Recording> recordings;
  for (const std::string folder : {"1.2.2", "1.2.5", "1.2.5-asks-1.2.2"}) {
    const auto texts = std::filesystem::path(REGULATOR_GOLDEN_DIR) / folder / "text";
    for (const auto& entry : std::filesystem::directory_iterator(texts)) {
      recordings.push_back({folder, entry.path().stem().string()});
    }
  }
  std::sort(recordings.begin(), recordings.end(), [](const Recording& a, const Recording& b) {
    return std::tie(a.folder, a.name) < std::tie(b.folder, b.name);
  });
  return recordings;
}

class NtpqReplay : public testing::TestWithParam<Recording> {};

TEST_P(NtpqReplay, PrintsWhatTheRealOnePrinted) {
  const Recording& recording = GetParam();
  const auto runs =
      load_runs(std::filesystem::path(REGULATOR_GOLDEN_DIR) / recording.folder, recording.name);
  ASSERT_FALSE(runs.empty());
  for (const RecordedRun& run : runs) {
    SCOPED_TRACE(run.title);
    Printed recorded{steady(run.out), steady(run.err), run.status, 0};
    Printed ours = replay(run);
    bool excepted = kExceptions.contains(run.title);
    if (recording.folder == "1.2.2") {
      for (Printed* each : {&recorded, &ours}) each->out = as_of_122(each->out);
      excepted = excepted || kExceptionsOf122.contains(run.title);
    }
    if (excepted) {
      EXPECT_NE(ours, recorded);
    } else {
      EXPECT_EQ(ours, recorded);
    }
  }
}

std::string test_name(const testing::TestParamInfo<Recording>& info) {
  std::string name = info.param.folder + "_" + info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char character) { return character == '.' || character == '-'; },
      '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Golden, NtpqReplay, testing::ValuesIn(all_recordings()), test_name);

}  // namespace
}  // namespace ntp::golden
