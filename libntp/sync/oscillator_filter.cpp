// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/oscillator_filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ntp::sync {
namespace {

// s: a slope of the frequency lasts about so long; no longer is it extrapolated.
constexpr double kDriftMemory = 3600;
// The share of measurements that mean nothing.
constexpr double kOutliers = 0.01;
constexpr double kTail = 4;  // deviations: beyond, the normal density falls like an exponential one
constexpr double kNarrow = 0.3;  // deviations: within, too

constexpr double kEnd = 6;  // deviations: all of a normal density lies within

double log_density(double z) { return -z * z / 2 - 0.918938533204672741780; }
double density(double z) { return std::abs(z) > kEnd ? 0 : std::exp(log_density(z)); }

/// An edge in a normal density, so many deviations from its mean.
struct Edge {
  double density = 0;
  double beyond = 0;  // the probability on the far side of it, which is less than a half
};

Edge edge_at(double z) {
  const double x = std::abs(z);
  if (x > kEnd) return {};
  // J. F. Hart et al., Computer Approximations (1968), 5666, which is off by less than 1e-15.
  constexpr std::array kNumerator{3.52624965998911e-2, .700383064443688, 6.37396220353165,
                                  33.912866078383,     112.079291497871, 221.213596169931,
                                  220.206867912376};
  constexpr std::array kDenominator{8.83883476483184e-2, 1.75566716318264, 16.064177579207,
                                    86.7807322029461,    296.564248779674, 637.333633378831,
                                    793.826512519948,    440.413735824752};
  const auto polynomial = [x](const auto& coefficients) {
    double value = 0;
    for (const double c : coefficients) value = value * x + c;
    return value;
  };
  const double bell = std::exp(-x * x / 2);
  return {bell * std::numbers::inv_sqrtpi / std::numbers::sqrt2,
          bell * polynomial(kNumerator) / polynomial(kDenominator)};
}

/// log((exp(a) - 1) / a), for any a.
double log_mean_exp(double a) {
  if (std::abs(a) < 1e-4) return a / 2;
  return a > 0 ? a + std::log(-std::expm1(-a) / a) : std::log(std::expm1(a) / a);
}

/// What a normal prior and a window make of the place in the window.
struct Posterior {
  double evidence = 0;  // probability density of the measurement, 1/s
  double mean = 0;
  double variance = 0;
};

/// A density that goes as exp(rate * d) for d from 0 to `width`.
Posterior exponential(double rate, double width) {
  const double a = rate * width;
  if (std::abs(a) < 1e-2) {
    return {0, width * (.5 + a / 12), width * width / 12};
  }
  const double b = std::abs(a);
  const double tail = 1 / std::expm1(std::min(b, 500.0));
  const double from_edge = 1 / b - tail;
  const double variance = std::max(1 / (b * b) - tail * (1 + tail), 1e-9);
  return {0, width * (a > 0 ? 1 - from_edge : from_edge), width * width * variance};
}

/// `low` is where the window begins, relative to the mean of the prior; its density is level *
/// exp(tilt * (place - low)).
Posterior place(double low, double width, double tilt, double variance) {
  const double deviation = std::sqrt(variance);
  const auto log_level = [&] { return -std::log(width) - log_mean_exp(tilt * width); };
  const double mean = tilt * variance;  // of prior and tilt
  const double high = low + width;
  if (width < kNarrow * deviation || mean < low - kTail * deviation ||
      mean > high + kTail * deviation) {
    // The product of both, taken as an exponential from that edge which the most of it is near.
    const bool at_high = std::abs(mean - high) < std::abs(mean - low);
    const double at = width < kNarrow * deviation ? low + width / 2 : (at_high ? high : low);
    const double rate = tilt - at / variance;
    Posterior p = exponential(rate, width);
    p.mean += low;
    const double a = rate * width;
    p.evidence = std::exp(log_density(at / deviation) + log_level() + tilt * (at - low) +
                          log_mean_exp(a) - rate * (at - low)) *
                 width / deviation;
    return p;
  }
  const double from = (low - mean) / deviation;
  const double to = (high - mean) / deviation;
  const Edge first = edge_at(from);
  const Edge last = edge_at(to);
  const double mass = from > 0 ? first.beyond - last.beyond
                      : to < 0 ? last.beyond - first.beyond
                               : 1 - first.beyond - last.beyond;
  const double moved = (first.density - last.density) / mass;
  const double ratio = 1 + (from * first.density - to * last.density) / mass - moved * moved;
  Posterior p;
  p.mean = mean + deviation * moved;
  p.variance = variance * std::clamp(ratio, 1e-9, 1.0);
  p.evidence =
      tilt == 0 ? mass / width : mass * std::exp(log_level() - tilt * low + tilt * mean / 2);
  return p;
}

}  // namespace

OscillatorFilter::OscillatorFilter(const Wander& wander, double frequency, double deviation)
    : wander_(wander), f_(frequency), ff_(deviation * deviation) {}

void OscillatorFilter::restart(double offset, double deviation) {
  x_ = offset;
  xx_ = deviation * deviation;
  xf_ = xa_ = 0;
}

void OscillatorFilter::follow(const OscillatorFilter& other) {
  const Wander wander = wander_;
  *this = other;
  wander_ = wander;
  if (wander.drift == 0) a_ = xa_ = fa_ = aa_ = 0;
}

double OscillatorFilter::drift_decay(double seconds) { return std::exp(-seconds / kDriftMemory); }

void OscillatorFilter::predict(double t, double decay) {
  if (!(t > 0)) return;
  const double t2 = t * t / 2;
  const bool curved = wander_.drift > 0;
  x_ += f_ * t;
  xx_ += t * (2 * xf_ + t * ff_);
  xf_ += t * ff_;
  if (curved) {
    x_ += a_ * t2;
    f_ += a_ * t;
    xx_ += t * t * xa_ + t2 * (2 * t * fa_ + t2 * aa_);
    xf_ += t * xa_ + t * t * fa_ + t2 * (fa_ + t * aa_);
    ff_ += t * (2 * fa_ + t * aa_);
    xa_ += t * fa_ + t2 * aa_;
    fa_ += t * aa_;
  }
  const double q = wander_.frequency * wander_.frequency;
  xx_ += q * t * t * t / 3;
  xf_ += q * t2;
  ff_ += q * t;
  if (!curved) return;
  const double d = wander_.drift * wander_.drift;
  xx_ += d * t * t * t * t * t / 20;
  xf_ += d * t * t * t * t / 8;
  xa_ += d * t * t * t / 6;
  ff_ += d * t * t * t / 3;
  fa_ += d * t2;
  aa_ += d * t;
  a_ *= decay;
  xa_ *= decay;
  fa_ *= decay;
  aa_ *= decay * decay;
}

/// The offset's mean moves by `shift`, its variance becomes `ratio` of what it was; the other
/// states follow by what they have in common with it.
void OscillatorFilter::absorb(double shift, double ratio) {
  const double kf = xf_ / xx_;
  const double ka = xa_ / xx_;
  const double less = (1 - ratio) * xx_;
  x_ += shift;
  f_ += kf * shift;
  a_ += ka * shift;
  ff_ -= kf * kf * less;
  fa_ -= kf * ka * less;
  aa_ -= ka * ka * less;
  xf_ *= ratio;
  xa_ *= ratio;
  xx_ *= ratio;
}

double OscillatorFilter::update(double offset, const OffsetWindow& window, double noise) {
  // The blur of the edges widens the prior, and is taken back from what comes out.
  const double blurred = xx_ + noise * noise;
  const double width = 2 * window.half_width;
  const Posterior p =
      place(offset + window.centre - window.half_width - x_, width, window.tilt, blurred);
  const double nothing = kOutliers / (20 * (width + std::sqrt(blurred)));
  const double trusted = (1 - kOutliers) * p.evidence;
  const double trust = trusted / (trusted + nothing);
  const double share = xx_ / blurred;
  const double by = share * p.mean;
  const double variance = share * noise * noise + share * share * p.variance;
  const double mixed = trust * variance + (1 - trust) * xx_ + trust * (1 - trust) * by * by;
  absorb(trust * by, std::min(mixed / xx_, 1.0));
  return trusted + nothing;
}

double OscillatorFilter::update(double offset, double noise) {
  const double variance = xx_ + noise * noise;
  const double innovation = offset - x_;
  const double deviation = std::sqrt(variance);
  const double trusted = (1 - kOutliers) * density(innovation / deviation) / deviation;
  const double nothing = kOutliers / (20 * (noise + deviation));
  const double trust = trusted / (trusted + nothing);
  const double share = xx_ / variance;
  const double by = share * innovation;
  const double mixed =
      trust * share * noise * noise + (1 - trust) * xx_ + trust * (1 - trust) * by * by;
  absorb(trust * by, std::min(mixed / xx_, 1.0));
  return trusted + nothing;
}

}  // namespace ntp::sync
