// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/interface_rules.h"

#include <gtest/gtest.h>

#include "libntp/config/parser.h"

namespace ntp::config {
namespace {

using Action = InterfaceRule::Action;

Action action(const std::string& text, const std::string& address, const std::string& device,
              bool virtual_addresses = true) {
  const auto parsed = parse_text(text, "ntp.conf");
  EXPECT_FALSE(parsed.has_errors()) << text;
  return action_for({*parse_address(address), device, device == "lo"}, parsed.settings.interfaces,
                    virtual_addresses);
}

TEST(InterfaceRules, ServeEverythingWhereThereAreNone) {
  EXPECT_EQ(action("", "192.0.2.1", "eth0"), Action::Listen);
  EXPECT_EQ(action("", "127.0.0.1", "lo"), Action::Listen);
  EXPECT_EQ(action("", "fe80::1", "eth0"), Action::Listen);
}

TEST(InterfaceRules, CloseEverythingButTheLoopbackThatNoRuleNames) {
  const std::string rules = "interface ignore wildcard\n";
  EXPECT_EQ(action(rules, "192.0.2.1", "eth0"), Action::Ignore);
  EXPECT_EQ(action(rules, "2001:db8::1", "eth0"), Action::Ignore);
  EXPECT_EQ(action(rules, "127.0.0.1", "lo"), Action::Listen);
  EXPECT_EQ(action(rules, "::1", "lo"), Action::Listen);
}

TEST(InterfaceRules, TheLastThatMatchesDecides) {
  const std::string rules =
      "interface ignore all\ninterface listen eth*\ninterface drop 192.0.2.0/25\n";
  EXPECT_EQ(action(rules, "192.0.2.200", "ETH1"), Action::Listen);
  EXPECT_EQ(action(rules, "192.0.2.1", "eth1"), Action::Drop);
  EXPECT_EQ(action(rules, "192.0.2.200", "wlan0"), Action::Ignore);
}

TEST(InterfaceRules, AllMeansNeitherLoopbackNorWildcard) {
  EXPECT_EQ(action("interface ignore all\n", "127.0.0.1", "lo"), Action::Listen);
  EXPECT_EQ(action("interface ignore ipv4\n", "127.0.0.1", "lo"), Action::Ignore);
}

TEST(InterfaceRules, LeaveVirtualDevicesOutOnDemand) {
  EXPECT_EQ(action("", "192.0.2.1", "eth0:1", false), Action::Ignore);
  EXPECT_EQ(action("interface listen 192.0.2.1\n", "192.0.2.1", "eth0:1", false), Action::Listen);
  EXPECT_EQ(action("", "192.0.2.1", "eth0", false), Action::Listen);
}

}  // namespace
}  // namespace ntp::config
