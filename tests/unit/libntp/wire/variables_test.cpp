// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "libntp/wire/control.h"

namespace ntp::wire {
namespace {

std::string shown(std::string_view text) {
  std::string out;
  for (const auto& variable : parse_variables(text)) {
    out.append("<").append(variable.name);
    if (variable.value) out.append("|").append(*variable.value);
    out.append(">");
  }
  return out;
}

TEST(Variables, SplitsAtCommasAndLineEnds) {
  EXPECT_EQ(shown("leap=0, stratum=2,\r\nrefid=GPS\r\n"), "<leap|0><stratum|2><refid|GPS>");
}

TEST(Variables, TellsNamesFromEmptyValues) {
  EXPECT_EQ(shown("offset,jitter="), "<offset><jitter|>");
}

TEST(Variables, TrimsBlanksAroundNamesAndValues) {
  EXPECT_EQ(shown("  a = 1 ,\t b\r\n"), "<a|1><b>");
  EXPECT_EQ(shown("filtdelay= 0.05 0.08,"), "<filtdelay|0.05 0.08>");
}

TEST(Variables, KeepsCommasInQuotesAndDropsTheQuotes) {
  EXPECT_EQ(shown("v=\"a, b\", w=\"\", x=\" y \""), "<v|a, b><w|><x| y >");
}

TEST(Variables, TakesAnOpenQuoteToTheEnd) {
  EXPECT_EQ(shown("v=\"a, b=c"), "<v|\"a, b=c>");
  EXPECT_EQ(shown("v=\""), "<v|\">");
}

TEST(Variables, LeavesEmptyItemsOut) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown(",, ,\r\n,"), "");
  EXPECT_EQ(shown(",a,"), "<a>");
}

TEST(Variables, SplitsAtTheFirstEqualsSign) { EXPECT_EQ(shown("a=b=c,=d"), "<a|b=c><|d>"); }

TEST(Variables, CarriesAnyOctets) {
  const std::string text("a\0b=\xff,c", 7);
  const auto variables = parse_variables(text);
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[0].name, std::string_view("a\0b", 3));
  EXPECT_EQ(*variables[0].value, "\xff");
}

}  // namespace
}  // namespace ntp::wire
