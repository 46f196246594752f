// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "libntp/core/result.h"
#include "libntp/core/time.h"

namespace ntp::leap {

/// From `at` on TAI - UTC is `tai_offset` s; the leap second is the one before.
struct Transition {
  WallTime at;
  int tai_offset = 0;
};

/// What a leap second file says, in the order of time.
struct Table {
  /// NTPsec: so many of the last ones are kept.
  static constexpr std::size_t kKept = 10;

  std::vector<Transition> transitions;
  /// After this nothing is known; the epoch if the file does not say.
  WallTime expires{};

  /// TAI - UTC in s; 0 before the first transition that is kept.
  [[nodiscard]] int tai_at(WallTime now) const;
  /// The first transition after `now`, null if none is known.
  [[nodiscard]] const Transition* next_after(WallTime now) const;
  [[nodiscard]] const Transition* last() const {
    return transitions.empty() ? nullptr : &transitions.back();
  }
  [[nodiscard]] bool expired(WallTime now) const { return now >= expires; }
};

/// What became of the hash that guards the file.
enum class Signature : std::uint8_t { Good, Missing };

struct LeapFile {
  Table table;
  Signature signature = Signature::Missing;
};

/// Reads the list of leap seconds that NIST and IERS publish. A file whose hash is wrong, or whose
/// transitions are not at the start of a month or not in order, is refused with NTPsec's words for
/// it. One without a hash is taken.
Result<LeapFile> parse_leap_file(std::string_view text);

}  // namespace ntp::leap
