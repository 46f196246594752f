// SPDX-License-Identifier: BSD-2-Clause
#include <cmath>

#include "ntpd/association/refclock_association.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {

Result<std::unique_ptr<refclock::Unit>> Engine::take_clock(const config::SourceSettings& source) {
  if (options_.early_clocks) {
    if (auto unit = options_.early_clocks->take(source)) return unit;
  }
  return refclock::make_unit(source, host_.devices);
}

/// NTPsec: while a pulse steers the clock well, what another clock still says is its own error.
void Engine::calibrate(association::Association& clock) {
  constexpr double kGain = 0.1;
  if (!settings_.calibrate) return;
  auto* calibrated = dynamic_cast<association::RefclockAssociation*>(&clock);
  const Row* row = find(state_.peer);
  const auto* pulse =
      row ? dynamic_cast<const association::RefclockAssociation*>(row->association.get()) : nullptr;
  const auto is_pps = [](const association::RefclockAssociation& each) {
    return each.driver().kind == sync::SourceKind::Pps;
  };
  if (calibrated == nullptr || pulse == nullptr || !is_pps(*pulse) || is_pps(*calibrated) ||
      std::abs(state_.offset) >= settings_.tos.min_dist) {
    return;
  }
  calibrated->nudge_time1(-kGain * clock.estimate().offset);
}

}  // namespace ntp::engine
