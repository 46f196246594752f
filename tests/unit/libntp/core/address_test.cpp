// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/address.h"

#include <gtest/gtest.h>

namespace ntp {
namespace {

std::string shown(std::string_view text) {
  const auto address = parse_address(text);
  return address ? address->to_string() : "none";
}

std::string shown_prefix(std::string_view text) {
  const auto prefix = parse_prefix(text);
  return prefix ? prefix->to_string() : "none";
}

bool covers(std::string_view prefix, std::string_view address) {
  return parse_prefix(prefix)->contains(*parse_address(address));
}

TEST(Address, IsReadAndWritten) {
  EXPECT_EQ(shown("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(shown("fd00:0:0::0001"), "fd00::1");
  EXPECT_EQ(shown("::"), "::");
  EXPECT_EQ(shown("::ffff:1.2.3.4"), "::ffff:1.2.3.4");
}

TEST(Address, MayStandInBracketsIfItIsIpv6) {
  EXPECT_EQ(shown("[fd00::1]"), "fd00::1");
  EXPECT_EQ(shown("[fe80::1%3]"), "fe80::1%3");
  for (const auto* text :
       {"[10.0.0.1]", "[]", "[", "[fd00::1", "fd00::1]", "[[fd00::1]]", "[fd00::1]%3"}) {
    EXPECT_EQ(shown(text), "none") << text;
  }
}

TEST(Address, CarriesTheIndexOfItsScope) {
  const auto address = parse_address("fe80::1%3");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->scope(), 3U);
  EXPECT_EQ(shown("fe80::1%4294967295"), "fe80::1%4294967295");
  for (const auto* text : {"fe80::1%", "fe80::1%eth0", "fe80::1%-1", "fe80::1%4294967296",
                           "fe80::1%3%3", "10.0.0.1%3", "%3"}) {
    EXPECT_EQ(shown(text), "none") << text;
  }
}

TEST(Address, IsNothingElse) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "127.1"sv, "1"sv, "256.0.0.1"sv, "1.2.3.4.5"sv, "010.0.0.1"sv, "1.2.3.4 "sv, " ::1"sv,
        "10.0.0.1\0"sv, "::1\0"sv, "::1\0x"sv, "host"sv, ":::"sv, "12345::"sv, "1.2.3.4/8"sv}) {
    EXPECT_EQ(shown(text), "none") << text;
  }
}

TEST(Address, SurvivesLongRubbish) {
  EXPECT_EQ(shown(std::string(1'000'000, '[') + std::string(1'000'000, ']')), "none");
  EXPECT_EQ(shown(std::string(1'000'000, '1')), "none");
}

TEST(Address, KnowsItsKind) {
  EXPECT_TRUE(parse_address("127.9.9.9")->is_loopback());
  EXPECT_TRUE(parse_address("::1")->is_loopback());
  EXPECT_FALSE(parse_address("::2")->is_loopback());
  EXPECT_TRUE(parse_address("224.0.1.1")->is_multicast());
  EXPECT_TRUE(parse_address("239.255.255.255")->is_multicast());
  EXPECT_FALSE(parse_address("240.0.0.1")->is_multicast());
  EXPECT_TRUE(parse_address("ff02::1")->is_multicast());
  EXPECT_TRUE(Address::any(Family::V4).is_wildcard());
  EXPECT_EQ(Address::any(Family::V6).to_string(), "::");
  EXPECT_EQ(Address::loopback(Family::V4).to_string(), "127.0.0.1");
  EXPECT_EQ(Address::loopback(Family::V6).to_string(), "::1");
}

TEST(Address, IsNotKnownByDefault) {
  const Address address;
  EXPECT_FALSE(address.is_set());
  EXPECT_FALSE(address.is_v4());
  EXPECT_FALSE(address.is_v6());
  EXPECT_FALSE(address.is_wildcard());
  EXPECT_FALSE(address.is_loopback());
  EXPECT_FALSE(address.is_multicast());
  EXPECT_TRUE(address.bytes().empty());
  EXPECT_EQ(address.to_string(), "");
}

TEST(Address, ConvertsToNumbers) {
  EXPECT_EQ(Address::v4(0x0a000001).to_string(), "10.0.0.1");
  EXPECT_EQ(parse_address("10.0.0.1")->v4_value(), 0x0a000001U);
  EXPECT_EQ(parse_address("10.0.0.1")->bytes().size(), 4U);
  EXPECT_EQ(parse_address("::1")->bytes().size(), 16U);
}

TEST(Address, ComparesAllItsParts) {
  EXPECT_EQ(*parse_address("fe80::1%3"), *parse_address("fe80::1%3"));
  EXPECT_NE(*parse_address("fe80::1%3"), *parse_address("fe80::1%4"));
  EXPECT_NE(Address::any(Family::V4), Address::any(Family::V6));
  EXPECT_LT(*parse_address("10.0.0.1"), *parse_address("10.0.0.2"));
}

TEST(Endpoint, IsWrittenWithItsPort) {
  EXPECT_EQ((Endpoint{*parse_address("10.0.0.1"), 123}.to_string()), "10.0.0.1:123");
  EXPECT_EQ((Endpoint{*parse_address("fd00::1"), 65535}.to_string()), "[fd00::1]:65535");
  EXPECT_EQ((Endpoint{*parse_address("fe80::1%2"), 0}.to_string()), "[fe80::1%2]:0");
}

TEST(Prefix, ClearsTheBitsBehindIt) {
  EXPECT_EQ(shown_prefix("192.0.2.77/24"), "192.0.2.0/24");
  EXPECT_EQ(shown_prefix("192.0.2.255/25"), "192.0.2.128/25");
  EXPECT_EQ(shown_prefix("255.255.255.255/1"), "128.0.0.0/1");
  EXPECT_EQ(shown_prefix("2001:db8:ffff::1/33"), "2001:db8:8000::/33");
  EXPECT_EQ(shown_prefix("10.1.2.3/0"), "0.0.0.0/0");
  EXPECT_EQ(shown_prefix("::1/0"), "::/0");
}

TEST(Prefix, IsOfFullLengthWithoutOne) {
  EXPECT_EQ(shown_prefix("10.0.0.1"), "10.0.0.1/32");
  EXPECT_EQ(shown_prefix("::1"), "::1/128");
  EXPECT_EQ(shown_prefix("[::1]/64"), "::/64");
}

TEST(Prefix, RejectsBadLengths) {
  for (const auto* text :
       {"10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8x",
        "10.0.0.0/ 8", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/99999999999", "/8", "", "x/8"}) {
    EXPECT_EQ(shown_prefix(text), "none") << text;
  }
}

TEST(Prefix, ContainsItsAddresses) {
  EXPECT_TRUE(covers("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(covers("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(covers("10.0.0.0/9", "10.127.0.1"));
  EXPECT_FALSE(covers("10.0.0.0/9", "10.128.0.1"));
  EXPECT_TRUE(covers("10.0.0.1/32", "10.0.0.1"));
  EXPECT_FALSE(covers("10.0.0.1/32", "10.0.0.0"));
  EXPECT_TRUE(covers("0.0.0.0/0", "255.1.2.3"));
  EXPECT_TRUE(covers("2001:db8::/33", "2001:db8:7fff::"));
  EXPECT_FALSE(covers("2001:db8::/33", "2001:db8:8000::"));
  EXPECT_TRUE(covers("fe80::1/128", "fe80::1%9"));
}

TEST(Prefix, ContainsNothingOfTheOtherFamily) {
  EXPECT_FALSE(covers("0.0.0.0/0", "::"));
  EXPECT_FALSE(covers("::/0", "0.0.0.0"));
  EXPECT_FALSE(parse_prefix("::/0")->contains(Address()));
}

TEST(Prefix, ContainsNothingIfItMakesNoSense) {
  EXPECT_FALSE(Prefix{}.contains(Address()));
  EXPECT_FALSE((Prefix{Address::v4(1), 33}.contains(Address::v4(1))));
  EXPECT_FALSE((Prefix{Address::v4(1), -1}.contains(Address::v4(1))));
}

}  // namespace
}  // namespace ntp
