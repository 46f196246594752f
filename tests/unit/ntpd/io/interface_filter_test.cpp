// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/interface_filter.h"

#include <gtest/gtest.h>

namespace ntp::io {
namespace {

using std::chrono::seconds;

const Address kServed = Address::v4(0xc0000201);
const Address kClosed = Address::v4(0xc6336401);
const Address kLater = Address::v4(0xc0000202);

class InterfaceFilterTest : public testing::Test {
 protected:
  std::vector<config::LocalAddress> addresses_{{kServed, "eth0", false}, {kClosed, "eth1", false}};
  int scans_ = 0;
  static config::InterfaceRule rule() {
    config::InterfaceRule rule;
    rule.match = config::InterfaceRule::Match::Name;
    rule.name = "eth0";
    return rule;
  }

  InterfaceFilter filter_{{rule()}, true, [this] {
                            ++scans_;
                            return addresses_;
                          }};
};

TEST_F(InterfaceFilterTest, AcceptsEverythingWithoutRulesAndWithoutLooking) {
  InterfaceFilter open({}, true, [this] {
    ++scans_;
    return addresses_;
  });
  EXPECT_TRUE(open.accepts(kClosed, MonoTime{}));
  EXPECT_EQ(scans_, 0);
}

TEST_F(InterfaceFilterTest, KeepsTheRules) {
  EXPECT_TRUE(filter_.accepts(kServed, MonoTime{}));
  EXPECT_FALSE(filter_.accepts(kClosed, MonoTime{}));
  EXPECT_TRUE(filter_.accepts(Address(), MonoTime{}));
  EXPECT_EQ(scans_, 1);
}

TEST_F(InterfaceFilterTest, FindsNewAddressesButDoesNotLookForEachDatagram) {
  EXPECT_FALSE(filter_.accepts(kLater, MonoTime{}));
  addresses_.push_back({kLater, "eth0", false});
  EXPECT_FALSE(filter_.accepts(kLater, MonoTime{} + seconds(1)));
  EXPECT_EQ(scans_, 1);
  EXPECT_TRUE(filter_.accepts(kLater, MonoTime{} + seconds(2)));
  EXPECT_EQ(scans_, 2);
}

TEST_F(InterfaceFilterTest, ForgetsAddressesThatMovedAway) {
  EXPECT_TRUE(filter_.accepts(kServed, MonoTime{}));
  addresses_.erase(addresses_.begin());
  EXPECT_FALSE(filter_.accepts(kServed, MonoTime{} + InterfaceFilter::kRescan));
}

}  // namespace
}  // namespace ntp::io
