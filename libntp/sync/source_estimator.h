// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libntp/core/time.h"
#include "libntp/sync/oscillator_filter.h"
#include "libntp/sync/path_delay.h"

namespace ntp::sync {

/// A frequency and how well it is known, s/s.
struct FrequencyPrior {
  double frequency = 0;
  double deviation = 0;
};

/// Offset and frequency of a source against the free-running clock at some time.
struct Prediction {
  double offset = 0;     // s
  double frequency = 0;  // s/s
  double drift = 0;      // s/s²
  double offset_variance = 0;
  double frequency_variance = 0;
  double walk = 0;  // (s/s)² per second: of the random walk of the frequency
};

/// What became of a sample.
enum class Fit : std::uint8_t {
  Fits,
  Stray,   // it fits nothing that was known: the estimate follows only if more of its kind come
  Follows  // the last of enough strays: the estimate is there from now on
};

/// The poll intervals that a source may be asked at, log2 s.
inline constexpr int kShortestPoll = 0;
inline constexpr int kLongestPoll = 17;

/// A measured offset of a source against the free-running clock, that is with all that steering has
/// done to the clock taken back.
struct RawSample {
  MonoTime at{};
  double offset = 0;      // s
  double round_trip = 0;  // s; 0: a reference clock's, without a path
  double noise = 0;       // s, deviation that the clocks' resolution makes
};

/// What one source tells of the own oscillator: a bank of filters, one for each hypothesis of the
/// oscillator's wander, weighed by how well they foretell the measurements.
class SourceEstimator {
 public:
  /// The prior is of the first sample.
  Fit add(const RawSample& sample, const FrequencyPrior& prior);
  /// Forgets all of this source.
  void clear() { *this = SourceEstimator(); }

  [[nodiscard]] int samples() const { return samples_; }
  /// At `when`, at or after the last sample. Only with samples.
  [[nodiscard]] Prediction predict(MonoTime when) const;
  /// log2 s: the longest interval over which the oscillator strays less than one measurement does.
  [[nodiscard]] int poll_wish() const { return poll_wish_; }
  [[nodiscard]] const PathDelay& path() const { return path_; }

 private:
  static constexpr std::size_t kFilters = 13;
  static constexpr std::size_t kHistory = 64;
  struct Entry {
    OscillatorFilter filter;
    double weight = 0;  // share in the bank
    double noise = 0;   // s, of a source without a path: learned
  };

  void begin(const RawSample& sample, const FrequencyPrior& prior);
  void weigh();
  [[nodiscard]] int longest_poll() const;
  Fit take(const RawSample& sample);
  void replay();
  void restart_offset(const RawSample& sample);
  void take_longer_route();
  void forget_all_but(std::size_t recent);

  std::array<Entry, kFilters> bank_{};
  std::array<double, kFilters> prior_weights_{};
  PathDelay path_;
  FrequencyPrior prior_;
  std::array<RawSample, kHistory> history_{};
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  MonoTime at_{};
  Prediction now_;       // of all of the bank, at at_
  int unforgotten_ = 0;  // samples since the evidence last faded
  int poll_wish_ = kShortestPoll;
  int samples_ = 0;
  int fits_ = 0;
  bool replaying_ = false;
  int strays_ = 0;  // samples in a row that fit no filter
};

}  // namespace ntp::sync
