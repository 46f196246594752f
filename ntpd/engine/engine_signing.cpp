// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "libntp/wire/packet.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {

void Engine::reply_signed(const Datagram& datagram, ByteView reply, const LateReply& late) {
  if (!signer_ || !late) return;
  const ByteView key = datagram.payload.subspan(wire::kHeaderSize, 4);
  signer_->sign(settings_.keys.signd_socket, key, reply,
                [this, remote = datagram.remote, local = datagram.local, late](ByteView octets) {
                  ++packets_sent_;
                  ++traffic_of(local).sent;
                  late(remote, local, octets);
                });
}

bool Engine::signs() const {
  const auto& lines = settings_.restrictions;
  return signer_ && std::any_of(lines.begin(), lines.end(), [](const auto& line) {
           return (line.flags & config::restrict_flag::kMsSntp) != 0;
         });
}

}  // namespace ntp::engine
