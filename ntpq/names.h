// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <map>
#include <string>
#include <utility>

#include "libntp/core/time.h"
#include "ntpq/transport.h"

namespace ntp::ntpq {

/// Names for addresses, remembered for five minutes: also that there is none, so that a dead
/// name service is waited for once for each address.
class Names {
 public:
  explicit Names(Network& network) : network_(network) {}

  /// The name in lower case, or the address if it has none. A text that is no address is named
  /// `DNSFAIL:` and the text, and is not looked up.
  std::string of(const std::string& address);
  /// The same for a name too: that of its first address, or `DNSFAIL:` and the name if it has none.
  std::string canonical(const std::string& host);
  /// Whether a name has that address among its own.
  bool lead_to(const std::string& name, const std::string& address);

 private:
  struct Entry {
    std::string name;
    MonoTime learned;
  };

  Network& network_;
  std::map<std::string, Entry> known_;
  /// By name and address.
  std::map<std::pair<std::string, std::string>, bool> confirmed_;
};

}  // namespace ntp::ntpq
