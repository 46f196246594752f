// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "libntp/config/settings.h"

namespace ntp::config {

/// An address of this host, as interface rules see it.
struct LocalAddress {
  Address address;
  std::string device;
  bool loopback_device = false;
};

/// What the rules say of requests to that address. The last rule that matches decides. Where none
/// does, the loopback is served and everything else only if there are no rules at all (NTPsec).
/// Without `virtual_addresses` (-L) devices with a colon in their name are ignored by default.
InterfaceRule::Action action_for(const LocalAddress& local, const std::vector<InterfaceRule>& rules,
                                 bool virtual_addresses = true);

}  // namespace ntp::config
