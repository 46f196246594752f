// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <vector>

#include "libntp/config/interface_rules.h"

namespace ntp::io {

/// The IPv4 and IPv6 addresses of this host's devices now, none if they can't be had. Link-local
/// ones carry their device's index as scope.
std::vector<config::LocalAddress> local_addresses();

}  // namespace ntp::io
