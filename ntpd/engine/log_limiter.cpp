// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/log_limiter.h"

#include <utility>

namespace ntp::engine {

LogLimiter::LogLimiter(Duration interval, std::size_t max_keys)
    : interval_(interval), max_keys_(max_keys) {}

std::optional<std::uint64_t> LogLimiter::admit(std::string_view key, MonoTime now) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    Entry& entry = found->second;
    if (now - entry.written < interval_) {
      ++entry.held_back;
      return std::nullopt;
    }
    entry.written = now;
    return std::exchange(entry.held_back, 0);
  }
  if (entries_.size() >= max_keys_) forget_old(now);
  if (entries_.size() >= max_keys_) return std::nullopt;
  entries_.emplace(key, Entry{now});
  return 0;
}

void LogLimiter::forget_old(MonoTime now) {
  std::erase_if(entries_,
                [&](const auto& entry) { return now - entry.second.written >= interval_; });
}

}  // namespace ntp::engine
