// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/number.h"

#include <gtest/gtest.h>

#include <limits>

namespace ntp::ntpq {
namespace {

TEST(Number, ReadsIntegersOfAnyBase) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-30"), -30);
  EXPECT_EQ(parse_integer("+7"), 7);
  EXPECT_EQ(parse_integer("0xff"), 255);
  EXPECT_EQ(parse_integer("0o17"), 15);
  EXPECT_EQ(parse_integer("0b101"), 5);
  EXPECT_EQ(parse_integer("000"), 0);
}

TEST(Number, TakesNothingElseForAnInteger) {
  for (const char* text : {"", "-", "007", "1.0", "0x", "12x", "--1", "1e3", " 1",
                           "99999999999999999999", "0xffffffffffffffffff"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

TEST(Number, ReadsReals) {
  EXPECT_EQ(parse_real("0.000001"), 1e-6);
  EXPECT_EQ(parse_real("-3.5"), -3.5);
  EXPECT_EQ(parse_real("007"), 7.0);
  EXPECT_EQ(parse_real(".5"), 0.5);
  for (const char* text : {"", "-", "--1", "1.0x", "0x10.0", "1..2", "nan(1)", "10.0.0.1"}) {
    EXPECT_EQ(parse_real(text), std::nullopt) << text;
  }
}

TEST(Number, WritesTheShortestForm) {
  EXPECT_EQ(shortest(0.0), "0.0");
  EXPECT_EQ(shortest(10.330), "10.33");
  EXPECT_EQ(shortest(1e-6), "1e-06");
  EXPECT_EQ(shortest(0.0001), "0.0001");
  EXPECT_EQ(shortest(16000.0), "16000.0");
  EXPECT_EQ(shortest(1e15), "1000000000000000.0");
  EXPECT_EQ(shortest(1e16), "1e+16");
  EXPECT_EQ(shortest(-0.25), "-0.25");
  EXPECT_EQ(shortest(1.5e300), "1.5e+300");
  EXPECT_EQ(shortest(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(shortest(std::numeric_limits<double>::quiet_NaN()), "nan");
}

}  // namespace
}  // namespace ntp::ntpq
