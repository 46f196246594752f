// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/framer.h"

#include <utility>

namespace ntp::refclock::telegram {

std::optional<Frame> Framer::finish(bool too_long) {
  state_ = too_long ? State::Skipping : State::Between;
  return Frame{.text = std::exchange(text_, {}), .at = at_, .too_long = too_long};
}

std::optional<Frame> Framer::push(char byte, WallTime at) {
  if (framing_.first && byte == *framing_.first && state_ != State::After) {
    text_.assign(1, byte);
    at_ = at;
    state_ = State::Within;
    return std::nullopt;
  }
  if (state_ == State::Skipping) {
    if (!framing_.first && byte == framing_.last) state_ = State::Between;
    return std::nullopt;
  }
  if (state_ == State::Between) {
    if (framing_.first) return std::nullopt;
    state_ = State::Within;
    at_ = at;
  }
  text_.push_back(byte);
  if (framing_.on_time == Framing::OnTime::Last) at_ = at;
  if (state_ == State::After) {
    if (--missing_ == 0) return finish(false);
    return std::nullopt;
  }
  if (byte == framing_.last) {
    if (framing_.after == 0) return finish(false);
    missing_ = framing_.after;
    state_ = State::After;
    return std::nullopt;
  }
  if (text_.size() >= framing_.longest) return finish(true);
  return std::nullopt;
}

}  // namespace ntp::refclock::telegram
