// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>

namespace ntp::server {

/// Why a datagram gets no answer. Each reason has its counter.
enum class DropReason : std::uint8_t {
  BadFormat,          // length, version, mode or layout
  Restricted,         // the restrict list says so
  Limited,            // over the rate limit
  BadAuthentication,  // no key known, or one wanted and none there
  Declined,           // nothing for a server to answer
};

/// Counts of datagrams since start, as the mode 6 variables `ss_…_r` show them.
struct Counters {
  std::uint64_t received = 0;
  std::uint64_t this_version = 0;        // version 4, time packets only
  std::uint64_t old_version = 0;         // versions 1 to 3, time packets only
  std::uint64_t version1 = 0;            // version 1 in 48 octets
  std::uint64_t version1_client = 0;     // … with mode 3
  std::uint64_t version1_zero = 0;       // … with mode 0
  std::uint64_t version1_symmetric = 0;  // … with mode 1
  std::uint64_t bad_format = 0;
  std::uint64_t bad_authentication = 0;
  std::uint64_t declined = 0;
  std::uint64_t restricted = 0;
  std::uint64_t limited = 0;  // a kiss or an answer may have been sent all the same
  std::uint64_t kod_sent = 0;
  std::uint64_t processed = 0;  // control requests included
  std::uint64_t control_requests = 0;
};

}  // namespace ntp::server
