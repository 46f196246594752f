// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ntpd/control/model.h"

namespace ntp::control {

/// A daemon that is whatever the test says. Nothing but what is in the maps exists.
class FakeModel : public Model {
 public:
  [[nodiscard]] SystemView system() const override { return system_view; }
  [[nodiscard]] std::vector<std::uint16_t> associations() const override { return order; }
  [[nodiscard]] std::optional<PeerView> peer(std::uint16_t id) const override {
    return find(peers, id);
  }
  [[nodiscard]] std::optional<std::uint64_t> counter(std::string_view name) const override {
    return find(counters, name);
  }
  [[nodiscard]] std::optional<double> quantity(std::string_view name) const override {
    return find(quantities, name);
  }
  [[nodiscard]] std::optional<ClockView> clock(std::uint16_t id) const override {
    return find(clocks, id);
  }
  [[nodiscard]] std::vector<UserVariable> user_variables() const override { return user; }
  [[nodiscard]] std::vector<RestrictionView> restrictions() const override { return entries; }
  void acknowledge_events(std::uint16_t id) override { acknowledged.push_back(id); }

  /// Puts an association at the head of the list.
  PeerView& add_peer(std::uint16_t id) {
    order.insert(order.begin(), id);
    peers[id].id = id;
    return peers[id];
  }

  SystemView system_view;
  std::vector<std::uint16_t> order;
  std::map<std::uint16_t, PeerView> peers;
  std::map<std::string, std::uint64_t, std::less<>> counters;
  std::map<std::string, double, std::less<>> quantities;
  std::map<std::uint16_t, ClockView> clocks;
  std::vector<UserVariable> user;
  std::vector<RestrictionView> entries;
  std::vector<std::uint16_t> acknowledged;

 private:
  template <class Map, class Key>
  static std::optional<typename Map::mapped_type> find(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace ntp::control
