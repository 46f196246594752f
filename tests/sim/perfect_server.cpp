// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/perfect_server.h"

#include <array>

namespace ntp::sim {

PerfectServer::PerfectServer(SimNetwork& network, const Address& address)
    : network_(network),
      world_(network.world()),
      address_(address),
      stack_(
          network, {address}, [this] { return wall(); }, "server " + address.to_string()) {
  stack_.serve([this](const Datagram& datagram, const SimStack::Reply&) { answer(datagram); });
}

WallTime PerfectServer::wall() const { return world_.utc() + from_seconds(behaviour.offset); }

Leap PerfectServer::leap() const {
  if (behaviour.leap) return *behaviour.leap;
  const Duration ahead = world_.leap_time() - world_.now();
  const bool soon = ahead > Duration::zero() && ahead <= std::chrono::hours(24);
  return soon ? world_.leap() : Leap::None;
}

wire::Header PerfectServer::reply_to(const wire::Header& request, WallTime received) const {
  wire::Header reply;
  reply.leap = leap();
  reply.version = request.version;
  reply.mode = wire::Mode::Server;
  reply.stratum = static_cast<std::uint8_t>(behaviour.stratum);
  reply.poll = request.poll;
  reply.precision = static_cast<std::int8_t>(behaviour.precision);
  reply.root_delay = NtpShort::from_seconds(behaviour.root_delay);
  reply.root_dispersion = NtpShort::from_seconds(behaviour.root_dispersion);
  reply.reference_id = behaviour.reference_id;
  reply.origin = request.transmit;
  reply.receive = NtpTimestamp::from_wall(received);
  reply.transmit = NtpTimestamp::from_wall(received + behaviour.turnaround);
  reply.reference = NtpTimestamp::from_wall(received - std::chrono::seconds(10));
  if (behaviour.kiss) {
    reply.leap = Leap::Unsynchronized;
    reply.stratum = 0;
    reply.reference_id = *behaviour.kiss;
  }
  if (behaviour.mangle) behaviour.mangle(reply, request);
  return reply;
}

void PerfectServer::answer(const Datagram& datagram) {
  const auto request = wire::decode_header(datagram.payload);
  if (!request || request->mode != wire::Mode::Client) return;
  requests_.push_back(world_.now());
  last_client_ = datagram.remote;
  last_request_ = *request;
  if (behaviour.silent) return;
  std::array<std::uint8_t, wire::kHeaderSize> buffer{};
  ByteWriter out(buffer);
  wire::encode_header(reply_to(*request, datagram.received), out);
  const ByteView payload = out.written();
  const Packet packet{{address_, kNtpPort}, datagram.remote, {payload.begin(), payload.end()}};
  for (int i = 0; i < behaviour.copies; ++i) {
    world_.after(behaviour.turnaround, [this, packet] { network_.send(packet); });
  }
}

}  // namespace ntp::sim
