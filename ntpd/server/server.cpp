// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/server.h"

namespace ntp::server {

Outcome Server::handle(const Datagram& datagram, const Clock& clock, ByteSpan out) {
  ++counters_.received;
  if (datagram.payload.size() >= 12 && wire::mode_of(datagram.payload) == wire::Mode::Control) {
    ++counters_.processed;
    return {Outcome::Action::Control, 0};
  }
  const auto request = wire::decode_header(datagram.payload);
  if (!request || request->mode != wire::Mode::Client || request->version < 1 ||
      request->version > 4) {
    return {};
  }
  ++counters_.processed;
  wire::Header reply;
  reply.leap = snapshot_.leap;
  reply.version = request->version;
  reply.mode = wire::Mode::Server;
  reply.stratum = static_cast<std::uint8_t>(snapshot_.stratum >= 16 ? 0 : snapshot_.stratum);
  reply.poll = request->poll;
  reply.precision = static_cast<std::int8_t>(snapshot_.precision);
  reply.root_delay = NtpShort::from_seconds(snapshot_.root_delay);
  reply.root_dispersion = NtpShort::from_seconds(
      snapshot_.root_dispersion + 15e-6 * to_seconds(clock.mono() - snapshot_.as_of));
  reply.reference_id = snapshot_.reference_id;
  reply.reference = snapshot_.reference_time;
  reply.origin = request->transmit;
  reply.receive = NtpTimestamp::from_wall(datagram.received);
  reply.transmit = NtpTimestamp::from_wall(clock.wall());
  ByteWriter writer(out);
  wire::encode_header(reply, writer);
  return {Outcome::Action::Reply, writer.size()};
}

}  // namespace ntp::server
