// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/median_filter.h"

#include <algorithm>
#include <cmath>

namespace ntp::refclock {

void MedianFilter::add(double offset, WallTime received) {
  stages_[next_] = {offset, received};
  next_ = (next_ + 1) % kStages;
  count_ = std::min(count_ + 1, kStages);
}

std::optional<MedianFilter::Result> MedianFilter::take() {
  if (count_ == 0) return std::nullopt;
  std::array<Stage, kStages> sorted;
  for (std::size_t i = 0; i < count_; ++i) {
    sorted[i] = stages_[(next_ + kStages - count_ + i) % kStages];
  }
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count_),
            [](const Stage& a, const Stage& b) { return a.offset < b.offset; });
  std::size_t first = 0;
  std::size_t end = count_;
  const std::size_t wanted = count_ - count_ * 4 / 10;
  while (end - first > wanted) {
    const double median = sorted[(first + end) / 2].offset;
    if (sorted[end - 1].offset - median < median - sorted[first].offset) {
      ++first;
    } else {
      --end;
    }
  }
  Result result;
  result.samples = count_;
  result.kept = wanted;
  const WallTime origin = sorted[first].received;
  double ages = 0;
  for (std::size_t i = first; i < end; ++i) {
    result.offset += sorted[i].offset;
    ages += to_seconds(sorted[i].received - origin);
    if (i > first) result.jitter += std::pow(sorted[i].offset - sorted[i - 1].offset, 2);
  }
  const auto kept = static_cast<double>(wanted);
  result.offset /= kept;
  result.jitter = std::sqrt(result.jitter / kept);
  result.received = origin + from_seconds(ages / kept);
  count_ = 0;
  return result;
}

}  // namespace ntp::refclock
