// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <chrono>
#include <cmath>

#include "ntpd/engine/engine.h"
#include "ntpd/engine/formatted.h"

/// Sources that smear the leap second: their time is up to a second off that of others, and a clock
/// that follows it must not do the leap second itself.
namespace ntp::engine {
namespace {

// s: what is nearer has other reasons, what is farther is no smear.
constexpr double kLeastSmear = 0.01;
constexpr double kMostSmear = 1.1;

/// A smear ends with a month.
bool may_be_smeared(WallTime time) {
  using std::chrono::days;
  const auto today = std::chrono::sys_days(std::chrono::floor<days>(time.time_since_epoch()));
  const auto soon = std::chrono::year_month_day(today + days(2));
  return soon.month() != std::chrono::year_month_day(today).month();
}

}  // namespace

std::optional<double> Engine::told_smear(const association::Association& source) const {
  if (source.stratum() < 2) return std::nullopt;
  const auto smear = leap::smear_of(source.reference_id());
  return smear && may_be_smeared(host_.clock.wall()) ? smear : std::nullopt;
}

bool Engine::leaves_out_smeared() {
  bool smeared = false;
  bool plain = false;
  const auto smears = [this](const auto& row) { return told_smear(*row->association).has_value(); };
  // Nearly always there is none, and nobody has to be asked for more.
  if (std::ranges::any_of(rows_, smears)) {
    const auto now = context();
    for (const auto& row : rows_) {
      if (row->association->candidate(now)) (smears(row) ? smeared : plain) = true;
    }
  }
  const bool followed = smeared && !plain;
  if (followed && !follows_smeared_) {
    host_.log.notice("CLOCK: all sources smear the leap second: it is not done here as well");
  }
  follows_smeared_ = followed;
  return smeared && plain;
}

bool Engine::is_left_out(const association::Association& source, bool smeared_are) {
  if (!smeared_are) return false;
  const auto smear = told_smear(source);
  if (!smear) return false;
  warn_once(source, "smears the leap second, and other sources do not: left out");
  return true;
}

void Engine::warn_of_smear(const association::Association& source, double system_offset) {
  if (!leap_watch_.is_near(host_.clock.mono())) {
    smear_told_.clear();
    return;
  }
  const double apart = std::abs(source.estimate().offset - system_offset);
  if (apart < kLeastSmear || apart > kMostSmear) return;
  warn_once(source,
            "disagrees with the others around a leap second: it may smear it, and is not to be "
            "mixed with sources that do not");
}

void Engine::warn_once(const association::Association& source, const char* what) {
  if (!smear_told_.insert(source.id()).second) return;
  host_.log.warning("CLOCK: " + source.name() + ' ' + what);
}

}  // namespace ntp::engine
