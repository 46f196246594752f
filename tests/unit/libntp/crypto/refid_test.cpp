// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/crypto/refid.h"

#include <gtest/gtest.h>

namespace ntp::crypto {
namespace {

RefId of(const char* address) { return reference_id(*parse_address(address)); }

TEST(ReferenceId, IsTheIpv4AddressItself) {
  EXPECT_EQ(of("10.77.0.1").raw(), 0x0a4d0001U);
  EXPECT_EQ(of("255.255.255.255").raw(), 0xffffffffU);
}

TEST(ReferenceId, IsTheBeginningOfTheMd5OfAnIpv6Address) {
  // The first as a server of NTPsec 1.2.5 showed it.
  EXPECT_EQ(of("fd77::1").to_quad(), "119.169.75.223");
  EXPECT_EQ(of("fd77::4").to_quad(), "174.247.176.35");
  EXPECT_EQ(of("2001:db8::1").to_quad(), "57.171.155.55");
  EXPECT_EQ(of("::1").to_quad(), "207.64.77.200");
}

TEST(ReferenceId, IgnoresTheScope) { EXPECT_EQ(of("fe80::1%3"), of("fe80::1")); }

TEST(ReferenceId, IsZeroForNoAddress) { EXPECT_EQ(reference_id(Address()).raw(), 0U); }

}  // namespace
}  // namespace ntp::crypto
