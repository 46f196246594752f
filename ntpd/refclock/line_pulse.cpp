// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/line_pulse.h"

#include "ntpd/refclock/feed.h"

namespace ntp::refclock {

void LinePulse::open(Devices& devices, const std::string& clock) {
  device_.attach(devices, clock, feed_.flag(2), feed_.flag(3));
  device_.tick();
  is_wanted_ = true;
}

void LinePulse::close() {
  device_.close();
  is_wanted_ = false;
  sequence_.reset();
  edges_ = 0;
  lit_ = false;
  feed_.set_pulse(false);
}

void LinePulse::tick(const Moment& now, double fudge) {
  if (!is_wanted_) return;
  device_.tick();
  const auto latest = device_.latest();
  if (!latest) return;
  const bool fresh = sequence_ && *sequence_ != latest->sequence;
  sequence_ = latest->sequence;
  if (!fresh || !now.synchronized) return;
  const auto since = latest->at.time_since_epoch();
  const auto second = std::chrono::round<std::chrono::seconds>(since);
  feed_.offset(to_seconds(second - since) + fudge, latest->at);
  feed_.set_pulse(true);
  ++edges_;
  lit_ = true;
}

void LinePulse::end_poll() {
  if (std::exchange(edges_, 0) > 0 || !lit_) return;
  lit_ = false;
  feed_.set_pulse(false);
}

}  // namespace ntp::refclock
