// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/clock_filter.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {
namespace {

constexpr int kAllanExponent = 11;    // log2 s: older samples say little about now
constexpr double kMaxDistance = 1.5;  // s: worse samples count for jitter only if there is no other
constexpr double kPopcornGate = 3;    // times the jitter (RFC 5905 SGATE)
constexpr double kDispersionWeight = .5;

}  // namespace

struct ClockFilter::Ranked {
  const Sample* sample = nullptr;
  double distance = kMaxDispersion;
};

void ClockFilter::shift_in(const Sample& sample, MonoTime now) {
  const double growth = kPhi * std::max(0.0, to_seconds(now - last_update_));
  last_update_ = now;
  std::shift_right(stages_.begin(), stages_.end(), 1);
  stages_.front() = sample;
  for (std::size_t i = 1; i < kStages; ++i) {
    stages_[i].dispersion = std::min(stages_[i].dispersion + growth, kMaxDispersion);
  }
}

std::array<ClockFilter::Ranked, ClockFilter::kStages> ClockFilter::rank(MonoTime now,
                                                                        Order order) const {
  const Duration allan = from_seconds(log2_seconds(kAllanExponent));
  std::array<Ranked, kStages> ranked;
  for (std::size_t i = 0; i < kStages; ++i) {
    const Sample& sample = stages_[i];
    double distance = sample.delay;
    if (sample.dispersion >= kMaxDispersion) {
      distance = kMaxDispersion;
    } else if (now - sample.at > allan) {
      distance += sample.dispersion;
    }
    ranked[i] = {&sample, distance};
  }
  const auto unusable = [](const Ranked& r) { return r.distance >= kMaxDispersion; };
  if (order == Order::Distance) {
    std::ranges::stable_sort(ranked, {}, &Ranked::distance);
  } else {
    std::ranges::stable_sort(ranked, {}, unusable);
  }
  return ranked;
}

ClockFilter::Verdict ClockFilter::add(const Sample& sample, MonoTime now, int poll_exponent,
                                      Order order) {
  shift_in(sample, now);
  const std::array<Ranked, kStages> ranked = rank(now, order);

  estimate_.dispersion = 0;
  for (std::size_t i = kStages; i-- > 0;) {
    estimate_.dispersion =
        kDispersionWeight * (estimate_.dispersion + ranked[i].sample->dispersion);
  }

  const Sample& best = *ranked.front().sample;
  double squares = 0;
  int used = 0;
  for (const Ranked& r : ranked) {
    if (r.distance >= kMaxDispersion || (used >= 2 && r.distance >= kMaxDistance)) continue;
    squares += std::pow(r.sample->offset - best.offset, 2);
    ++used;
  }
  if (used == 0) return Verdict::Stale;
  const double jitter = std::sqrt(squares / std::max(1, used - 1));

  if (has_estimate_ && best.at <= estimate_.at) {
    estimate_.jitter = jitter;
    return Verdict::Stale;
  }
  // NTPsec: a spike is held against the one before it when it is still the best next time, so a
  // change of the path passes the gate at the second sight.
  change_ = std::abs(best.offset - gate_offset_);
  gate_offset_ = best.offset;
  if (has_estimate_ && estimate_.dispersion < kMaxDistance && best.dispersion < kMaxDistance &&
      change_ > kPopcornGate * jitter &&
      to_seconds(best.at - estimate_.at) < 2 * log2_seconds(poll_exponent)) {
    return Verdict::Popcorn;
  }

  has_estimate_ = true;
  estimate_.at = best.at;
  estimate_.offset = best.offset;
  estimate_.delay = best.delay;
  estimate_.jitter = jitter;
  return Verdict::Updated;
}

void ClockFilter::add_missing(MonoTime now, int poll_exponent) {
  Sample unknown;
  unknown.at = now;
  add(unknown, now, poll_exponent);
}

void ClockFilter::clear() { *this = ClockFilter(); }

}  // namespace ntp::sync
