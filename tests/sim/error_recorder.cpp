// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/error_recorder.h"

#include <algorithm>
#include <cmath>

namespace ntp::sim {

ErrorRecorder::ErrorRecorder(World& world, const SimClock& clock, Duration interval)
    : world_(world), start_(world.now()), interval_(interval) {
  world.every(interval, [this, &clock] {
    errors_.push_back(clock.error());
    rates_.push_back(clock.rate_error());
  });
}

std::pair<std::size_t, std::size_t> ErrorRecorder::range(const Window& window) const {
  // Sample i was taken i + 1 intervals after the start.
  const auto index = [this](TrueTime when) {
    const auto passed = (when - start_ + interval_ - Duration(1)) / interval_;
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(passed - 1, 0, static_cast<std::int64_t>(errors_.size())));
  };
  const std::size_t first = window.from ? index(*window.from) : 0;
  const std::size_t last = window.to ? index(*window.to) : errors_.size();
  return {first, std::max(first, last)};
}

ErrorRecorder::Summary ErrorRecorder::summary(const Window& window) const {
  const auto [first, last] = range(window);
  Summary result;
  result.samples = last - first;
  if (result.samples == 0) return result;
  double squares = 0;
  double rate_squares = 0;
  for (std::size_t i = first; i < last; ++i) {
    squares += errors_[i] * errors_[i];
    rate_squares += rates_[i] * rates_[i];
    result.mean += errors_[i];
    result.maximum = std::max(result.maximum, std::abs(errors_[i]));
    if (i > first) {
      result.maximum_change =
          std::max(result.maximum_change, std::abs(errors_[i] - errors_[i - 1]));
    }
  }
  const auto count = static_cast<double>(result.samples);
  result.rms = std::sqrt(squares / count);
  result.rms_rate = std::sqrt(rate_squares / count);
  result.mean /= count;
  return result;
}

ErrorRecorder::Window ErrorRecorder::after_fraction(double fraction) const {
  return {start_ + from_seconds(fraction * to_seconds(world_.now() - start_)), std::nullopt};
}

double ErrorRecorder::percentile(double percent, const Window& window) const {
  const auto [first, last] = range(window);
  if (first == last) return 0;
  std::vector<double> sorted;
  for (std::size_t i = first; i < last; ++i) sorted.push_back(std::abs(errors_[i]));
  const auto rank =
      static_cast<std::size_t>(std::clamp(percent / 100 * static_cast<double>(sorted.size()), 0.0,
                                          static_cast<double>(sorted.size() - 1)));
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(sorted.begin(), nth, sorted.end());
  return *nth;
}

std::optional<Duration> ErrorRecorder::settled_within(double limit) const {
  std::size_t settled = errors_.size();
  while (settled > 0 && std::abs(errors_[settled - 1]) < limit) --settled;
  if (settled == errors_.size()) return std::nullopt;
  return interval_ * static_cast<std::int64_t>(settled + 1);
}

}  // namespace ntp::sim
