// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
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

Printed replay(const RecordedRun& run) {
  RecordedNetwork network(run);
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream no_input;
  const auto options = ntpq::parse_options(run.arguments);
  if (!options) return {"", options.error().text, options.error().status, 0};
  Printed printed;
  printed.status = ntpq::run_program(*options, network, {out, err, err}, {no_input, false});
  printed.out = out.str();
  printed.err = err.str();
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
    EXPECT_EQ(replay(run), (Printed{run.out, run.err, run.status, 0}));
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
