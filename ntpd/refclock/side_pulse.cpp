// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/side_pulse.h"

#include <utility>

#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

constexpr int kRetry = 64;  // s

}  // namespace

void SidePulse::attach(Devices& devices, std::string clock, bool clear_edge, bool kernel) {
  devices_ = &devices;
  clock_ = std::move(clock);
  edge_ = clear_edge ? PulseEdge::Clear : PulseEdge::Assert;
  kernel_ = kernel;
  wait_ = 0;
}

Result<void> SidePulse::open() {
  const config::SourceSettings& settings = feed_.settings();
  auto capture = devices_->open_pulse(settings.pps_path.empty() ? with_unit(device_, settings.unit)
                                                                : settings.pps_path);
  if (!capture) return Failure<Error>{capture.error()};
  if (auto ready = (*capture)->capture(edge_); !ready) return ready;
  capture_ = std::move(*capture);
  if (!kernel_) return {};
  if (const auto bound = capture_->bind_kernel(edge_); !bound) {
    feed_.log(LogLevel::Warning, "hardpps", "REFCLOCK: " + clock_ + ": " + bound.error().message);
  }
  return {};
}

void SidePulse::tick() {
  if (capture_ || wait_-- > 0) return;
  wait_ = kRetry;
  if (const auto opened = open(); !opened) say(opened.error().message);
}

std::optional<Pulse> SidePulse::latest() {
  if (!capture_) return std::nullopt;
  const auto pulse = capture_->latest(edge_);
  if (pulse) return *pulse;
  say(pulse.error().message);
  capture_.reset();
  wait_ = kRetry;
  return std::nullopt;
}

void SidePulse::say(const std::string& what) {
  feed_.log(LogLevel::Warning, "pulse", "REFCLOCK: " + clock_ + ": no pulse: " + what);
}

}  // namespace ntp::refclock
