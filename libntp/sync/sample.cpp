// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/sample.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {

double BoundGrowth::in(double seconds) const {
  return seconds * (rate + 2 * std::sqrt(frequency_variance + walk * seconds / 3));
}

Sample measure(const Exchange& exchange, int local_precision, int remote_precision, MonoTime at) {
  const Duration out = exchange.received - exchange.sent;
  const Duration back = exchange.transmitted - exchange.returned;
  const double elapsed = std::max(0.0, to_seconds(exchange.returned - exchange.sent));
  const double precision = log2_seconds(local_precision);

  Sample sample;
  sample.at = at;
  sample.offset = to_seconds(out + back) / 2;
  // A server whose clock is coarse or was set meanwhile can make a round trip of less than nothing.
  sample.delay = std::max(to_seconds(out - back), precision);
  sample.dispersion =
      std::min(precision + log2_seconds(remote_precision) + kPhi * elapsed, kMaxDispersion);
  return sample;
}

}  // namespace ntp::sync
