// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ntpd/refclock/telegram/framer.h"
#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// A thing that a clock tells of itself, as a clock variable.
struct Told {
  std::string name;
  std::string text;
  bool listed = true;  // false: given only if it is asked for by its name
};

/// What a clock said.
struct Heard {
  /// Its time, or what is wrong; nothing if the telegram told something else.
  std::optional<Result<Decoded, Problem>> time;
  WallTime at;       // of the own clock, when the on-time byte came
  std::string text;  // the telegram as text
  std::vector<Told> told = {};
};

/// Takes the bytes of one clock and gives its telegrams. Keeps a bounded amount of them.
class Receiver {
 public:
  virtual ~Receiver() = default;
  /// What this byte, which came at `at`, completes.
  virtual std::optional<Heard> push(std::uint8_t byte, WallTime at) = 0;
};

/// Reads a whole telegram of a format that needs no memory of others.
using Decode = Result<Decoded, Problem> (*)(std::string_view telegram);

/// A receiver of telegrams that each stand for themselves.
std::unique_ptr<Receiver> make_framed(Framing framing, Decode decode);

/// A telegram of at most 128 characters as text: what is not printable, quotes and backslashes are
/// `\\xhh`.
std::string readable(std::string_view telegram);

}  // namespace ntp::refclock::telegram
