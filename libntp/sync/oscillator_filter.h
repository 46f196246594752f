// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/sync/path_delay.h"

namespace ntp::sync {

/// How restless an oscillator is taken to be.
struct Wander {
  double frequency = 0;  // s/s per root of a second: random walk of the frequency
  double drift = 0;      // s/s² per root of a second: random walk of its slope, as by temperature
};

/// Kalman filter of the offset between a source and a free-running clock, its slope and curvature,
/// under one hypothesis of the oscillator. All moments are of the present, which predict() moves.
class OscillatorFilter {
 public:
  OscillatorFilter() = default;
  /// Begins at this frequency, s/s, known to `deviation`.
  OscillatorFilter(const Wander& wander, double frequency, double deviation);

  /// What a slope becomes of in `seconds`.
  [[nodiscard]] static double drift_decay(double seconds);
  /// Goes on by `seconds`, in which slopes decay by drift_decay(seconds).
  void predict(double seconds, double decay);
  void predict(double seconds) { predict(seconds, drift_decay(seconds)); }
  /// Takes a measured offset in: the truth lies in `window` around it, with edges blurred by
  /// `noise` (s, deviation). Gives the probability density of this measurement, 1/s.
  double update(double offset, const OffsetWindow& window, double noise);
  /// Takes a measured offset with normal noise in; gives its probability density, 1/s.
  double update(double offset, double noise);
  /// The offset is this, give or take `deviation`, s; what is known of the frequency stays.
  void restart(double offset, double deviation);

  /// Takes over what another one has come to, and keeps its own hypothesis.
  void follow(const OscillatorFilter& other);

  [[nodiscard]] const Wander& wander() const { return wander_; }
  [[nodiscard]] double offset() const { return x_; }
  [[nodiscard]] double frequency() const { return f_; }
  [[nodiscard]] double drift() const { return a_; }
  [[nodiscard]] double offset_variance() const { return xx_; }
  [[nodiscard]] double frequency_variance() const { return ff_; }
  [[nodiscard]] double covariance() const { return xf_; }

 private:
  void absorb(double shift, double ratio);

  Wander wander_;
  double x_ = 0, f_ = 0, a_ = 0;
  double xx_ = 0, xf_ = 0, xa_ = 0, ff_ = 0, fa_ = 0, aa_ = 0;
};

}  // namespace ntp::sync
