// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_resolver.h"

#include <utility>

namespace ntp::sim {

void SimResolver::resolve(const std::string& host, Family family, Callback callback) {
  ++lookups_[host];
  world_.after(delay_, [result = answer(host, family), callback = std::move(callback)] {
    callback(result);
  });
}

Result<std::vector<Address>> SimResolver::answer(const std::string& host, Family family) const {
  const auto failure = failures_.find(host);
  if (failure != failures_.end()) return fail(failure->second);
  std::vector<Address> all;
  const auto known = names_.find(host);
  if (known != names_.end()) {
    all = known->second;
  } else if (const auto numeric = parse_address(host)) {
    all.push_back(*numeric);
  }
  if (family != Family::Any) {
    std::erase_if(all, [family](const Address& address) { return address.family() != family; });
  }
  if (all.empty()) return fail("no address for " + host);
  return all;
}

void SimResolver::set(const std::string& host, std::vector<Address> addresses) {
  failures_.erase(host);
  names_[host] = std::move(addresses);
}

void SimResolver::fail_lookups(const std::string& host, const std::string& reason) {
  failures_[host] = reason;
}

int SimResolver::lookups(const std::string& host) const {
  const auto found = lookups_.find(host);
  return found == lookups_.end() ? 0 : found->second;
}

}  // namespace ntp::sim
