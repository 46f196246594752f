// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/port_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ntp::io {
namespace {

class PortLockTest : public ::testing::Test {
 protected:
  PortLockTest() { std::filesystem::remove(path_); }
  ~PortLockTest() override { std::filesystem::remove(path_); }
  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::string content() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const std::string path_ =
      std::filesystem::temp_directory_path() / ("LCK..test" + std::to_string(getpid()));
};

TEST_F(PortLockTest, HoldsTheOwnNumberUntilItIsGone) {
  {
    const auto lock = PortLock::take(path_);
    ASSERT_TRUE(lock);
    EXPECT_EQ(content(), std::to_string(getpid()) + '\n');
    const auto second = PortLock::take(path_);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, testing::HasSubstr("in use by process"));
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PortLockTest, OneOfAProcessThatIsGoneIsTakenOver) {
  write("       999999999\n");
  EXPECT_TRUE(PortLock::take(path_));
}

TEST_F(PortLockTest, WhatIsNoLockStays) {
  write("somebody's\n");
  EXPECT_FALSE(PortLock::take(path_));
  EXPECT_EQ(content(), "somebody's\n");
}

TEST_F(PortLockTest, NoPathIsNoLock) {
  EXPECT_TRUE(PortLock::take(""));
  EXPECT_FALSE(PortLock::take("/nonexistent/folder/LCK"));
}

}  // namespace
}  // namespace ntp::io
