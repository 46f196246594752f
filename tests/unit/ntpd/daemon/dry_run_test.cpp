// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ntp::daemon {
namespace {

using testing::HasSubstr;

/// Dry runs over real files, in a folder of their own.
class DryRun : public testing::Test {
 protected:
  DryRun() {
    std::string name = "/tmp/regulator-check.XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~DryRun() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + '/' + name; }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(path(name)) << text;
  }
  /// The exit status; what was said is in `said_`.
  int run(const std::string& config) {
    Options options;
    options.config_file = config;
    testing::internal::CaptureStdout();
    const int status = run_check(options);
    said_ = testing::internal::GetCapturedStdout();
    return status;
  }

  const std::string good_ = "pool pool.example iburst\nrestrict 127.0.0.1\nrestrict ::1\n";
  std::string folder_;
  std::string said_;
};

TEST_F(DryRun, FindsNothingInAGoodFile) {
  write("ntp.conf", good_ + "driftfile " + path("drift") + "\n");
  EXPECT_EQ(run(path("ntp.conf")), 0) << said_;
  EXPECT_THAT(said_, HasSubstr("0 errors, 0 warnings"));
  EXPECT_FALSE(std::filesystem::exists(path("drift")));
}

TEST_F(DryRun, NamesFilesThatAreNone) {
  std::filesystem::create_directory(path("folder"));
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  for (const std::string& bad :
       {path("none"), path("folder"), path("pipe"), std::string("/dev/zero")}) {
    EXPECT_EQ(run(bad), 2) << bad;
    EXPECT_THAT(said_, HasSubstr("failed to open")) << bad;
    // The same for an include; an empty folder has nothing to read.
    write("ntp.conf", good_ + "includefile " + bad + "\n");
    EXPECT_EQ(run(path("ntp.conf")), 2) << bad;
    EXPECT_THAT(said_, HasSubstr("ntp.conf:4:1: error: ")) << bad;
  }
}

TEST_F(DryRun, TakesNothingForAnEmptyFile) {
  EXPECT_EQ(run("/dev/null"), 1);
  EXPECT_THAT(said_, HasSubstr("warning: there is no source"));
}

TEST_F(DryRun, NamesKeyAndLeapFilesThatAreNone) {
  std::filesystem::create_directory(path("folder"));
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  for (const std::string& bad :
       {path("none"), path("folder"), path("pipe"), std::string("/dev/zero")}) {
    write("ntp.conf", good_ + "keys " + bad + "\nleapfile " + bad + "\n");
    EXPECT_EQ(run(path("ntp.conf")), 2) << bad;
    EXPECT_THAT(said_, HasSubstr("ntp.conf:4:1: error: key file")) << bad;
    EXPECT_THAT(said_, HasSubstr("ntp.conf:5:1: error: leap second file")) << bad;
  }
}

TEST_F(DryRun, ReadsNoCircles) {
  write("a", "includefile b\n");
  write("b", "includefile a\n" + good_);
  EXPECT_EQ(run(path("a")), 2);
  EXPECT_THAT(said_, HasSubstr("includes itself"));
}

TEST_F(DryRun, RefusesRulesOfBothPlaces) {
  write("ntp.conf", good_ + "interface listen all\n");
  Options options;
  options.config_file = path("ntp.conf");
  options.interfaces.emplace_back("lo");
  testing::internal::CaptureStdout();
  EXPECT_EQ(run_check(options), 2);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("ntp.conf:4:1: error: "));
}

TEST_F(DryRun, KnowsWhatDriversWant) {
  write("ntp.conf", good_ + "refclock jjy subtype 150\nrefclock jjy unit 1 subtype 181\n" +
                        "refclock oncore\nphone 110-0000\n");
  EXPECT_EQ(run(path("ntp.conf")), 2);
  EXPECT_THAT(said_, HasSubstr("ntp.conf:4:1: error: jjy unit 0: telephone number \"110-0000\""));
  EXPECT_THAT(said_, HasSubstr("ntp.conf:5:1: error: jjy unit 1: there is no subtype 181"));
  EXPECT_THAT(said_, HasSubstr("minpoll 8 maxpoll 8"));
  EXPECT_THAT(said_, HasSubstr("minpoll 4 maxpoll 4"));
}

TEST_F(DryRun, SpeaksJson) {
  write("ntp.conf", good_);
  Options options;
  options.config_file = path("ntp.conf");
  options.json = true;
  testing::internal::CaptureStdout();
  EXPECT_EQ(run_check(options), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), testing::StartsWith("{\"config\":"));
}

}  // namespace
}  // namespace ntp::daemon
