// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string_view>
#include <vector>

#include "libntp/core/bytes.h"
#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// Seconds since 1970 of a date and time of UTC.
inline WallTime utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  const std::chrono::sys_days date = std::chrono::year(year) / month / day;
  return WallTime(date.time_since_epoch() + std::chrono::hours(hour) +
                  std::chrono::minutes(minute) + std::chrono::seconds(second));
}

inline const Near kNear{.now = utc(2026, 11, 25, 12), .pivot = utc(2026, 7, 31)};

/// What each byte, a millisecond after the one before it, completes.
inline std::vector<Heard> feed(Receiver& receiver, std::string_view bytes,
                               WallTime at = utc(2026, 11, 25, 12)) {
  std::vector<Heard> all;
  for (const std::uint8_t byte : as_bytes(bytes)) {
    if (auto heard = receiver.push(byte, at)) all.push_back(std::move(*heard));
    at += std::chrono::milliseconds(1);
  }
  return all;
}

/// The moment of a telegram that is well formed; the epoch if it is not.
inline WallTime moment(const Result<Decoded, Problem>& decoded) {
  if (!decoded) return WallTime();
  const auto time = utc_of(decoded->civil, kNear);
  return time ? *time : WallTime();
}

inline std::optional<Problem> problem(const Result<Decoded, Problem>& decoded) {
  if (!decoded) return decoded.error();
  const auto time = utc_of(decoded->civil, kNear);
  return time ? std::nullopt : std::optional(time.error());
}

/// Every telegram that differs from a good one is refused or is another well formed one; none of
/// its beginnings is one.
inline void expect_no_beginning_decodes(Decode decode, std::string_view telegram) {
  for (std::size_t size = 0; size < telegram.size(); ++size) {
    EXPECT_FALSE(decode(telegram.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode(std::string(telegram) + "x"));
  EXPECT_FALSE(decode(std::string(telegram.size(), '\xff')));
}

}  // namespace ntp::refclock::telegram
