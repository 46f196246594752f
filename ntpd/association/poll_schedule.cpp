// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/association/poll_schedule.h"

#include <algorithm>

namespace ntp::association {
namespace {

// A kiss can't make a source slower than this (NTPsec: 1024 s).
constexpr int kMaxKissPoll = 10;
// Packets that may go out faster than the poll interval before the guard bites.
constexpr int kCredit = 7;
// Of an interval: up to so much longer is it at random, so that clients do not march in step.
constexpr double kRandomShare = 1.0 / 16;

}  // namespace

PollSchedule::PollSchedule(int min_poll, int max_poll, MonoTime first)
    : min_poll_(min_poll),
      max_poll_(std::max(min_poll, max_poll)),
      poll_(min_poll),
      due_(first),
      poll_began_(first),
      throttle_at_(first) {}

double PollSchedule::throttle(MonoTime now) const {
  return std::max(0.0, throttle_ - to_seconds(now - throttle_at_));
}

unsigned PollSchedule::headway(MonoTime now) const { return static_cast<unsigned>(throttle(now)); }

void PollSchedule::arm_burst() {
  if (burst_armed_) return;
  burst_armed_ = true;
  retries_left_ = kBurstRetries;
}

bool PollSchedule::packet_sent(MonoTime now) {
  bool ended = false;
  if (burst_left_ > 0) {
    ended = --burst_left_ == 0;
    if (spreading_ && --close_left_ <= 0) {
      burst_spacing_ = std::min(2 * burst_spacing_, kWidestSpacing);
    }
  }
  if (retries_left_ > 0) --retries_left_;
  throttle_ = throttle(now) + log2_seconds(min_poll_) - to_seconds(kSpacing);
  throttle_at_ = now;
  return ended;
}

void PollSchedule::answer_received(MonoTime now, int count, bool spread) {
  if (!burst_armed_) return;
  burst_armed_ = false;
  burst_spacing_ = kSpacing;
  close_left_ = kCloseTogether;
  spreading_ = spread;
  retries_left_ = 0;
  burst_left_ = count - 1;
  if (burst_left_ > 0) due_ = now;
}

void PollSchedule::update(MonoTime now, int poll, Random& random) {
  poll_ = std::clamp(poll, min_poll_, max_poll_);
  const double guard = throttle(now) - kCredit * log2_seconds(min_poll_);
  const MonoTime earliest = now + std::max(from_seconds(guard), Duration(kSpacing));
  if (burst_left_ > 0) {
    // A burst is to bring more packets than the polls, not fewer.
    const Duration spacing = std::min(burst_spacing_, from_seconds(log2_seconds(poll_)));
    if (due_ <= now) due_ = std::max(earliest, now + spacing);
    return;
  }
  const double interval = log2_seconds(retries_left_ > 0 ? min_poll_ : poll_);
  if (!longer_) longer_ = kRandomShare * random.uniform();
  const MonoTime regular = poll_began_ + from_seconds(interval * (1 + *longer_));
  due_ = std::max(regular, earliest);
  if (throttle(now) > log2_seconds(min_poll_)) due_ += kSpacing;
}

void PollSchedule::slow_down(MonoTime now, int poll, Random& random) {
  burst_left_ = retries_left_ = 0;
  burst_armed_ = false;
  const int slower = std::min(std::max(poll, poll_ + 1), std::max(kMaxKissPoll, poll_));
  min_poll_ = std::max(min_poll_, slower);
  max_poll_ = std::max(max_poll_, min_poll_);
  throttle_ = (kCredit + 2) * log2_seconds(min_poll_);
  throttle_at_ = now;
  update(now, min_poll_, random);
}

void PollSchedule::follow(int poll) { poll_ = std::clamp(poll, min_poll_, max_poll_); }

void PollSchedule::set_limits(MonoTime now, int min_poll, int max_poll, Random& random) {
  min_poll_ = min_poll;
  max_poll_ = std::max(min_poll, max_poll);
  if (poll_ < min_poll_ || poll_ > max_poll_) update(now, poll_, random);
}

void PollSchedule::restart(MonoTime first) {
  poll_ = min_poll_;
  burst_left_ = retries_left_ = 0;
  burst_armed_ = false;
  begin_poll(first);
  due_ = first;
}

}  // namespace ntp::association
