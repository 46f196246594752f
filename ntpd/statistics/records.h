// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libntp/core/address.h"
#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"
#include "libntp/nts/cookie_box.h"
#include "libntp/nts/ke_counts.h"

/// What stands in a line of each set of statistics, as NTPsec writes it. fields() gives the text
/// behind the time stamp. A protostats line is the event's text as it is.
namespace ntp::statistics {

/// `61367 8674.752`: the modified Julian day and the second of the UTC day; what is beyond
/// milliseconds is cut off.
std::string time_stamp(WallTime when);

/// loopstats: an update of the clock.
struct LoopRecord {
  double offset = 0;     // s
  double frequency = 0;  // s/s
  double jitter = 0;     // s
  double wander = 0;     // s/s
  int poll = 0;          // log2 s
};
std::string fields(const LoopRecord& record);

/// peerstats: a new estimate of a source.
struct PeerRecord {
  /// The numeric address, or DRIVER(unit).
  std::string source;
  std::uint16_t status = 0;
  double offset = 0;      // s
  double delay = 0;       // s
  double dispersion = 0;  // s
  double jitter = 0;      // s
};
std::string fields(const PeerRecord& record);

/// rawstats: a reply as it came.
struct RawRecord {
  std::string source;
  Address local;  // not set: `-`
  NtpTimestamp sent, received, transmitted, returned;
  Leap leap = Leap::None;
  int version = 4;
  int mode = 4;
  int stratum = 0;  // as on the wire: 0 is shown as 16
  int poll = 0;
  int precision = 0;
  double root_delay = 0;       // s
  double root_dispersion = 0;  // s
  RefId reference_id;
  /// Requests before the answered one that got no answer.
  unsigned lost = 0;
  /// Replies to the last request that were rejected.
  unsigned rejected = 0;
  /// The test that the reply failed, as in the variable `flash`; 0: accepted.
  unsigned flags = 0;
};
std::string fields(const RawRecord& record);

/// sysstats: packet counts since the last line.
struct SystemRecord {
  Duration elapsed{};
  std::uint64_t received = 0;
  std::uint64_t processed = 0;
  std::uint64_t this_version = 0;
  std::uint64_t old_version = 0;
  std::uint64_t restricted = 0;
  std::uint64_t bad_format = 0;
  std::uint64_t bad_authentication = 0;
  std::uint64_t declined = 0;
  std::uint64_t limited = 0;
  std::uint64_t kod_sent = 0;
  std::uint64_t version1 = 0;
};
std::string fields(const SystemRecord& record);

/// usestats: what the process has used since the last line.
struct UsageRecord {
  Duration elapsed{};
  ResourceUsage before;
  ResourceUsage now;
};
std::string fields(const UsageRecord& record);

/// ntsstats: what NTS has counted since the last line.
struct NtsRecord {
  Duration elapsed{};
  std::uint64_t client_sent = 0;
  std::uint64_t client_good = 0;
  std::uint64_t client_bad = 0;
  std::uint64_t server_sent = 0;
  std::uint64_t server_good = 0;
  std::uint64_t server_bad = 0;
  std::uint64_t not_server = 0;
  nts::CookieCounters cookies;
};
std::string fields(const NtsRecord& record);

/// ntskestats: the same of key establishment.
struct NtsKeRecord {
  Duration elapsed{};
  nts::KeServerCounts server;
  std::uint64_t client_good = 0;
  std::uint64_t client_bad = 0;
};
std::string fields(const NtsKeRecord& record);

/// ntskelog: one session of key establishment that this host has served.
struct KeSessionRecord {
  enum class Tag : std::uint8_t { Ok, Ke, Tls };
  Tag tag = Tag::Ok;
  /// Not set: the trouble is the server's own.
  Endpoint remote;
  Duration wall{};
  Duration user{};  // processor time
  Duration system{};
  /// `TLSv1.3:TLS_AES_256_GCM_SHA384(256)`, or with Tls why there is none.
  std::string tls;
  std::string error;  // empty: none
};
std::string fields(const KeSessionRecord& record);
/// The same as NTPsec tells the log.
std::string log_line(const KeSessionRecord& record);

}  // namespace ntp::statistics
