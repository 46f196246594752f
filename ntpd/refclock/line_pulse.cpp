// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/line_pulse.h"

#include "ntpd/refclock/feed.h"

namespace ntp::refclock {

void LinePulse::open(Devices& devices, Feed& feed, const std::string& clock) {
  const auto say = [&](std::string_view key, const std::string& what) {
    feed.log(LogLevel::Warning, key, "REFCLOCK: " + clock + ": " + what);
  };
  const auto& settings = feed.settings();
  const std::string path =
      settings.pps_path.empty() ? with_unit("/dev/pps%u", settings.unit) : settings.pps_path;
  edge_ = feed.flag(2) ? PulseEdge::Clear : PulseEdge::Assert;
  auto capture = devices.open_pulse(path);
  if (!capture) return say("pulse", "flag1 1 but no pulse: " + capture.error().message);
  if (const auto ready = (*capture)->capture(edge_); !ready) {
    return say("pulse", "flag1 1 but no pulse: " + ready.error().message);
  }
  capture_ = std::move(*capture);
  if (!feed.flag(3)) return;
  if (const auto bound = capture_->bind_kernel(edge_); !bound)
    say("hardpps", bound.error().message);
}

void LinePulse::close(Feed& feed) {
  capture_.reset();
  sequence_.reset();
  edges_ = 0;
  lit_ = false;
  feed.set_pulse(false);
}

void LinePulse::tick(const Moment& now, Feed& feed, double fudge) {
  if (!capture_) return;
  const auto latest = capture_->latest(edge_);
  if (!latest || !*latest) return;
  const bool fresh = sequence_ && *sequence_ != (*latest)->sequence;
  sequence_ = (*latest)->sequence;
  if (!fresh || !now.synchronized) return;
  const auto since = (*latest)->at.time_since_epoch();
  const auto second = std::chrono::round<std::chrono::seconds>(since);
  feed.offset(to_seconds(second - since) + fudge, (*latest)->at);
  feed.set_pulse(true);
  ++edges_;
  lit_ = true;
}

void LinePulse::end_poll(Feed& feed) {
  if (std::exchange(edges_, 0) > 0 || !lit_) return;
  lit_ = false;
  feed.set_pulse(false);
}

}  // namespace ntp::refclock
