// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/early_units.h"

#include <algorithm>

namespace ntp::refclock {

void EarlyUnits::open(const std::vector<config::SourceSettings>& sources, Devices& devices,
                      MonoTime now) {
  for (const config::SourceSettings& source : sources) {
    if (source.type != config::SourceType::Refclock) continue;
    auto unit = make_unit(source, &devices);
    if (!unit) continue;
    (*unit)->open(now);
    units_.push_back(std::move(*unit));
  }
}

std::unique_ptr<Unit> EarlyUnits::take(const config::SourceSettings& settings) {
  const auto found = std::ranges::find_if(units_, [&](const auto& unit) {
    return unit->settings().driver == settings.driver && unit->settings().unit == settings.unit;
  });
  if (found == units_.end()) return nullptr;
  auto unit = std::move(*found);
  units_.erase(found);
  return unit;
}

}  // namespace ntp::refclock
