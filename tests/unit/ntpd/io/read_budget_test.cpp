// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/read_budget.h"

#include <gtest/gtest.h>

namespace ntp::io {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What a device that always has `size` octets more gets read in ten seconds, at 10 us a read.
std::pair<int, std::size_t> flood(std::size_t size) {
  ReadBudget budget;
  ReadBudget::Time now{seconds(1000)};
  const ReadBudget::Time end = now + seconds(10);
  int reads = 0;
  std::size_t octets = 0;
  while (now < end) {
    ++reads;
    octets += size;
    const auto next = budget.spend(size, now);
    EXPECT_GT(next.value_or(end), now);
    now = next.value_or(now + microseconds(10));
  }
  return {reads, octets};
}

TEST(ReadBudget, AFloodIsReadForAPartOfTheTime) {
  const auto [reads, octets] = flood(ReadBudget::kPiece);
  EXPECT_LE(octets, 40 * ReadBudget::kOctets);
  EXPECT_GE(octets, 39 * ReadBudget::kOctets);
  EXPECT_LT(reads, 40 * ReadBudget::kReads);
}

TEST(ReadBudget, ManySmallPiecesAreAFloodToo) {
  const auto [reads, octets] = flood(1);
  EXPECT_LE(reads, 40 * ReadBudget::kReads);
  EXPECT_GE(reads, 39 * ReadBudget::kReads);
}

TEST(ReadBudget, ABurstEachSecondNeverWaits) {
  ReadBudget budget;
  for (int second = 0; second < 10; ++second) {
    for (int line = 0; line < 100; ++line) {
      EXPECT_FALSE(budget.spend(82, ReadBudget::Time{seconds(1000 + second) + milliseconds(line)}));
    }
  }
}

}  // namespace
}  // namespace ntp::io
