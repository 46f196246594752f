// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <malloc.h>

#include <cstdint>
#include <string>

#include "tests/sim/lab.h"

/// What tests of a day of a reference clock's failure judge by.
namespace ntp::sim {

// Octets of the heap in 23 hours: less than a hundred a minute.
inline constexpr std::int64_t kMostGrowth = 100'000;

/// The daemon starts while a device can't be opened.
inline void refuse(SimNode& node, const std::string& path, const std::string& why) {
  node.stop();
  node.host.devices.refused[path] = why;
  node.start();
}

/// The events of the clock since `begin`.
inline std::string events_of(const SimNode& node, const std::string& clock, TrueTime begin) {
  std::string events;
  for (const auto& line : node.host.log.lines()) {
    if (line.at < begin || line.text.find("PROTO: " + clock + ' ') == std::string::npos) continue;
    const auto place = line.text.find("clk_");
    if (place == std::string::npos) continue;
    events += (events.empty() ? "" : " ") + line.text.substr(place);
  }
  return events;
}

/// What the daemon has of the heap, and the simulator without what it records, in octets. Always
/// the same in a build whose heap is a sanitizer's.
inline std::int64_t heap_in_use(const Lab& lab) {
  const struct mallinfo2 heap = mallinfo2();
  std::size_t recorded = 0;
  for (const SimNode& node : lab.nodes) {
    recorded += 2 * node.host.recorder.errors().capacity() * sizeof(double);
  }
  for (const PerfectServer& server : lab.servers) {
    recorded += server.requests().capacity() * sizeof(TrueTime);
  }
  return static_cast<std::int64_t>(heap.uordblks + heap.hblkhd) -
         static_cast<std::int64_t>(recorded);
}

}  // namespace ntp::sim
