// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "libntp/sync/sample.h"
#include "libntp/sync/source_estimator.h"

namespace ntp::sync {

/// What a source is known to say, as mode 6 and the statistics show it.
struct Estimate {
  MonoTime at{};
  double offset = 0;  // s, source minus own clock
  /// s, of the exchange that bounds the error best.
  double delay = 0;
  /// s: half the delay, this and the time since hold the error of the offset.
  double dispersion = kMaxDispersion;
  /// s, RMS of what the samples differ from the estimate by.
  double jitter = 0;
  /// How the error grows beyond that.
  BoundGrowth growth;
  /// s: so far off are the newest samples, which fit nothing. Either they or the estimate are
  /// right.
  double stray = 0;
  /// s: by so much the source has leapt, and was followed. It is remembered for as long as the
  /// source had been steady before: until then its old word is as good as the new one.
  double leap = 0;
};

/// All that is made of one source's samples: the last eight as they are (RFC 5905 section 10), the
/// estimator that learns from each, and a bound of its error.
class ClockFilter {
 public:
  static constexpr std::size_t kStages = 8;
  /// One exchange tells nothing of the next: with two there is an estimate. A reference clock has
  /// made its median already.
  static constexpr int kFirstEstimate = 2;

  enum class Verdict {
    Updated,
    Popcorn,  // a sample that fits nothing: the estimate does not follow
  };

  /// Takes a sample in. `correction` is what steering had added to the own clock when it was
  /// measured, s.
  Verdict add(const Sample& sample, double correction, const FrequencyPrior& prior);
  /// A poll went unanswered: a stage of unknown quality moves in, as NTPsec does.
  void add_missing(MonoTime now);
  /// Forgets everything but that the source has leapt, as after a step of the clock.
  void clear();

  [[nodiscard]] bool has_estimate() const { return has_estimate_; }
  /// By how much the last sample differs from the estimate, s.
  [[nodiscard]] double change() const { return stages_.front().residual; }
  /// As of the last update; `dispersion` does not include the time since.
  [[nodiscard]] const Estimate& estimate() const { return estimate_; }
  /// When add() or add_missing() was last called: dispersions are as of then.
  [[nodiscard]] MonoTime updated() const { return last_update_; }
  [[nodiscard]] const SourceEstimator& estimator() const { return estimator_; }

  struct Stage : Sample {
    double free_offset = 0;  // s, against the free-running clock
    double residual = 0;     // s, to the estimate when taken
  };
  /// The stages, newest first, with their dispersion as of the last update: mode 6 shows them as
  /// filtdelay, filtoffset and filtdisp.
  [[nodiscard]] const std::array<Stage, kStages>& stages() const { return stages_; }

 private:
  void shift_in(const Stage& stage, MonoTime now);
  void bound_error();
  void judge(Fit fit, double strays_by);

  std::array<Stage, kStages> stages_{};
  SourceEstimator estimator_;
  MonoTime last_update_{};
  Estimate estimate_{};
  bool has_estimate_ = false;
  std::optional<MonoTime> steady_since_;
  MonoTime leap_until_{};
};

}  // namespace ntp::sync
