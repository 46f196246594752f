// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/local_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

namespace ntp::os {
namespace {

Address address_of(const sockaddr* where) {
  if (where == nullptr) return {};
  if (where->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, where, sizeof v4);
    return Address::v4(ntohl(v4.sin_addr.s_addr));
  }
  if (where->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, where, sizeof v6);
    return Address::from_bytes(ByteView(v6.sin6_addr.s6_addr, 16), v6.sin6_scope_id);
  }
  return {};
}

}  // namespace

std::vector<config::LocalAddress> local_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
  std::vector<config::LocalAddress> found;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const Address address = address_of(each->ifa_addr);
    if (!address.is_set()) continue;
    found.push_back({address, each->ifa_name, (each->ifa_flags & IFF_LOOPBACK) != 0});
  }
  return found;
}

}  // namespace ntp::os
