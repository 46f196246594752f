// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/nts/session_table.h"

#include <algorithm>

namespace ntp::ke {

SessionTable::Network SessionTable::network_of(const Address& address) {
  Network network{};
  network[0] = address.is_v6() ? 6 : 4;
  const ByteView octets = address.bytes();
  std::copy_n(octets.begin(), std::min(octets.size(), network.size() - 1), network.begin() + 1);
  return network;
}

SessionTable::Room SessionTable::occupied_by(Id oldest, MonoTime now) const {
  const bool patient = now - sessions_.at(oldest).since < limits_.patience;
  return {false, patient ? std::nullopt : std::optional(oldest)};
}

SessionTable::Room SessionTable::room(MonoTime now) const {
  if (sessions_.size() < limits_.total) return {};
  return sessions_.empty() ? Room{false, std::nullopt} : occupied_by(sessions_.begin()->first, now);
}

SessionTable::Room SessionTable::room_for(const Address& remote, MonoTime now) const {
  const auto found = networks_.find(network_of(remote));
  if (found == networks_.end() || found->second.size() < limits_.per_network) return {};
  return occupied_by(*found->second.begin(), now);
}

SessionTable::Id SessionTable::add(const Address& remote, MonoTime now) {
  const Id id = next_++;
  const Network network = network_of(remote);
  sessions_.emplace(id, Session{network, now});
  networks_[network].insert(id);
  return id;
}

void SessionTable::remove(Id id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const auto network = networks_.find(found->second.network);
  network->second.erase(id);
  if (network->second.empty()) networks_.erase(network);
  sessions_.erase(found);
}

}  // namespace ntp::ke
