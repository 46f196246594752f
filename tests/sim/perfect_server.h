// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "libntp/wire/packet.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// What a scripted server says; may be changed while the simulation runs.
struct ServerBehaviour {
  bool silent = false;
  double offset = 0;  // s, its clock minus UTC
  int stratum = 1;    // as on the wire
  RefId reference_id = RefId::from_text("GPS");
  /// Nothing: none, but Insert or Delete during the last day before the world's leap.
  std::optional<Leap> leap;
  double root_delay = 0;       // s
  double root_dispersion = 0;  // s
  int precision = -24;         // log2 s
  Duration turnaround = std::chrono::microseconds(10);
  /// Set: every reply is this kiss-o'-death.
  std::optional<RefId> kiss;
  /// Replies sent for each request; all alike.
  int copies = 1;
  /// The last word on each reply.
  std::function<void(wire::Header& reply, const wire::Header& request)> mangle;
};

/// A server without a daemon: answers client requests from true time, as truly as its behaviour
/// allows.
class PerfectServer {
 public:
  PerfectServer(SimNetwork& network, const Address& address);
  PerfectServer(const PerfectServer&) = delete;
  PerfectServer& operator=(const PerfectServer&) = delete;

  ServerBehaviour behaviour;

  [[nodiscard]] const Address& address() const { return address_; }
  /// When each request came in.
  [[nodiscard]] const std::vector<TrueTime>& requests() const { return requests_; }
  /// Where the last request came from.
  [[nodiscard]] const Endpoint& last_client() const { return last_client_; }
  /// The last request.
  [[nodiscard]] const wire::Header& last_request() const { return last_request_; }
  /// Its clock.
  [[nodiscard]] WallTime wall() const;

 private:
  void answer(const Datagram& datagram);
  [[nodiscard]] wire::Header reply_to(const wire::Header& request, WallTime received) const;
  [[nodiscard]] Leap leap() const;

  SimNetwork& network_;
  World& world_;
  Address address_;
  SimStack stack_;
  std::vector<TrueTime> requests_;
  Endpoint last_client_;
  wire::Header last_request_;
};

}  // namespace ntp::sim
