// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/format.h"

#include <limits>

#include <gtest/gtest.h>

namespace ntp::control {
namespace {

TEST(Format, WritesNumbers) {
  EXPECT_EQ(integer(-30), "-30");
  EXPECT_EQ(integer(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(hexadecimal(0), "0x0");
  EXPECT_EQ(hexadecimal(0xff), "0xff");
  EXPECT_EQ(milliseconds(0.0010186, 3), "1.019");
  EXPECT_EQ(milliseconds(-0.000008692, 6), "-0.008692");
  EXPECT_EQ(milliseconds(-0.0000001, 2), "-0.00");
  EXPECT_EQ(parts_per_million(-12.3456e-6, 3), "-12.346");
}

TEST(Format, WritesZeroForWhatIsNoNumber) {
  EXPECT_EQ(fixed(std::numeric_limits<double>::quiet_NaN(), 3), "0.000");
  EXPECT_EQ(milliseconds(std::numeric_limits<double>::infinity(), 6), "0.000000");
  EXPECT_EQ(whole_seconds(std::numeric_limits<double>::quiet_NaN()), "0");
}

TEST(Format, CutsSecondsOff) {
  EXPECT_EQ(whole_seconds(5.999), "5");
  EXPECT_EQ(whole_seconds(-3), "0");
  EXPECT_EQ(whole_seconds(1e300), "9000000000000000");
}

TEST(Format, WritesStampsAndDates) {
  EXPECT_EQ(timestamp(NtpTimestamp()), "0x00000000.00000000");
  EXPECT_EQ(timestamp(NtpTimestamp(0xeeae25f6'0c4f58b6)), "0xeeae25f6.0c4f58b6");
  EXPECT_EQ(date(WallTime()), "1970-01-01T00:00Z");
  EXPECT_EQ(date(WallTime(std::chrono::seconds(1'483'228'800))), "2017-01-01T00:00Z");
  EXPECT_EQ(date(WallTime(std::chrono::seconds(4'233'772'740))), "2104-02-29T23:59Z");
  EXPECT_EQ(date(WallTime(std::chrono::seconds(-60))), "1969-12-31T23:59Z");
}

TEST(Format, QuotesWhatCannotBeEscaped) {
  EXPECT_EQ(in_quotes("SHM(0)"), "\"SHM(0)\"");
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("a\"b\r\n\x80"), "\"a.b...\"");
}

TEST(Format, WritesReferencesByStratum) {
  EXPECT_EQ(reference_text(RefId::from_text("GPS"), 1), "GPS");
  EXPECT_EQ(reference_text(RefId(0x0a4d0001), 2), "10.77.0.1");
  EXPECT_EQ(reference_text(RefId(0x0a4d0001), 15), "10.77.0.1");
  EXPECT_EQ(reference_text(RefId(0x7f000001), 16), ".");
}

TEST(Format, KeepsAServersReferenceFromBreakingTheReply) {
  EXPECT_EQ(reference_text(RefId::from_text("a,\"b"), 1), "a..b");
}

TEST(Format, WritesAddresses) {
  EXPECT_EQ(address(Address()), "0.0.0.0");
  EXPECT_EQ(address(*parse_address("fd00::1")), "fd00::1");
}

TEST(Format, BeginsFilterArraysWithABlank) {
  EXPECT_EQ(filter_array({0.00005, -0.00001, 16, 0, 0, 0, 0, 0}),
            " 0.05 -0.01 16000.00 0.00 0.00 0.00 0.00 0.00");
}

}  // namespace
}  // namespace ntp::control
