// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/clock_filter.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {

void ClockFilter::shift_in(const Stage& stage, MonoTime now) {
  const double growth = kPhi * std::max(0.0, to_seconds(now - last_update_));
  last_update_ = now;
  std::shift_right(stages_.begin(), stages_.end(), 1);
  stages_.front() = stage;
  for (std::size_t i = 1; i < kStages; ++i) {
    stages_[i].dispersion = std::min(stages_[i].dispersion + growth, kMaxDispersion);
  }
}

/// Each exchange holds the truth within half its delay and its dispersion; the one that holds it
/// closest bounds the error of the estimate, which may be off its offset.
void ClockFilter::bound_error() {
  const Prediction now = estimator_.predict(last_update_);
  double least = kMaxDispersion;
  double squares = 0;
  int known = 0;
  estimate_.dispersion = kMaxDispersion;
  for (const Stage& stage : stages_) {
    if (stage.dispersion >= kMaxDispersion) continue;
    squares += stage.residual * stage.residual;
    ++known;
    const double line = now.offset - now.frequency * to_seconds(last_update_ - stage.at);
    const double dispersion = stage.dispersion + std::abs(stage.free_offset - line);
    if (stage.delay / 2 + dispersion >= least) continue;
    least = stage.delay / 2 + dispersion;
    estimate_.delay = stage.delay;
    estimate_.dispersion = dispersion;
  }
  estimate_.jitter = known > 0 ? std::sqrt(squares / known) : 0;
}

ClockFilter::Verdict ClockFilter::add(const Sample& sample, double correction,
                                      const FrequencyPrior& prior) {
  RawSample raw;
  raw.at = sample.at;
  raw.offset = sample.offset + correction;
  raw.round_trip = sample.delay;
  raw.noise = sample.dispersion;
  const bool fits = estimator_.add(raw, prior);
  const double offset = estimator_.predict(sample.at).offset;
  Stage stage{sample};
  stage.free_offset = raw.offset;
  stage.residual = raw.offset - offset;
  shift_in(stage, sample.at);
  bound_error();
  estimate_.at = sample.at;
  estimate_.offset = offset - correction;
  if (estimator_.samples() >= kFirstEstimate || sample.delay <= 0) has_estimate_ = true;
  return fits ? Verdict::Updated : Verdict::Popcorn;
}

void ClockFilter::add_missing(MonoTime now) {
  Stage unknown;
  unknown.at = now;
  shift_in(unknown, now);
  if (estimator_.samples() > 0) bound_error();
}

void ClockFilter::clear() { *this = ClockFilter(); }

}  // namespace ntp::sync
