// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/name_list.h"

#include <gtest/gtest.h>

#include <string>

namespace ntp::control {
namespace {

TEST(StrictItem, TakesEverythingUpToTheComma) {
  const ListItem item = strict_item(" leap =12,tai");
  EXPECT_EQ(item.name, " leap ");
  EXPECT_EQ(item.value.size(), 2U);
  EXPECT_EQ(item.rest, "tai");
}

TEST(StrictItem, IsEmptyBeforeALeadingComma) {
  const ListItem item = strict_item(",leap");
  EXPECT_EQ(item.name, "");
  EXPECT_EQ(item.rest, "leap");
}

TEST(StrictItem, CountsFurtherEqualSignsToTheValue) {
  const ListItem item = strict_item("a=b=c");
  EXPECT_EQ(item.name, "a");
  EXPECT_EQ(item.value.size(), 3U);
  EXPECT_EQ(item.rest, "");
}

TEST(TolerantItem, SkipsCommasAndWhiteSpaceBefore) {
  const auto item = tolerant_item(" ,\t\r\n, offset, reach");
  ASSERT_TRUE(item);
  EXPECT_EQ(item->name, "offset");
  EXPECT_EQ(item->rest, " reach");
}

TEST(TolerantItem, KeepsWhiteSpaceAfterTheName) {
  EXPECT_EQ(tolerant_item("reach ,x")->name, "reach ");
}

TEST(TolerantItem, TrimsTheValue) {
  EXPECT_EQ(tolerant_item("a=  xy \r")->value.size(), 2U);
  EXPECT_EQ(tolerant_item("a=   ,b")->value.size(), 0U);
}

TEST(TolerantItem, EndsWhereOnlySeparatorsAreLeft) {
  EXPECT_FALSE(tolerant_item(""));
  EXPECT_FALSE(tolerant_item(" , \n,"));
}

}  // namespace
}  // namespace ntp::control
