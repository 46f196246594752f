// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/side_pulse.h"

namespace ntp::refclock {

/// The pulse of a clock whose telegrams number its seconds: captured once a second, it gives the
/// samples instead of them for as long as it comes. flag2 is the clearing edge, flag3 the kernel.
class LinePulse {
 public:
  explicit LinePulse(Feed& feed) : feed_(feed), device_(feed, "/dev/pps%u") {}

  void open(Devices& devices, const std::string& clock);
  void close();
  /// A sample of a new edge, if the system has the time so that the second it begins is known.
  /// `fudge`, s.
  void tick(const Moment& now, double fudge);
  /// A poll without an edge ends the pulse's reign.
  void end_poll();

  [[nodiscard]] bool is_lit() const { return lit_; }

 private:
  Feed& feed_;
  SidePulse device_;
  bool is_wanted_ = false;
  std::optional<std::uint32_t> sequence_;
  int edges_ = 0;  // since the last poll
  bool lit_ = false;
};

}  // namespace ntp::refclock
