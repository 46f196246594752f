// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/report/logger.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace ntp::report {
namespace {

class LoggerTest : public testing::Test {
 protected:
  LoggerTest()
      : path_(testing::TempDir() + "/log_" + std::to_string(getpid()) + "_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {}
  ~LoggerTest() override {
    std::filesystem::remove(path_);
    std::filesystem::remove(path_ + ".1");
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string path_;
  Logger logger_{"ntpd"};
};

TEST_F(LoggerTest, WritesLinesAsNtpsecDoes) {
  ASSERT_TRUE(logger_.use_file(path_));
  logger_.info("INIT: hello");
  const std::regex line(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ntpd\[)" + std::to_string(getpid()) +
                        R"(\]: INIT: hello\n)");
  EXPECT_TRUE(std::regex_match(content(path_), line)) << content(path_);
}

TEST_F(LoggerTest, KeepsLinesApartFromWhatStrangersSay) {
  ASSERT_TRUE(logger_.use_file(path_));
  logger_.info("PROTO: \n\x1b[2Jevil %s {}");
  EXPECT_NE(content(path_).find("PROTO: ??[2Jevil %s {}\n"), std::string::npos);
}

TEST_F(LoggerTest, ReopensTheFileAfterRotation) {
  ASSERT_TRUE(logger_.use_file(path_));
  logger_.info("one");
  std::filesystem::rename(path_, path_ + ".1");
  logger_.info("two");
  ASSERT_TRUE(logger_.follow_rotation());
  logger_.info("three");
  EXPECT_NE(content(path_ + ".1").find("two\n"), std::string::npos);
  EXPECT_NE(content(path_ + ".1").find("closing the old file\n"), std::string::npos);
  EXPECT_EQ(content(path_).find("two\n"), std::string::npos);
  EXPECT_NE(content(path_).find("three\n"), std::string::npos);
}

TEST_F(LoggerTest, ReopensAFileThatWasRemoved) {
  ASSERT_TRUE(logger_.use_file(path_));
  std::filesystem::remove(path_);
  ASSERT_TRUE(logger_.follow_rotation());
  logger_.info("again");
  EXPECT_NE(content(path_).find("again\n"), std::string::npos);
}

TEST_F(LoggerTest, LeavesAFileAloneThatIsStillItsOwn) {
  ASSERT_TRUE(logger_.use_file(path_));
  logger_.info("one");
  const std::string before = content(path_);
  ASSERT_TRUE(logger_.follow_rotation());
  EXPECT_EQ(content(path_), before);
}

TEST_F(LoggerTest, KeepsTheOldFileWhereNoNewOneCanBeMade) {
  const std::string folder = path_ + ".folder";
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(logger_.use_file(folder + "/log"));
  std::filesystem::rename(folder, folder + ".moved");
  EXPECT_FALSE(logger_.follow_rotation());
  logger_.info("still here");
  EXPECT_NE(content(folder + ".moved/log").find("still here\n"), std::string::npos);
  std::filesystem::remove_all(folder + ".moved");
}

TEST_F(LoggerTest, TakesStderrForTheStreamAfterARotationToo) {
  const auto before = std::filesystem::current_path();
  const std::string folder = path_ + ".folder";
  std::filesystem::create_directory(folder);
  std::filesystem::current_path(folder);
  testing::internal::CaptureStderr();
  ASSERT_TRUE(logger_.use_file("stderr"));
  ASSERT_TRUE(logger_.follow_rotation());
  logger_.info("to the stream");
  EXPECT_NE(testing::internal::GetCapturedStderr().find("to the stream\n"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists("stderr"));
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

TEST_F(LoggerTest, TellsANewFileWhatStandsElsewhere) {
  ASSERT_TRUE(logger_.use_file(path_));
  EXPECT_EQ(content(path_), "");
  logger_.error("bad");
  logger_.warning("odd");
  logger_.warning("odd");
  ASSERT_TRUE(logger_.use_file(path_ + ".1"));
  EXPECT_NE(content(path_ + ".1").find("LOG: 1 errors and 2 warnings in previous log file(s)\n"),
            std::string::npos);
}

TEST_F(LoggerTest, KeepsTheOldTargetIfTheNewOneCannotBeOpened) {
  ASSERT_TRUE(logger_.use_file(path_));
  EXPECT_EQ(logger_.use_file("/no/such/log").error().message,
            "/no/such/log: No such file or directory");
  logger_.info("still here");
  EXPECT_NE(content(path_).find("still here\n"), std::string::npos);
}

TEST_F(LoggerTest, DropsDebugLinesUnlessWanted) {
  ASSERT_TRUE(logger_.use_file(path_));
  logger_.debug("hidden");
  logger_.show_debug(true);
  logger_.debug("shown");
  EXPECT_EQ(content(path_).find("hidden"), std::string::npos);
  EXPECT_NE(content(path_).find("shown\n"), std::string::npos);
}

TEST_F(LoggerTest, SplitsTheTerminalByLevel) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  logger_.use_terminal(true);
  logger_.warning("to stdout");
  logger_.error("to stderr");
  const std::string output = testing::internal::GetCapturedStdout();
  const std::string errors = testing::internal::GetCapturedStderr();
  EXPECT_NE(output.find("to stdout\n"), std::string::npos);
  EXPECT_EQ(output.find("to stderr"), std::string::npos);
  EXPECT_NE(errors.find("to stderr\n"), std::string::npos);
}

}  // namespace
}  // namespace ntp::report
