// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdlib>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// The own clock while a telegram is fuzzed.
inline constexpr WallTime kFuzzNow{std::chrono::seconds(1'795'000'000)};

/// What a decoder gives is a problem, or leads to a moment or a problem.
inline void check(const Result<Decoded, Problem>& decoded) {
  if (!decoded) return;
  const auto utc = utc_of(decoded->civil, {.now = kFuzzNow, .pivot = kFuzzNow});
  if (utc && *utc < WallTime()) std::abort();
  if (decoded->error_bound && !(*decoded->error_bound >= 0)) std::abort();
}

}  // namespace ntp::refclock::telegram
