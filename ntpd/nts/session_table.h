// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "libntp/core/address.h"
#include "libntp/core/time.h"

namespace ntp::ke {

struct SessionLimits {
  /// Sessions at once, in all and from one IPv4 address or IPv6 network of 64 bits.
  std::size_t total = 1000;
  std::size_t per_network = 32;
  /// A session that is older than this gives way to a new one where there is no room.
  Duration patience = std::chrono::milliseconds(250);
  /// An honest client is done long before.
  Duration deadline = std::chrono::seconds(2);
};

/// Who is being served, and whether there is room for one more. Those who open sessions and let
/// them lie lose them to newcomers; those who open many at once take room from nobody but
/// themselves. Memory is bounded by the limits.
class SessionTable {
 public:
  using Id = std::uint64_t;

  explicit SessionTable(const SessionLimits& limits) : limits_(limits) {}

  /// Whether one more has room in all; where not, the session to be ended for it, if there is one.
  struct Room {
    bool free = true;
    std::optional<Id> evict;
  };
  [[nodiscard]] Room room(MonoTime now) const;
  /// The same for an address.
  [[nodiscard]] Room room_for(const Address& remote, MonoTime now) const;

  Id add(const Address& remote, MonoTime now);
  void remove(Id id);
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  using Network = std::array<std::uint8_t, 9>;  // the family, and up to 8 octets
  struct Session {
    Network network;
    MonoTime since;
  };
  static Network network_of(const Address& address);
  [[nodiscard]] Room occupied_by(Id oldest, MonoTime now) const;

  SessionLimits limits_;
  Id next_ = 1;
  std::map<Id, Session> sessions_;            // oldest first
  std::map<Network, std::set<Id>> networks_;  // the same sessions
};

}  // namespace ntp::ke
