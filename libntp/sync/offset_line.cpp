// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/offset_line.h"

#include <algorithm>

namespace ntp::sync {
namespace {

constexpr std::size_t kEnough = 4;
// s: over less time the noise of the offsets would pass for a rate.
constexpr double kShortest = 60;
constexpr double kMaxRate = 500e-6;  // s/s

}  // namespace

void OffsetLine::add(MonoTime at, double offset) {
  points_.push_back({at, offset});
  if (points_.size() > kKept) points_.pop_front();
  fit();
}

void OffsetLine::clear() { *this = {}; }

void OffsetLine::fit() {
  const MonoTime first = points_.front().at;
  const auto count = static_cast<double>(points_.size());
  double time = 0;
  offset_ = 0;
  for (const Point& point : points_) {
    time += to_seconds(point.at - first) / count;
    offset_ += point.offset / count;
  }
  double squares = 0;
  double products = 0;
  for (const Point& point : points_) {
    const double apart = to_seconds(point.at - first) - time;
    squares += apart * apart;
    products += apart * (point.offset - offset_);
  }
  const bool enough =
      points_.size() >= kEnough && to_seconds(points_.back().at - first) >= kShortest;
  if (enough) {
    middle_ = first + from_seconds(time);
    rate_ = std::clamp(products / squares, -kMaxRate, kMaxRate);
  } else {
    middle_ = points_.back().at;
    offset_ = points_.back().offset;
    rate_ = 0;
  }
}

double OffsetLine::at(MonoTime now) const { return offset_ + rate_ * to_seconds(now - middle_); }

}  // namespace ntp::sync
