// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/clock_command.h"
#include "libntp/core/refid.h"
#include "libntp/core/time.h"
#include "libntp/sync/sample.h"
#include "ntpd/association/association.h"

namespace ntp::engine {

/// The system variables (RFC 5905 section 11.1): what the daemon says of itself.
struct SystemState {
  Leap leap = Leap::Unsynchronized;
  int stratum = wire::kStratumUnsynchronized;
  RefId reference_id = refid::kInit;
  NtpTimestamp reference_time;
  double root_delay = 0;       // s
  double root_dispersion = 0;  // s, at `updated`
  sync::BoundGrowth growth;    // of the root dispersion
  double offset = 0;           // s, combined
  double jitter = 0;           // s, of the combination
  double deviation = 0;        // s, of the offset as the sources' estimators foretell it
  MonoTime updated{};
  /// The system peer, 0 if there is none, and the sample that was last taken from one.
  association::Id peer = 0;
  MonoTime last_sample{};
  /// Without a system peer the daemon stays synchronized until then.
  MonoTime orphan_at{};

  [[nodiscard]] double root_dispersion_at(MonoTime now) const {
    return stratum >= wire::kStratumUnsynchronized && peer == 0
               ? root_dispersion
               : root_dispersion + growth.in(to_seconds(now - updated));
  }
  [[nodiscard]] double root_distance_at(MonoTime now) const {
    return root_delay / 2 + root_dispersion_at(now);
  }
};

}  // namespace ntp::engine
