// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/refid.h"
#include "libntp/core/time.h"

namespace ntp::leap {

/// A leap second that is near, on the monotonic clock: at `moment` the wall clock begins to repeat
/// a second, or has left one out.
struct LeapSecond {
  MonoTime moment{};
  int change = 0;  // s: 1 inserts a second, -1 deletes one, 0: none is near

  /// The one before `transition`, the first second under the new TAI - UTC, as it looks from a
  /// moment before it.
  static LeapSecond before(WallTime transition, int change, WallTime wall, MonoTime mono);

  /// From three seconds ahead until every clock has done it: NTPsec says then that it is not
  /// synchronized.
  [[nodiscard]] bool is_happening(MonoTime now) const;
  /// So near that two clocks which do it a little apart would seem a second apart.
  [[nodiscard]] bool disturbs(MonoTime now) const;
};

/// What a server that smears the leap second over the `interval` s before it adds to the time it
/// tells, in s: from 0 evenly to -1 (insertion) or 1 (deletion), and 0 outside of the interval.
/// NTPsec: the same, but for the repeated second, which it smears once more.
[[nodiscard]] double smear_offset(const LeapSecond& leap, int interval, MonoTime now);

/// The reference id of smeared replies, 254.x.y.z: the offset in 24 bits, two of them above one
/// second (NTPsec, draft-stenn-ntp-leap-smear-refid).
[[nodiscard]] RefId smear_reference_id(double offset);
/// The offset in s that such a reference id tells; nothing if it is another. Since the hash of an
/// IPv6 address can look the same, what is above one second is no smear.
[[nodiscard]] std::optional<double> smear_of(RefId reference_id);

}  // namespace ntp::leap
