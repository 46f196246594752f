// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace ntp::io {

/// How much one device may have read: bursts as they come, but of a flood only so much that the
/// loop has time for everybody else, however many devices there are.
class ReadBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Octets to read at once: of two dozen devices that is some hundred us of work a turn of the
  /// loop.
  static constexpr std::size_t kPiece = 1024;
  /// Each window has so many; twice what a line of 460,800 baud brings.
  static constexpr std::size_t kOctets = 32'768;
  static constexpr int kReads = 256;
  static constexpr auto kWindow = std::chrono::milliseconds(250);

  /// Counts a read; gives when the next one may come, if that is not at once.
  std::optional<Time> spend(std::size_t octets, Time now) {
    if (now >= end_) {
      end_ = now + kWindow;
      octets_ = 0;
      reads_ = 0;
    }
    octets_ += octets;
    ++reads_;
    return octets_ < kOctets && reads_ < kReads ? std::nullopt : std::optional(end_);
  }

 private:
  Time end_{};
  std::size_t octets_ = 0;
  int reads_ = 0;
};

}  // namespace ntp::io
