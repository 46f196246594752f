// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/sanity.h"

namespace ntp::association {

unsigned test_origin(const wire::Header& reply, const PendingRequest& pending,
                     NtpTimestamp last_transmit) {
  if (reply.transmit == last_transmit || !pending.waiting) return flash::kDuplicate;
  if (reply.origin.is_zero()) return flash::kZeroOrigin;
  if (reply.origin != pending.nonce) return flash::kBogus;
  return 0;
}

unsigned test_server(const wire::Header& reply, const config::TosSettings& limits) {
  const int stratum = reply.stratum == 0 ? wire::kStratumUnsynchronized : reply.stratum;
  if (reply.leap == Leap::Unsynchronized || reply.transmit.is_zero() || reply.receive.is_zero() ||
      stratum < limits.floor || stratum >= limits.ceiling) {
    return flash::kUnsynchronized;
  }
  if (reply.root_delay.to_seconds() / 2 + reply.root_dispersion.to_seconds() >= limits.max_disp) {
    return flash::kHeader;
  }
  return 0;
}

bool is_kiss(const wire::Header& reply) {
  return reply.leap == Leap::Unsynchronized && reply.stratum == 0;
}

}  // namespace ntp::association
