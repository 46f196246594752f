// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/interface_filter.h"

#include <algorithm>

namespace ntp::io {

bool InterfaceFilter::accepts(const Address& local, MonoTime now) {
  if (accepts_all() || !local.is_set()) return true;
  if (!scanned_ || now - scanned_at_ >= kRescan) scan(now);
  const auto find = [&] {
    const auto place =
        std::lower_bound(known_.begin(), known_.end(), std::pair(local, false),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    return place != known_.end() && place->first == local ? place : known_.end();
  };
  auto found = find();
  if (found == known_.end() && now - scanned_at_ >= kSoonest) {
    scan(now);
    found = find();
  }
  return found != known_.end() && found->second;
}

void InterfaceFilter::scan(MonoTime now) {
  scanned_ = true;
  scanned_at_ = now;
  known_.clear();
  for (const config::LocalAddress& local : list_()) {
    known_.emplace_back(local.address, config::action_for(local, rules_, virtual_addresses_) ==
                                           config::InterfaceRule::Action::Listen);
  }
  std::sort(known_.begin(), known_.end());
}

}  // namespace ntp::io
