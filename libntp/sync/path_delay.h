// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>

namespace ntp::sync {

/// Where the true offset lies by one exchange: at the measured offset plus the centre plus d, with
/// d between -half_width and +half_width and a density that goes as exp(tilt * d).
struct OffsetWindow {
  double centre = 0;      // s
  double half_width = 0;  // s
  double tilt = 0;        // 1/s; 0: any place is as likely as any other
};

/// What is known of the path to a source: the round trip it takes without queues, and how long the
/// queues are each way. Queues are taken for exponential; README.md derives the window.
class PathDelay {
 public:
  /// Round trips that the usual queue is taken from.
  static constexpr std::size_t kMemory = 64;
  /// The least one is sought in so many times that: the longer, the nearer it is to no queue.
  static constexpr std::size_t kBlocks = 16;
  /// So many in a row that are far too long are another route.
  static constexpr std::size_t kRouteChange = 16;

  enum class Change {
    None,
    Shorter,  // the exchanges before waited longer than was thought: their windows were too narrow
    Longer,   // another route; what was known of the old one is forgotten
    Other,    // another route, and a shorter one
  };

  /// Takes the round trip of an exchange in, s.
  Change add(double round_trip);
  /// The window of an exchange with this round trip.
  [[nodiscard]] OffsetWindow window(double round_trip) const;
  /// What was foretold of an exchange, give or take `variance` (s²): its offset came out too high
  /// by `surplus` s. If that goes with the wait, one way has the longer queue.
  void learn(double round_trip, double surplus, double variance);

  /// By how much the round trip of this route is longer than that of the first, s.
  [[nodiscard]] double growth() const { return growth_; }
  /// The route that got longer did so one way more than the other: true offsets lie so many s above
  /// the measured ones.
  void lean(double centre) { centre_ = centre; }

  /// s, mean of both queues together.
  [[nodiscard]] double queues() const { return queues_; }

 private:
  [[nodiscard]] double excess(double round_trip) const;
  bool has_longer_route();
  void shrink(double by);
  void forget_all_but(std::size_t recent);
  void sort_in(double round_trip);
  void measure_queues();

  std::array<double, kMemory> round_trips_{};
  std::array<double, kMemory> sorted_{};  // the same, in the order of their size
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  std::array<double, kBlocks> least_{};  // of each block, newest first
  std::size_t blocks_ = 0;
  std::size_t seen_ = 0;  // round trips in all blocks
  double base_ = 0;       // s, the round trip without queues
  double queues_ = 0;
  double centre_ = 0;      // s
  double growth_ = 0;      // s
  double unseen_ = 0;      // s, what the least round trip is expected to have queued
  double out_share_ = .5;  // of the queues
  // Sums of the regression of surplus on wait.
  double learned_ = 0;
  double weights_ = 0;
  double waited_ = 0;
  double surplus_ = 0;
  double squares_ = 0;
  double products_ = 0;
  double surplus_squares_ = 0;
};

}  // namespace ntp::sync
