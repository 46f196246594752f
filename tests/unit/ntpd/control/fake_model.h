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
#include "ntpd/control/responder.h"

namespace ntp::control {

/// A caller that may do everything.
inline Caller some_caller() {
  return {{Address::v4(0x0a000009), 40000}, WallTime(std::chrono::seconds(1'795'400'000))};
}

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
  void visit_clients(const std::optional<Address>& after,
                     const ClientVisitor& visitor) const override {
    auto each = clients.begin();
    if (after) {
      each = std::find_if(clients.begin(), clients.end(),
                          [&](const auto& client) { return client.remote.address == *after; });
      if (each != clients.end()) ++each;
    }
    while (each != clients.end() && visitor(*each)) ++each;
  }
  [[nodiscard]] std::optional<ClientView> client(const Address& address) const override {
    const auto found = std::find_if(clients.begin(), clients.end(), [&](const auto& each) {
      return each.remote.address == address;
    });
    return found == clients.end() ? std::nullopt : std::optional(*found);
  }
  [[nodiscard]] std::uint64_t client_count() const override { return clients.size(); }
  [[nodiscard]] std::vector<InterfaceView> interfaces() const override { return local; }
  std::vector<std::string> configure(std::string_view text, const Endpoint&) override {
    configured.emplace_back(text);
    return rejections;
  }
  void refused(const Endpoint&, std::string_view what) override { refusals.emplace_back(what); }

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
  std::vector<ClientView> clients;  // the one seen least recently first
  std::vector<InterfaceView> local;
  std::vector<std::string> configured;
  std::vector<std::string> rejections;
  std::vector<std::string> refusals;

 private:
  template <class Map, class Key>
  static std::optional<typename Map::mapped_type> find(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace ntp::control
