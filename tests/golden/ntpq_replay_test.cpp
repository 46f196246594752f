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

/// The text without what the machine decides, which is how long it took and how much memory, and
/// without how the program names itself and its options.
std::string steady(const std::string& text) {
  static const std::regex kUsage("USAGE: ntpq[^]*");
  static const std::regex kVersion("ntpsec-1[.]2[.]5[+][0-9a-z+-]+|regulator-[0-9.]+ [(][^)]*[)]");
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
  for (const std::string folder : {"1.2.5", "1.2.5-asks-1.2.2"}) {
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
    const Printed recorded{steady(run.out), steady(run.err), run.status, 0};
    if (kExceptions.contains(run.title)) {
      EXPECT_NE(replay(run), recorded);
    } else {
      EXPECT_EQ(replay(run), recorded);
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
