// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/time.h"

namespace ntp::engine {

/// Keeps what strangers can trigger from filling the log: one line per key and interval, and of a
/// bounded number of keys; when the table is full of keys still waiting, new ones are silent.
class LogLimiter {
 public:
  explicit LogLimiter(Duration interval = std::chrono::hours(1), std::size_t max_keys = 256);

  /// If a line for `key` may be written now: how many were held back since the last one.
  std::optional<std::uint64_t> admit(std::string_view key, MonoTime now);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    MonoTime written;
    std::uint64_t held_back = 0;
  };
  void forget_old(MonoTime now);

  Duration interval_;
  std::size_t max_keys_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace ntp::engine
