// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ntpd/refclock/driver.h"

namespace ntp::refclock {

/// The pulse of a clock whose telegrams number its seconds: captured once a second, it gives the
/// samples instead of them for as long as it comes. flag2 is the clearing edge, flag3 the kernel.
class LinePulse {
 public:
  /// Without a device, or one that can't capture, there is no pulse, which is said.
  void open(Devices& devices, Feed& feed, const std::string& clock);
  void close(Feed& feed);
  /// A sample of a new edge, if the system has the time so that the second it begins is known.
  /// `fudge`, s.
  void tick(const Moment& now, Feed& feed, double fudge);
  /// A poll without an edge ends the pulse's reign.
  void end_poll(Feed& feed);

  [[nodiscard]] bool is_lit() const { return lit_; }

 private:
  std::unique_ptr<PulseCapture> capture_;
  PulseEdge edge_ = PulseEdge::Assert;
  std::optional<std::uint32_t> sequence_;
  int edges_ = 0;  // since the last poll
  bool lit_ = false;
};

}  // namespace ntp::refclock
