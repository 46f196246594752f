// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/units.h"

#include <gtest/gtest.h>

namespace ntp::ntpq {
namespace {

std::string ms(const char* number) { return with_unit(number, Unit::Milliseconds); }
std::string cell(const char* number) { return with_unit(number, Unit::Milliseconds, 8); }

TEST(Units, ScalesToOneToThreeDigits) {
  EXPECT_EQ(ms("0.051626"), "51.626us");
  EXPECT_EQ(ms("12.610415"), "12.610415ms");
  EXPECT_EQ(ms("3250.039581"), "3.250039581s");
  EXPECT_EQ(ms("1234567.0"), "1.2345670ks");
  EXPECT_EQ(ms("0.000001"), "1ns");
  EXPECT_EQ(ms("-0.011"), "-11us");
  EXPECT_EQ(ms("0.05"), "0.05ms");
}

TEST(Units, WritesZeroInTheSmallestUnitKnown) {
  EXPECT_EQ(ms("0.000000"), "0ns");
  EXPECT_EQ(ms("0.000"), "0us");
  EXPECT_EQ(ms("-0.000"), "0us");
  EXPECT_EQ(ms("0.0000000001"), "0ns");
  EXPECT_EQ(with_unit("0.000", Unit::PartsPerMillion), "0ppb");
  EXPECT_EQ(with_unit("37", Unit::Seconds), "37s");
}

TEST(Units, FitsACell) {
  EXPECT_EQ(cell("12.608300"), "12.608ms");
  EXPECT_EQ(cell("-0.012901"), "-12.90us");
  EXPECT_EQ(cell("-264.600000"), "-264.6ms");
  EXPECT_EQ(cell("16000.000000"), "16.0000s");
  EXPECT_EQ(cell("0.000001"), "     1ns");
}

TEST(Units, KeepsWhatIsNoNumber) {
  EXPECT_EQ(ms("abc"), "abcms");
  EXPECT_EQ(ms("1.2.3"), "1.2.3ms");
  EXPECT_EQ(ms("\x1b[2J"), "\\x1b[2Jms");
  EXPECT_EQ(ms("12345678901.5"), "12345678901.5ms");
}

TEST(Units, ScalesRatiosUpToParts) {
  EXPECT_EQ(with_unit("1500", Unit::PartsPerMillion), "1.500ppk");
}

TEST(Units, GivesAFilterOneUnit) {
  EXPECT_EQ(filter_with_unit("0.08 0.06 -0.01"), "   0.08    0.06   -0.01 ms");
  EXPECT_EQ(filter_with_unit("16000.00 16000.00 1.00"), "16.0000 16.0000 0.00100 s");
  EXPECT_EQ(filter_with_unit("`P 0.08"), "     `P    0.08 ms");
  EXPECT_EQ(filter_with_unit("12.54\x04 0.00"), " 12.54\\x04    0.00 ms");
  EXPECT_EQ(filter_with_unit("1.2.3 -. many.letters 0.08"),
            "  1.2.3      -0 many.letters    0.08 ms");
}

}  // namespace
}  // namespace ntp::ntpq
