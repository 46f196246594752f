// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/local_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <memory>

#include "ntpd/io/socket_options.h"

namespace ntp::io {
std::vector<config::LocalAddress> local_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
  std::vector<config::LocalAddress> found;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const Address address = from_sockaddr(each->ifa_addr).address;
    if (!address.is_set()) continue;
    found.push_back({address, each->ifa_name, (each->ifa_flags & IFF_LOOPBACK) != 0});
  }
  return found;
}

}  // namespace ntp::io
