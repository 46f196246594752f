// SPDX-License-Identifier: BSD-2-Clause
// ntpwait and ntptrace, with the replies that NTPsec's own were given.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "ntpq/trace.h"
#include "ntpq/wait.h"
#include "tests/golden/recording.h"

namespace ntp::golden {
namespace {

std::vector<RecordedRun> runs_of(const std::string& name) {
  return load_runs(std::filesystem::path(REGULATOR_GOLDEN_DIR) / "tools", name);
}

TEST(CompanionsReplay, WaitPrintsWhatTheRealOnePrinted) {
  int compared = 0;
  for (const RecordedRun& run : runs_of("ntpwait")) {
    SCOPED_TRACE(run.title);
    const auto options = ntpq::parse_wait_options(run.arguments);
    if (!options) continue;  // usage is in words of our own
    RecordedNetwork network(run);
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(ntpq::run_wait(
                  *options, network, [](Duration) {}, out, err),
              run.status);
    EXPECT_EQ(out.str(), run.out);
    EXPECT_EQ(err.str(), run.err);
    EXPECT_EQ(network.left_over(), 0U);
    ++compared;
  }
  EXPECT_EQ(compared, 5);
}

TEST(CompanionsReplay, TracePrintsWhatTheRealOnePrinted) {
  int compared = 0;
  for (const RecordedRun& run : runs_of("ntptrace")) {
    if (run.exchanges.empty()) continue;
    SCOPED_TRACE(run.title);
    const auto options = ntpq::parse_trace_options(run.arguments);
    ASSERT_TRUE(options);
    RecordedNetwork network(run);
    std::ostringstream out;
    ntpq::run_trace(*options, network, out);
    EXPECT_EQ(out.str(), run.out);
    // NTPsec's runs an ntpq, which asks for the associations first.
    EXPECT_EQ(network.left_over(), 1U);
    ++compared;
  }
  EXPECT_EQ(compared, 1);
}

}  // namespace
}  // namespace ntp::golden
