// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_log.h"

#include <algorithm>

namespace ntp::sim {

void SimLog::write(LogLevel level, std::string_view text) {
  ++written_.at(static_cast<std::size_t>(level));
  if (lines_.size() == kKept) lines_.pop_front();
  lines_.push_back({world_.now(), level, std::string(text)});
}

std::size_t SimLog::count(std::string_view part) const {
  return static_cast<std::size_t>(std::count_if(
      lines_.begin(), lines_.end(),
      [part](const Line& line) { return line.text.find(part) != std::string::npos; }));
}

std::uint64_t SimLog::written(LogLevel at_least) const {
  std::uint64_t sum = 0;
  for (std::size_t level = 0; level <= static_cast<std::size_t>(at_least); ++level) {
    sum += written_.at(level);
  }
  return sum;
}

std::string SimLog::text() const {
  std::string all;
  for (const Line& line : lines_) {
    all += std::to_string(to_seconds(line.at - world_.start())) + " " + line.text + "\n";
  }
  return all;
}

}  // namespace ntp::sim
