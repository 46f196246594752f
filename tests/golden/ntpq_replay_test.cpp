// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <ostream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
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

struct Exception {
  std::string_view reason;
  /// Empty: of all folders.
  std::string_view folder;
  std::vector<std::string> runs;
};

/// All that is another text than NTPsec's, and why.
const std::array<Exception, 5> kExceptions = {{
    {"debugging, usage and version are in words of our own (the last two: see steady())",
     "",
     {"ntpq -d -c 'rv 0 leap'", "ntpq -D 3 -c 'rv 0 leap'", "ntpq -D 5 -c 'rv 0 leap'"}},
    {"NTPsec's command line loses a word: the file of --keyfile, the host behind -4",
     "",
     {"ntpq --keyfile KEYFILE -p", "ntpq -c 'rv 0 leap' -- -4 localhost"}},
    {"NTPsec asks a pipe for a password, with Python's warnings, and ends without a word",
     "",
     {"ntpq -a 9 -k KEYFILE -c ifstats"}},
    {"NTPsec spoils what it shows: below 66 columns names vanish, where ours stay and the row is "
     "long; and 1e-06 ms becomes 1e.-06s (kRewordings)",
     "",
     {"ntpq -p -W 60"}},
    {"1.2.5, the model, has other counters of NTS than 1.2.2, no options -s and -S, and the other "
     "words of kRewordings; 1.2.5-asks-1.2.2 has the counters",
     "1.2.2",
     {"ntpq -c ntsinfo", "ntpq -u -c ntsinfo", "ntpq -c raw -c ntsinfo", "ntpq -s -p",
      "ntpq -S -p"}},
}};

bool is_excepted(const std::string& folder, const std::string& title) {
  return std::any_of(kExceptions.begin(), kExceptions.end(), [&](const Exception& exception) {
    const bool here = exception.folder.empty() || exception.folder == folder;
    return here &&
           std::find(exception.runs.begin(), exception.runs.end(), title) != exception.runs.end();
  });
}

/// What 1.2.5 words in another way than 1.2.2, and how 1.2.2 has it.
struct Rewording {
  const char* run;
  const char* ours;
  const char* theirs;
};
constexpr const char* kShownState = "ntpq -c version -c host ";
constexpr const char* kChangedState = "ntpq -c 'keyid 5' -c 'keyid x' ";
constexpr std::array kRewordings = std::to_array<Rewording>({
    // A defect: the rows end before the last three columns.
    {"ntpq -c rpeers", R"((\n[ 0-9].{46})[^\n]+)", "$1"},
    {"ntpq -u -c rpeers", R"((\n[ 0-9].{46})[^\n]+)", "$1"},
    {"ntpq -c sysstats", R"( (NTPv1 [a-z0-9 ]*:) )", "$1  "},
    {"ntpq -u -c sysstats", R"( (NTPv1 [a-z0-9 ]*:) )", "$1  "},
    // Of daemons that write an exponent; those of 1.2.5 do not.
    {"ntpq -u -c kerninfo", "  1e-06ms", "  1e.-06s"},
    {kShownState, "hostnames being shown",
     "resolved hostnames being shown\nsupplied hostnames not being shown"},
    {kChangedState, "hostnames not being shown",
     "resolved hostnames not being shown\nsupplied hostnames not being shown"},
    {kShownState, "Keytype: AES", "Keytype: MD5"},
});

/// Our text with the words of 1.2.2, which also shows octets as they are, those of the upper half
/// as Latin letters, that ours has in hexadecimal.
std::string as_of_122(const std::string& title, std::string text) {
  for (const Rewording& each : kRewordings) {
    const bool whole = std::string_view(each.run).ends_with(' ');
    if (whole ? title.starts_with(each.run) : title == each.run) {
      const std::string other = std::regex_replace(text, std::regex(each.ours), each.theirs);
      EXPECT_NE(other, text) << each.ours;
      text = other;
    }
  }
  constexpr std::size_t kLength = 4;  // of \x and two digits
  for (std::size_t at = text.find("\\x"); at != text.npos; at = text.find("\\x", at + 1)) {
    const auto octet = std::stoul(text.substr(at + 2, 2), nullptr, 16);
    const std::string in_utf8 = {static_cast<char>(0xc0 | octet >> 6),
                                 static_cast<char>(0x80 | (octet & 0x3f))};
    text.replace(at, kLength, octet < 0x80 ? std::string(1, static_cast<char>(octet)) : in_utf8);
  }
  return text;
}

/// The host of Debian's 1.2.2, with a configuration that declares no control key. Takes the empty
/// lines out that 1.2.5 prints between two commands, and 1.2.2 does not.
class NetworkOf122 final : public RecordedNetwork {
 public:
  NetworkOf122(const RecordedRun& run, std::ostringstream& out) : RecordedNetwork(run), out_(out) {}

  void begin_command() override {
    const std::string text = out_.str();
    EXPECT_EQ(text.substr(end_), end_ == 0 && text.empty() ? "" : "\n");
    out_.str(text.substr(0, end_));
    out_.seekp(0, std::ios::end);
  }
  void end_command() override { end_ = out_.str().size(); }
  std::optional<std::string> read_file(const std::string& path) override {
    if (path == "/etc/ntpsec/ntp.conf") return "restrict default kod limited\n";
    return RecordedNetwork::read_file(path);
  }

 private:
  std::ostringstream& out_;
  std::size_t end_ = 0;
};

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

Printed replay(const RecordedRun& run, bool as_122) {
  std::ostringstream out;
  const auto owned =
      as_122 ? std::make_unique<NetworkOf122>(run, out) : std::make_unique<RecordedNetwork>(run);
  RecordedNetwork& network = *owned;
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
    const bool as_122 = recording.folder == "1.2.2";
    const Printed recorded{steady(run.out), steady(run.err), run.status, 0};
    Printed ours = replay(run, as_122);
    if (as_122) ours.out = as_of_122(run.title, ours.out);
    if (is_excepted(recording.folder, run.title)) {
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
