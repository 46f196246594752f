// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace ntp {
namespace {

enum class Reason { TooLong, TooShort };

Result<int> half(int number) {
  if (number % 2 != 0) return fail("odd");
  return number / 2;
}

Result<int, Reason> measured(int number) {
  if (number > 9) return fail(Reason::TooLong);
  return number;
}

Result<void> checked(bool good) {
  if (!good) return fail("bad");
  return {};
}

TEST(Result, HoldsAValue) {
  const auto result = half(4);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(*result, 2);
  EXPECT_EQ(result.value(), 2);
}

TEST(Result, HoldsAnError) {
  const auto result = half(3);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "odd");
  EXPECT_EQ(result.value_or(7), 7);
  EXPECT_EQ(half(4).value_or(7), 2);
}

TEST(Result, CarriesAnEnumAsReason) {
  EXPECT_EQ(measured(10).error(), Reason::TooLong);
  EXPECT_TRUE(measured(9));
}

TEST(Result, WorksWithoutAValue) {
  EXPECT_TRUE(checked(true));
  const auto result = checked(false);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "bad");
}

TEST(Result, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  ASSERT_TRUE(result);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, LetsItsValueBeChanged) {
  Result<std::string> result = std::string("a");
  *result += 'b';
  EXPECT_EQ(result->size(), 2U);
}

TEST(ResultDeathTest, AssertsThatTheSideReadIsThere) {
  EXPECT_DEATH((void)half(3).value(), "");
  EXPECT_DEATH((void)half(4).error(), "");
  EXPECT_DEATH((void)checked(true).error(), "");
}

}  // namespace
}  // namespace ntp
