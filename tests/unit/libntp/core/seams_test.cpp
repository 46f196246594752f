// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/seams.h"

#include <gtest/gtest.h>

namespace ntp {
namespace {

class ConstantRandom : public Random {
 public:
  explicit ConstantRandom(std::uint8_t octet) : octet_(octet) {}
  void fill(ByteSpan out) override { std::fill(out.begin(), out.end(), octet_); }

 private:
  std::uint8_t octet_;
};

class RecordingLog : public Log {
 public:
  void write(LogLevel level, std::string_view text) override {
    lines.emplace_back(level, std::string(text));
  }
  std::vector<std::pair<LogLevel, std::string>> lines;
};

TEST(Random, MakesNumbersOfAllItsOctets) {
  EXPECT_EQ(ConstantRandom(0xa5).u64(), 0xa5a5a5a5a5a5a5a5U);
}

TEST(Random, StaysBelowOne) {
  EXPECT_EQ(ConstantRandom(0).uniform(), 0.0);
  EXPECT_LT(ConstantRandom(0xff).uniform(), 1.0);
  EXPECT_GT(ConstantRandom(0xff).uniform(), 0.999999);
  EXPECT_NEAR(ConstantRandom(0x80).uniform(), 0.5, 0.01);
}

TEST(Log, NamesItsLevels) {
  RecordingLog log;
  log.error("a");
  log.warning("b");
  log.notice("c");
  log.info("d");
  log.debug("e");
  ASSERT_EQ(log.lines.size(), 5U);
  EXPECT_EQ(log.lines[0], std::pair(LogLevel::Error, std::string("a")));
  EXPECT_EQ(log.lines[1].first, LogLevel::Warning);
  EXPECT_EQ(log.lines[2].first, LogLevel::Notice);
  EXPECT_EQ(log.lines[3].first, LogLevel::Info);
  EXPECT_EQ(log.lines[4].first, LogLevel::Debug);
}

}  // namespace
}  // namespace ntp
