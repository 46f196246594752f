// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "libntp/config/interface_rules.h"
#include "libntp/core/time.h"

namespace ntp::io {

/// Says which of the host's addresses are served, by the interface rules of ntp.conf: the sockets
/// are wildcard ones, so rules are kept datagram by datagram.
class InterfaceFilter {
 public:
  using List = std::function<std::vector<config::LocalAddress>()>;
  /// NTPsec: addresses are looked for this often even if nothing asks for it.
  static constexpr Duration kRescan = std::chrono::seconds(300);
  /// And at most this often if datagrams come for addresses that are not known.
  static constexpr Duration kSoonest = std::chrono::seconds(2);

  /// `list` gives the host's addresses. Devices with a colon in their name are virtual.
  InterfaceFilter(std::vector<config::InterfaceRule> rules, bool virtual_addresses, List list)
      : rules_(std::move(rules)), virtual_addresses_(virtual_addresses), list_(std::move(list)) {}

  /// Whether no rule shuts any address out.
  [[nodiscard]] bool accepts_all() const { return rules_.empty() && virtual_addresses_; }
  /// Whether requests to `local` are answered. An address that was not told is.
  bool accepts(const Address& local, MonoTime now);

 private:
  void scan(MonoTime now);

  std::vector<config::InterfaceRule> rules_;
  bool virtual_addresses_;
  List list_;
  std::vector<std::pair<Address, bool>> known_;  // sorted
  bool scanned_ = false;
  MonoTime scanned_at_{};
};

}  // namespace ntp::io
