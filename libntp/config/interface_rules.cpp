// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/interface_rules.h"

#include <fnmatch.h>

#include <algorithm>

namespace ntp::config {
namespace {

using Action = InterfaceRule::Action;
using Match = InterfaceRule::Match;

bool is_served_loopback(const LocalAddress& local) {
  return local.loopback_device && local.address.is_loopback();
}

bool matches(const InterfaceRule& rule, const LocalAddress& local) {
  switch (rule.match) {
    case Match::All:
      return !local.address.is_loopback() && !local.address.is_wildcard();
    case Match::V4:
      return local.address.is_v4();
    case Match::V6:
      return local.address.is_v6();
    case Match::Wildcard:
      return local.address.is_wildcard();
    case Match::Name:
      return fnmatch(rule.name.c_str(), local.device.c_str(), FNM_CASEFOLD) == 0;
    case Match::Address:
      return rule.prefix.contains(local.address);
  }
  return false;
}

}  // namespace

InterfaceRule::Action action_for(const LocalAddress& local, const std::vector<InterfaceRule>& rules,
                                 bool virtual_addresses) {
  const auto rule = std::find_if(rules.rbegin(), rules.rend(),
                                 [&](const InterfaceRule& each) { return matches(each, local); });
  if (rule != rules.rend()) return rule->action;
  if (is_served_loopback(local)) return Action::Listen;
  if (!virtual_addresses && local.device.find(':') != std::string::npos) return Action::Ignore;
  return rules.empty() ? Action::Listen : Action::Ignore;
}

}  // namespace ntp::config
