// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/clock_filter.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {
namespace {

constexpr Duration kLongestDoubt = std::chrono::hours(24);
// s: with more of it nobody would take the time (the usual maxdist is 1.5 s).
constexpr double kMostDoubt = 1;

}  // namespace

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
  estimate_.growth = {kPhi, now.frequency_variance, now.walk};
  const BoundGrowth beyond_phi{0, now.frequency_variance, now.walk};
  double least = kMaxDispersion;
  double squares = 0;
  int known = 0;
  estimate_.dispersion = kMaxDispersion;
  for (const Stage& stage : stages_) {
    if (stage.dispersion >= kMaxDispersion) continue;
    squares += stage.residual * stage.residual;
    ++known;
    const double age = to_seconds(last_update_ - stage.at);
    const double line = now.offset - now.frequency * age;
    const double dispersion =
        stage.dispersion + beyond_phi.in(age) + std::abs(stage.free_offset - line);
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
  const double foretold = estimator_.predict(sample.at).offset;
  const Fit fit = estimator_.add(raw, prior);
  const double offset = estimator_.predict(sample.at).offset;
  Stage stage{sample};
  stage.free_offset = raw.offset;
  stage.residual = raw.offset - offset;
  shift_in(stage, sample.at);
  bound_error();
  judge(fit, raw.offset - foretold);
  estimate_.at = sample.at;
  estimate_.offset = offset - correction;
  if (estimator_.samples() >= kFirstEstimate || sample.delay <= 0) has_estimate_ = true;
  return fit == Fit::Fits ? Verdict::Updated : Verdict::Popcorn;
}

/// A source that leaps contradicts itself. Whether it or the own clock was moved, and whether it is
/// right now or was before, nobody can tell from it alone.
void ClockFilter::judge(Fit fit, double strays_by) {
  if (!steady_since_) steady_since_ = last_update_;
  if (last_update_ >= leap_until_) estimate_.leap = 0;
  estimate_.stray = fit == Fit::Stray ? std::abs(strays_by) : 0;
  if (fit != Fit::Follows) return;
  // NTPsec: so large a leap is a step, which the user has allowed.
  estimate_.leap = std::abs(strays_by) < kMostDoubt ? strays_by : 0;
  leap_until_ = last_update_ + std::min(last_update_ - *steady_since_, kLongestDoubt);
  steady_since_ = last_update_;
}

void ClockFilter::add_missing(MonoTime now) {
  Stage unknown;
  unknown.at = now;
  shift_in(unknown, now);
  if (estimator_.samples() > 0) bound_error();
}

void ClockFilter::clear() {
  ClockFilter empty;
  empty.estimate_.leap = estimate_.leap;
  empty.leap_until_ = leap_until_;
  empty.steady_since_ = steady_since_;
  *this = empty;
}

}  // namespace ntp::sync
