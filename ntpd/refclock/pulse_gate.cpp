// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/pulse_gate.h"

#include <chrono>
#include <utility>

namespace ntp::refclock {
namespace {

// More than a clock can be slewed in a poll, less than a pulse is long.
constexpr Duration kSlack = std::chrono::milliseconds(10);
constexpr int kToAgree = 16;

bool in_step(WallTime a, WallTime b) {
  const Duration apart = b - a;
  return std::chrono::abs(apart - std::chrono::round<std::chrono::seconds>(apart)) < kSlack;
}

}  // namespace

PulseGate::Verdict PulseGate::admit(const Pulse& pulse) {
  if (seen_ && seen_->at == pulse.at) return Verdict::Repeated;
  seen_ = pulse;
  if (std::exchange(skips_, false)) return Verdict::Repeated;
  if (good_ && in_step(*good_, pulse.at)) {
    good_ = pulse.at;
    suspect_.reset();
    return Verdict::Good;
  }
  agreeing_ = suspect_ && in_step(*suspect_, pulse.at) ? agreeing_ + 1 : 1;
  suspect_ = pulse.at;
  if (good_ && agreeing_ < kToAgree) return Verdict::Glitch;
  const bool moved = good_.has_value();
  good_ = pulse.at;
  suspect_.reset();
  return moved ? Verdict::Moved : Verdict::Good;
}

}  // namespace ntp::refclock
