// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>

#include "libntp/sync/sample.h"

namespace ntp::sync {

/// What a source is known to say: the best of its last eight samples.
struct Estimate {
  MonoTime at{};
  double offset = 0;
  double delay = 0;
  double dispersion = kMaxDispersion;
  double jitter = 0;
};

/// The clock filter of one source (RFC 5905 section 10): eight samples, the one with the least
/// distance is the estimate; popcorn spikes are suppressed as in NTPsec.
class ClockFilter {
 public:
  static constexpr std::size_t kStages = 8;

  enum class Verdict {
    Updated,  // the estimate is new: worth a selection and a peerstats line
    Stale,    // the best sample is one that was used before
    Popcorn,  // a spike: the estimate stays
  };

  /// Which sample is the best one.
  enum class Order {
    Distance,  // least delay; a sample beyond the Allan intercept pays for its dispersion, too
    Age,       // the newest: while the clock settles, older offsets are of a clock that is no more
  };

  /// Takes a sample in; `poll_exponent` is the source's poll interval, log2 s.
  Verdict add(const Sample& sample, MonoTime now, int poll_exponent, Order order = Order::Distance);
  /// A poll went unanswered for a while: a stage of unknown quality moves in, as NTPsec does.
  void add_missing(MonoTime now, int poll_exponent);
  /// Forgets everything, as after a step of the clock.
  void clear();

  [[nodiscard]] bool has_estimate() const { return has_estimate_; }
  /// By how much the best sample of the last Popcorn or Updated differs from the one before it, s.
  [[nodiscard]] double change() const { return change_; }
  /// As of the last update; `dispersion` does not include the time since.
  [[nodiscard]] const Estimate& estimate() const { return estimate_; }
  /// When add() or add_missing() was last called: dispersions are as of then.
  [[nodiscard]] MonoTime updated() const { return last_update_; }
  /// The stages, newest first, with their dispersion as of the last update: mode 6 shows them as
  /// filtdelay, filtoffset and filtdisp.
  [[nodiscard]] const std::array<Sample, kStages>& stages() const { return stages_; }

 private:
  struct Ranked;

  void shift_in(const Sample& sample, MonoTime now);
  [[nodiscard]] std::array<Ranked, kStages> rank(MonoTime now, Order order) const;

  std::array<Sample, kStages> stages_{};
  MonoTime last_update_{};
  Estimate estimate_{};
  double gate_offset_ = 0;  // what the next best sample is held against
  double change_ = 0;
  bool has_estimate_ = false;
};

}  // namespace ntp::sync
