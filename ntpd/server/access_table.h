// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/address.h"

namespace ntp::server {

/// One rule of the restrict list: it matches an address whose bits under the mask are its own.
struct AccessEntry {
  Address address;
  Address mask;
  bool source = false;    // made by `restrict source`
  bool ntp_port = false;  // only packets from port 123
  std::uint32_t flags = 0;

  friend bool operator==(const AccessEntry&, const AccessEntry&) = default;
};

/// Its flags in words, as NTPsec lists them: `ntpport` and `source` first. Not all flags have one.
[[nodiscard]] std::string flag_words(const AccessEntry& entry);

/// The restrict list: immutable, so that a packet can be judged while a new one is built. It always
/// holds an entry for all addresses of each family, with `noquery limited` unless the configuration
/// says more or less.
class AccessTable {
 public:
  /// The addresses of a host name, in the resolver's order; none if there are none.
  using HostLookup = std::function<std::vector<Address>(const std::string& host, Family family)>;

  /// The two entries that are always there.
  AccessTable();
  /// Applies the lines in their order. Numeric hosts need no lookup; a name without addresses makes
  /// no entry. NTPsec: equal entries have their flags added up, and a mask of the other family
  /// counts as no bits at all.
  static AccessTable build(const std::vector<config::RestrictSettings>& lines,
                           const HostLookup& lookup = {});

  /// The flags of the entry that decides about packets from `remote`. Multicast addresses and those
  /// that are not known are ignored.
  [[nodiscard]] std::uint32_t flags_for(const Endpoint& remote) const;
  /// Its index in entries(); nothing for multicast and unknown addresses.
  [[nodiscard]] std::optional<std::size_t> match(const Endpoint& remote) const;
  /// In the order they are tried, first match wins: IPv4 then IPv6, each from the highest address
  /// and mask to the lowest.
  [[nodiscard]] const std::vector<AccessEntry>& entries() const { return entries_; }
  /// Whether any entry needs the list of recent clients.
  [[nodiscard]] bool has_limits() const;

  enum class Hole : std::uint8_t { NotNeeded, Poked, SpecificEntry, NoTemplate };
  /// Lets a source in by the flags of `restrict source` where its packets would be dropped:
  /// `ignore`, or `notrust` without key or NTS. SpecificEntry and NoTemplate leave it locked out.
  /// Only Poked changes this table.
  Hole poke_hole(const Endpoint& source, bool authenticated);

 private:
  struct Change;

  void read(const config::RestrictSettings& line, const HostLookup& lookup,
            std::vector<Change>& changes);
  static void apply(const Change& change, std::optional<AccessEntry>& entry);
  void index_masks();

  std::vector<AccessEntry> entries_;
  std::vector<Address> masks_;  // those in use, each once
  std::optional<AccessEntry> source_template_;
};

}  // namespace ntp::server
