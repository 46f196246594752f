// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/devices.h"

namespace ntp::refclock {

class Feed;

/// The pulse device of a clock that has a port beside it, which goes on without: one that can't be
/// opened, or that fails, is said and tried again.
class SidePulse {
 public:
  /// `device`: the pattern of its path if there is no `ppspath`.
  SidePulse(Feed& feed, std::string_view device) : feed_(feed), device_(device) {}

  /// Before anything else. `clock` is the name in the log.
  void attach(Devices& devices, std::string clock, bool clear_edge, bool kernel);
  Result<void> open();
  void close() { capture_.reset(); }
  /// Once a second: opens it if it is time to.
  void tick();
  /// The last edge.
  std::optional<Pulse> latest();
  [[nodiscard]] bool is_open() const { return capture_ != nullptr; }

 private:
  void say(const std::string& what);

  Feed& feed_;
  std::string device_;
  Devices* devices_ = nullptr;
  std::string clock_;
  PulseEdge edge_ = PulseEdge::Assert;
  bool kernel_ = false;
  std::unique_ptr<PulseCapture> capture_;
  int wait_ = 0;  // s, until it is opened
};

}  // namespace ntp::refclock
