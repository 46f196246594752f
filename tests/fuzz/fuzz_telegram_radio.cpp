// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ntpd/refclock/generic_clocks.h"

namespace {

using namespace ntp;
using namespace ntp::refclock;

constexpr WallTime kNow{std::chrono::seconds(1'795'000'000)};

}  // namespace

/// The first octet names a clock of the driver `generic`. Anything may come from it, at any pace:
/// what it tells is a moment or a problem, and short text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const GenericClock* clock = find_generic_clock(data[0] % 25);
  if (clock == nullptr) std::abort();
  const auto receiver = clock->make();
  WallTime at = kNow;
  for (std::size_t i = 1; i < size; ++i) {
    // Pulses come once a second, with a gap after each minute; characters without a pause.
    at += clock->pulses ? std::chrono::milliseconds((i - 1) % 59 == 0 ? 2000 : 1000)
                        : std::chrono::milliseconds(1);
    const auto heard = receiver->push(data[i], at);
    if (!heard) continue;
    if (heard->text.size() > 512 || heard->at > at || heard->told.size() > 35) std::abort();
    for (const auto& each : heard->told) {
      if (each.text.size() > 512 || each.text.find_first_of("\"\n") != std::string::npos) {
        std::abort();
      }
    }
    if (!heard->time || !*heard->time) continue;
    const auto utc = telegram::utc_of((*heard->time)->civil, {.now = at, .pivot = kNow});
    if (utc && (*utc < WallTime() || telegram::civil_of(*utc).second > 59)) std::abort();
  }
  return 0;
}
