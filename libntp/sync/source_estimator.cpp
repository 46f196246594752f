// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/source_estimator.h"

#include <algorithm>
#include <cmath>

namespace ntp::sync {
namespace {

constexpr std::array<Wander, 13> kWanders{{{3e-11, 0},
                                           {1e-10, 0},
                                           {3e-10, 0},
                                           {1e-9, 0},
                                           {3e-9, 0},
                                           {1e-8, 0},
                                           {3e-8, 0},
                                           {1e-7, 0},
                                           {3e-7, 0},
                                           {1e-6, 0},
                                           {1e-10, 3e-12},
                                           {1e-10, 3e-11},
                                           {1e-9, 3e-11}}};
// README.md says why each of these is what it is.
constexpr double kUsualWander = 1e-9;  // s/s per root of a second, of an oscillator not known yet
constexpr double kPriorWeight = 1;     // log of the weight, for a decade squared away from that
constexpr double kForget = 0.85;       // of the evidence, once every so many samples
constexpr int kForgetEvery = 8;        // samples
constexpr double kLost = 6e-6;         // of the best's weight: that filter has lost track
constexpr double kFloorShare = 0.01;   // of the queues: what the edges of windows are blurred by
constexpr int kStraysToRestart = 4;    // samples in a row that fit nothing
constexpr int kFitsToTrust = 8;        // samples that make a frequency worth keeping through a leap
constexpr double kPriorDoubt = 20;   // each time that nothing fits it, the prior says so much less
constexpr double kMostPrior = 1e-3;  // s/s, beyond what a kernel can correct
constexpr int kFitsToLearn = 4;      // samples before what is foretold says something of the path
constexpr double kLearnSlack =
    0.1;  // of the queues: so far outside of its window a sample still tells
constexpr double kPollNoise = 0.5;  // of the queues: what one measurement strays by
constexpr int kNoiseMemory = 40;    // samples, of a reference clock's noise
constexpr double kOutlier = 4;      // deviations: more of it is not learnt as noise

}  // namespace

void SourceEstimator::begin(const RawSample& sample, const FrequencyPrior& prior) {
  prior_ = prior;
  for (std::size_t i = 0; i < kFilters; ++i) {
    bank_[i].filter = OscillatorFilter(kWanders[i], prior.frequency, prior.deviation);
    bank_[i].weight = prior_weights_[i];
    bank_[i].noise = std::max(sample.noise, 1e-6);
    const OffsetWindow window = path_.window(sample.round_trip);
    bank_[i].filter.restart(sample.offset + window.centre, window.half_width + sample.noise);
  }
  unforgotten_ = 0;
  weigh();
}

/// What each filter counts, and what they say together.
void SourceEstimator::weigh() {
  double total = 0;
  for (const Entry& e : bank_) total += e.weight;
  now_ = {};
  const double origin = bank_[0].filter.offset();
  for (Entry& e : bank_) {
    e.weight /= total;
    now_.offset += e.weight * (e.filter.offset() - origin);
    now_.frequency += e.weight * e.filter.frequency();
    now_.drift += e.weight * e.filter.drift();
    now_.offset_variance += e.weight * e.filter.offset_variance();
    now_.frequency_variance += e.weight * e.filter.frequency_variance();
    now_.walk += e.weight * e.filter.wander().frequency * e.filter.wander().frequency;
  }
  now_.offset += origin;
  poll_wish_ = longest_poll();
}

Fit SourceEstimator::add(const RawSample& sample, const FrequencyPrior& prior) {
  history_[next_] = sample;
  next_ = (next_ + 1) % kHistory;
  count_ = std::min(count_ + 1, kHistory);
  ++samples_;
  PathDelay::Change change = PathDelay::Change::None;
  if (sample.round_trip > 0) change = path_.add(sample.round_trip);
  if (samples_ == 1) {
    for (std::size_t i = 0; i < kFilters; ++i) {
      const double decades = std::log10(kWanders[i].frequency / kUsualWander);
      prior_weights_[i] = std::exp(-kPriorWeight * decades * decades);
    }
    begin(sample, prior);
    at_ = sample.at;
    return Fit::Fits;
  }
  if (change == PathDelay::Change::Shorter) {
    replay();
    return Fit::Fits;
  }
  const Fit fit = take(sample);
  if (change == PathDelay::Change::Longer) take_longer_route();
  if (change == PathDelay::Change::Other) forget_all_but(1);
  return fit;
}

/// A route that got longer by itself moves no clock: what the measured offsets moved by is the
/// difference between the ways there and back, as far as it can be that.
void SourceEstimator::take_longer_route() {
  forget_all_but(std::min(count_, PathDelay::kRouteChange));
  const RawSample* best = nullptr;
  for (std::size_t i = 0; i < count_; ++i) {
    const RawSample& sample = history_[(next_ + kHistory - 1 - i) % kHistory];
    if (best == nullptr || sample.round_trip < best->round_trip) best = &sample;
  }
  const Prediction now = predict(at_);
  const double line = now.offset - now.frequency * to_seconds(at_ - best->at);
  const double most = path_.growth() / 2;
  const double moved = line - best->offset;
  path_.lean(std::clamp(moved, -most, most));
}

/// Older samples are of another route.
void SourceEstimator::forget_all_but(std::size_t recent) {
  count_ = recent;
  const Prediction now = predict(at_);
  prior_ = {now.frequency, std::sqrt(now.frequency_variance)};
  for (std::size_t i = 0; i < kFilters; ++i) prior_weights_[i] = bank_[i].weight;
}

void SourceEstimator::restart_offset(const RawSample& sample) {
  const OffsetWindow window = path_.window(sample.round_trip);
  const double deviation = window.half_width + sample.noise + path_.queues();
  for (Entry& e : bank_) {
    e.filter.restart(sample.offset + window.centre,
                     sample.round_trip > 0 ? deviation : std::hypot(sample.noise, e.noise));
  }
  weigh();
  strays_ = 0;
}

void SourceEstimator::replay() {
  const std::size_t first = (next_ + kHistory - count_) % kHistory;
  replaying_ = true;
  begin(history_[first], prior_);
  at_ = history_[first].at;
  for (std::size_t i = 1; i < count_; ++i) take(history_[(first + i) % kHistory]);
  replaying_ = false;
}

Fit SourceEstimator::take(const RawSample& sample) {
  const Prediction foretold = predict(sample.at);
  const double elapsed = to_seconds(sample.at - at_);
  at_ = std::max(at_, sample.at);
  const bool has_path = sample.round_trip > 0;
  const OffsetWindow window = path_.window(sample.round_trip);
  const double floor = kFloorShare * path_.queues();
  const double blur = std::sqrt(sample.noise * sample.noise + floor * floor);
  if (has_path && fits_ > kFitsToLearn && !replaying_) {
    const double surplus = sample.offset + window.centre - foretold.offset;
    const double deviation = std::sqrt(foretold.offset_variance);
    if (std::abs(surplus) <
        window.half_width + 3 * (deviation + blur) + kLearnSlack * path_.queues()) {
      path_.learn(sample.round_trip, surplus, foretold.offset_variance);
    }
  }
  const bool forgets = ++unforgotten_ == kForgetEvery;
  if (forgets) unforgotten_ = 0;
  const double decay = OscillatorFilter::drift_decay(elapsed);
  for (Entry& e : bank_) {
    e.filter.predict(elapsed, decay);
    double evidence = 0;
    if (has_path) {
      evidence = e.filter.update(sample.offset, window, blur);
    } else {
      evidence = e.filter.update(sample.offset, e.noise);
      const double residual = sample.offset - e.filter.offset();
      const double square = std::min(residual * residual, kOutlier * kOutlier * e.noise * e.noise) +
                            std::min(e.filter.offset_variance(), e.noise * e.noise);
      e.noise = std::sqrt(e.noise * e.noise +
                          (square - e.noise * e.noise) / std::min(samples_, kNoiseMemory));
    }
    if (forgets) e.weight = std::pow(e.weight, kForget);
    e.weight *= evidence + 1e-300;
  }
  const Entry& leader = *std::ranges::max_element(bank_, {}, &Entry::weight);
  const OscillatorFilter leading = leader.filter;
  const double least = kLost * leader.weight;
  for (Entry& e : bank_) {
    if (e.weight >= least) continue;
    // A hypothesis that has lost track says nothing about now: it goes on from where the best is.
    e.weight = least;
    e.filter.follow(leading);
  }
  weigh();
  const double error = has_path ? blur : leader.noise;
  const Prediction now = predict(at_);
  const double deviation = std::sqrt(now.offset_variance);
  const double reach = has_path ? window.half_width + 3 * (deviation + error)
                                : kOutlier * std::hypot(deviation, error);
  if (std::abs(now.offset - sample.offset - window.centre) < reach) {
    strays_ = 0;
    ++fits_;
    return Fit::Fits;
  }
  if (++strays_ < kStraysToRestart) return Fit::Stray;
  if (fits_ < kFitsToTrust) {
    // It may be the frequency that was foretold wrongly, by another machine's drift file.
    prior_.deviation = std::min(kPriorDoubt * prior_.deviation, kMostPrior);
    begin(sample, prior_);
  } else {
    restart_offset(sample);
  }
  fits_ = 0;
  return Fit::Follows;
}

Prediction SourceEstimator::predict(MonoTime when) const {
  const double t = to_seconds(when - at_);
  Prediction then = now_;
  then.offset += t * (now_.frequency + t / 2 * now_.drift);
  then.frequency += t * now_.drift;
  then.offset_variance += t * t * now_.frequency_variance;
  return then;
}

int SourceEstimator::longest_poll() const {
  const double noise = path_.queues() > 0 ? kPollNoise * path_.queues() : bank_[0].noise;
  double xf = 0, curve = 0;
  for (const Entry& e : bank_) {
    xf += e.weight * e.filter.covariance();
    curve += e.weight * e.filter.wander().drift * e.filter.wander().drift;
  }
  int poll = kShortestPoll;
  for (; poll < kLongestPoll; ++poll) {
    const double t = log2_seconds(poll + 1);
    const double t2 = t * t;
    const double growth = 2 * xf * t + now_.frequency_variance * t2 + now_.walk * t * t2 / 3 +
                          curve * t * t2 * t2 / 20;
    if (growth > noise * noise) break;
  }
  return poll;
}

}  // namespace ntp::sync
