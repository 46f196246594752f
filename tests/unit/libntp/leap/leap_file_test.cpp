// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/leap/leap_file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ntp::leap {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// The hash is that of the digits of the four lines of numbers, one after the other.
constexpr char kGood[] =
    "# a short list\n"
    "#$\t3676924800\n"
    "#@\t3991766400\n"
    "3644697600\t36\t# leap 2015\n"
    "3692217600\t37\t# leap\n"
    "#h\t78b91dd2 6ae93566 e12c4cca 132e37 d8653e59\n";

WallTime utc(int year, unsigned month, unsigned day) {
  return WallTime(std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                                        static_cast<int>(day))
                      .time_since_epoch());
}

std::string refusal(const std::string& text) {
  const auto file = parse_leap_file(text);
  return file ? "" : file.error().message;
}

TEST(LeapFile, GivesTransitionsAndExpiry) {
  const auto file = parse_leap_file(kGood);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->signature, Signature::Good);
  ASSERT_EQ(file->table.transitions.size(), 2U);
  EXPECT_EQ(file->table.last()->at, utc(2017, 1, 1));
  EXPECT_EQ(file->table.last()->tai_offset, 37);
  EXPECT_EQ(file->table.expires, utc(2026, 6, 30));
}

TEST(LeapFile, KnowsTheOffsetOfTaiAtAnyTime) {
  const Table table = parse_leap_file(kGood)->table;
  EXPECT_EQ(table.tai_at(utc(2017, 1, 1)), 37);
  EXPECT_EQ(table.tai_at(utc(2017, 1, 1) - seconds(1)), 36);
  EXPECT_EQ(table.tai_at(utc(1980, 1, 1)), 0);
  EXPECT_EQ(table.next_after(utc(2016, 12, 31))->at, utc(2017, 1, 1));
  EXPECT_EQ(table.next_after(utc(2017, 1, 1)), nullptr);
  EXPECT_FALSE(table.expired(utc(2026, 6, 30) - seconds(1)));
  EXPECT_TRUE(table.expired(utc(2026, 6, 30)));
}

TEST(LeapFile, RefusesAWrongHash) {
  std::string text = kGood;
  text.replace(text.find("37\t#"), 2, "38");
  EXPECT_EQ(refusal(text), "signature mismatch");
  EXPECT_EQ(refusal("#h 1 2 3\n"), "malformed hash signature");
  EXPECT_EQ(refusal("#h 1 2 3 4 fffffffff\n"), "malformed hash signature");
}

TEST(LeapFile, TakesAFileWithoutAHash) {
  const auto file = parse_leap_file("#@ 3991766400\n3692217600 37");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->signature, Signature::Missing);
  EXPECT_EQ(file->table.transitions.size(), 1U);
}

TEST(LeapFile, OfNothingExpiredLongAgo) {
  const auto file = parse_leap_file("");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->table.expired(utc(1970, 1, 1)));
  EXPECT_EQ(file->table.last(), nullptr);
}

TEST(LeapFile, TakesTimesThatNoClockReachesForTheLast) {
  const auto file = parse_leap_file("#@ 250000000000\n3692217600 37\n");
  ASSERT_TRUE(file);
  const auto date = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);
  EXPECT_EQ(file->table.expires, WallTime(date.time_since_epoch()));
}

TEST(LeapFile, SaysWhatIsWrongWithATransition) {
  EXPECT_EQ(refusal("3692217601 37\n"), "bad transition time");
  EXPECT_EQ(refusal("3692304000 37\n"), "bad transition time");
  EXPECT_EQ(refusal("3692217600 37\n3644697600 36\n"), "times not ascending");
  EXPECT_EQ(refusal("3692217600 37\n3692217600 37\n"), "times not ascending");
  EXPECT_EQ(refusal("3692217600\n"), "parsing error");
  EXPECT_EQ(refusal("3692217600 x\n"), "parsing error");
  EXPECT_EQ(refusal("99999999999999999999 37\n"), "parsing error");
  EXPECT_EQ(refusal("#@ never\n"), "parsing error");
}

TEST(LeapFile, LooksAtTheFrontOfALineOnly) {
  const auto file = parse_leap_file(" 3692217600 37\n" + std::string(100'000, '1') + "\n");
  EXPECT_FALSE(file);
  EXPECT_TRUE(parse_leap_file("#" + std::string(1'000'000, 'x') + "\n3692217600 37\n"));
  EXPECT_TRUE(parse_leap_file(" 3692217600 37\n")->table.transitions.empty());
}

TEST(LeapFile, KeepsTheLastTransitions) {
  std::string text;
  for (int year = 1980; year < 2000; ++year) {
    const auto since_1900 = utc(year, 1, 1).time_since_epoch() + seconds(2'208'988'800);
    text += std::to_string(std::chrono::duration_cast<seconds>(since_1900).count()) + ' ' +
            std::to_string(year - 1960) + '\n';
  }
  const auto file = parse_leap_file(text);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->table.transitions.size(), Table::kKept);
  EXPECT_EQ(file->table.last()->tai_offset, 39);
}

}  // namespace
}  // namespace ntp::leap
