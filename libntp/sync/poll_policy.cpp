// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/sync/poll_policy.h"

#include <algorithm>

namespace ntp::sync {
namespace {

constexpr double kPollsBeforeLonger = 5.9;  // at one interval before the next longer
constexpr double kPollsBeforeShorter = 0.9;

}  // namespace

void PollPolicy::update(MonoTime now, int wish, int min_poll, int max_poll) {
  if (restart_) {
    exponent_ = min_poll;
    since_ = now;
    restart_ = false;
  }
  exponent_ = std::clamp(exponent_, min_poll, std::max(min_poll, max_poll));
  const double polls = to_seconds(now - since_) / log2_seconds(exponent_);
  if (wish > exponent_ && exponent_ < max_poll && polls > kPollsBeforeLonger) {
    ++exponent_;
    since_ = now;
  } else if (wish < exponent_ && exponent_ > min_poll && polls > kPollsBeforeShorter) {
    --exponent_;
    since_ = now;
  }
}

void PollPolicy::restart(MonoTime now) {
  restart_ = true;
  since_ = now;
}

}  // namespace ntp::sync
