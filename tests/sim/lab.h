// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <list>
#include <string>

#include "tests/sim/perfect_server.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_node.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// A world with scripted servers at 10.0.0.1, 10.0.0.2, … and daemons at 10.0.1.1, 10.0.1.2, …
class Lab {
 public:
  explicit Lab(std::uint64_t seed, TrueTime start = at_utc(2026, 1, 1))
      : world(seed, start), network(world) {}

  static Address server_address(int number) {
    return Address::v4(0x0a000000U + static_cast<std::uint32_t>(number));
  }
  static Address node_address(int number) {
    return Address::v4(0x0a000100U + static_cast<std::uint32_t>(number));
  }

  PerfectServer& add_server() {
    return servers.emplace_back(network, server_address(static_cast<int>(servers.size()) + 1));
  }
  /// The daemon is not started yet.
  SimNode& add_node(NodeOptions options) {
    return nodes.emplace_back(network, node_address(static_cast<int>(nodes.size()) + 1),
                              std::move(options));
  }

  World world;
  SimNetwork network;
  std::list<PerfectServer> servers;
  std::list<SimNode> nodes;
};

/// The oscillator that most scenarios have: 10 ppm and 10 ms off, with a random walk of the
/// frequency of 1 ppb per square root of a second.
inline constexpr Oscillator kUsualOscillator{.frequency = 10e-6, .offset = 0.010, .wander = 1e-9};

}  // namespace ntp::sim
