// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "libntp/core/time.h"

namespace ntp::refclock::telegram {

/// How telegrams are told from each other in a stream of bytes.
struct Framing {
  enum class OnTime : std::uint8_t { First, Last };  // the byte whose stamp is the telegram's
  std::optional<char> first =
      std::nullopt;         // what begins one, anew even within one; without it any byte does
  char last = '\n';         // what ends one
  std::size_t after = 0;    // bytes that belong to it behind the last
  std::size_t longest = 0;  // bytes in all
  OnTime on_time = OnTime::First;
};

/// A whole telegram. One that grew beyond the longest is `too_long`, and is cut there.
struct Frame {
  std::string text;
  WallTime at;
  bool too_long = false;
};

/// Puts telegrams together byte by byte, and never keeps more than the longest. After one that is
/// too long everything up to the next beginning is passed over, so that a stream without an end
/// gives one such frame only.
class Framer {
 public:
  explicit Framer(Framing framing) : framing_(framing) {}

  /// The telegram that this byte completes, or cuts.
  std::optional<Frame> push(char byte, WallTime at);

 private:
  std::optional<Frame> finish(bool too_long);

  Framing framing_;
  enum class State : std::uint8_t { Between, Within, After, Skipping } state_ = State::Between;
  std::string text_;
  WallTime at_{};
  std::size_t missing_ = 0;
};

}  // namespace ntp::refclock::telegram
