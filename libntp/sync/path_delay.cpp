// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/path_delay.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ntp::sync {
namespace {

// The sum of two equal exponential queues has its median at 1.678 times the mean of one.
constexpr double kMeanOverMedian = 2 / 1.678;
// Before there is anything to compare with, queues of this share of the round trip are expected.
constexpr double kFirstGuess = 0.5;
// Exchanges that waited longer, in means, say nothing about the usual queues.
constexpr double kUsual = 3;
constexpr double kRouteExcess = 5;      // means of the queues: so much shorter is another route
constexpr double kRouteSpread = 5;      // half-spreads of the recent ones: so much longer is, too
constexpr double kLeastSpread = 1e-3;   // of the round trip
constexpr double kShareMemory = 0.995;  // of the regression, from one exchange to the next
constexpr double kSlopePrior = 4;       // a slope of 0, by so many times the variance of one
constexpr double kMostSkew = 0.98;

}  // namespace

/// Puts the newest where it belongs, and takes away the oldest if there are enough.
void PathDelay::sort_in(double round_trip) {
  auto end = sorted_.begin() + static_cast<std::ptrdiff_t>(count_);
  if (count_ == kMemory) {
    const auto oldest = std::lower_bound(sorted_.begin(), end, round_trips_[next_]);
    end = std::move(oldest + 1, end, oldest);
  }
  const auto place = std::upper_bound(sorted_.begin(), end, round_trip);
  std::move_backward(place, end, end + 1);
  *place = round_trip;
}

PathDelay::Change PathDelay::add(double round_trip) {
  sort_in(round_trip);
  round_trips_[next_] = round_trip;
  next_ = (next_ + 1) % kMemory;
  count_ = std::min(count_ + 1, kMemory);
  if (blocks_ == 0 || next_ == 1) {
    std::shift_right(least_.begin(), least_.end(), 1);
    least_.front() = round_trip;
    blocks_ = std::min(blocks_ + 1, kBlocks);
  }
  least_.front() = std::min(least_.front(), round_trip);
  seen_ = std::min(seen_ + 1, kBlocks * kMemory);

  const double before = base_;
  const double queues = queues_;
  base_ = *std::min_element(least_.begin(), least_.begin() + static_cast<std::ptrdiff_t>(blocks_));
  if (seen_ > 1 && before > base_) shrink(before - base_);
  Change change = Change::None;
  if (count_ > kRouteChange && before - base_ > kRouteExcess * queues) {
    forget_all_but(1);
    change = Change::Other;
  } else if (has_longer_route()) {
    change = Change::Longer;
  } else if (seen_ > 1 && before - base_ > queues / 8) {
    change = Change::Shorter;
  }
  measure_queues();
  return change;
}

/// What the route has grown by and lost again can't lean to one side any more.
void PathDelay::shrink(double by) {
  const double left = growth_ - by;
  growth_ = left > queues_ ? left : 0;
  centre_ = std::clamp(centre_, -growth_ / 2, growth_ / 2);
}

bool PathDelay::has_longer_route() {
  if (count_ <= kRouteChange) return false;
  const auto recent = [this](std::size_t i) {
    return round_trips_[(next_ + kMemory - 1 - i) % kMemory];
  };
  double least = recent(0);
  for (std::size_t i = 1; i < kRouteChange; ++i) least = std::min(least, recent(i));
  // The half-spread is from the least to the median: is most of them closer than it may be?
  const double limit = least + (least - base_) / kRouteSpread - kLeastSpread * base_;
  std::size_t closer = 0;
  for (std::size_t i = 0; i < kRouteChange; ++i) closer += recent(i) < limit ? 1 : 0;
  if (closer <= kRouteChange / 2) return false;
  growth_ += least - base_;
  forget_all_but(kRouteChange);
  base_ = least_.front() = least;
  return true;
}

void PathDelay::forget_all_but(std::size_t recent) {
  std::rotate(
      round_trips_.begin(),
      round_trips_.begin() + static_cast<std::ptrdiff_t>((next_ + kMemory - recent) % kMemory),
      round_trips_.end());
  count_ = next_ = seen_ = recent;
  sorted_ = round_trips_;
  std::sort(sorted_.begin(), sorted_.begin() + static_cast<std::ptrdiff_t>(recent));
  blocks_ = 1;
  least_.front() = *std::min_element(round_trips_.begin(),
                                     round_trips_.begin() + static_cast<std::ptrdiff_t>(recent));
}

void PathDelay::measure_queues() {
  const double n = static_cast<double>(seen_);
  // The least of n sums of two exponential queues is this share of their mean above none.
  const double share = std::sqrt(std::numbers::pi / 2 / n * out_share_ * (1 - out_share_));
  const double median = sorted_[count_ / 2] - base_;
  queues_ = std::max(kMeanOverMedian * median / (1 - std::min(.9, kMeanOverMedian * share)),
                     kFirstGuess * base_ / (n * n));
  unseen_ = share * queues_;
}

double PathDelay::excess(double round_trip) const {
  return std::max(0.0, round_trip - base_) + unseen_;
}

OffsetWindow PathDelay::window(double round_trip) const {
  OffsetWindow window;
  window.centre = centre_;
  window.half_width = excess(round_trip) / 2;
  if (queues_ > 0) window.tilt = (1 / out_share_ - 1 / (1 - out_share_)) / queues_;
  return window;
}

void PathDelay::learn(double round_trip, double surplus, double variance) {
  const double waited = excess(round_trip);
  if (waited > kUsual * queues_) return;
  ++learned_;
  const double keep = std::min(kShareMemory, 1 - 1 / learned_);
  const double weight = 1 / (variance + waited * waited / 12);
  weights_ = keep * weights_ + weight;
  waited_ = keep * waited_ + weight * waited;
  surplus_ = keep * surplus_ + weight * surplus;
  squares_ = keep * squares_ + weight * waited * waited;
  products_ = keep * products_ + weight * waited * surplus;
  surplus_squares_ = keep * surplus_squares_ + weight * surplus * surplus;
  const double spread = squares_ - waited_ * waited_ / weights_;
  const double centred = products_ - waited_ * surplus_ / weights_;
  const double slope = 2 * centred / (spread + kSlopePrior);
  const double scatter = std::max(
      0.0, surplus_squares_ - surplus_ * surplus_ / weights_ - centred * centred / (spread + 1e-9));
  const double freedom = std::min(learned_, 1 / (1 - kShareMemory));
  const double deviation =
      2 * std::sqrt((scatter + kSlopePrior) / freedom / (spread + kSlopePrior));
  const double doubt = 2 * deviation / std::max(std::abs(slope), 1e-9);
  // Of the queues: 1 if all of them are on the way there, -1 on the way back.
  const double skew = std::clamp(slope * std::max(0.0, 1 - doubt * doubt), -kMostSkew, kMostSkew);
  out_share_ = (1 + skew) / 2;
}

}  // namespace ntp::sync
