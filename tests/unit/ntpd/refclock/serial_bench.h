// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>

#include "ntpd/refclock/telegram/telegram.h"
#include "tests/support/refclock_bench.h"

namespace ntp::refclock {

/// A clock at a fake serial port. It is right; the own clock is `kLate` behind it.
class SerialBench : public test::RefclockBench {
 public:
  static constexpr const char* kPath = "/dev/clock";
  static constexpr Duration kLate = std::chrono::milliseconds(250);

  explicit SerialBench(const std::string& driver) : RefclockBench(driver) {
    settings.path = kPath;
    (void)port();
  }

  test::FakeDevices::Serial& port() { return devices.serials[kPath]; }
  /// What was written since the last call.
  std::string written() { return std::exchange(port().written, {}); }
  /// The clock says this now.
  void say(std::string_view text) { port().send(text, now.wall); }
  /// The next full second of the clock, by which the own one has `kLate` to go.
  telegram::Civil next_second() {
    const WallTime truth = now.wall + kLate;
    const auto full = std::chrono::ceil<std::chrono::seconds>(truth.time_since_epoch() +
                                                              std::chrono::nanoseconds(1));
    advance(full - truth.time_since_epoch());
    return telegram::civil_of(WallTime(full));
  }
  [[nodiscard]] static int day_of_year(const telegram::Civil& civil) {
    const std::chrono::year year(*civil.year);
    const auto days = std::chrono::sys_days(year / *civil.month / *civil.day) -
                      std::chrono::sys_days(year / 1 / 1);
    return static_cast<int>(days.count()) + 1;
  }
  [[nodiscard]] static int weekday(const telegram::Civil& civil) {
    const std::chrono::sys_days day = std::chrono::year(*civil.year) / *civil.month / *civil.day;
    return static_cast<int>(std::chrono::weekday(day).iso_encoding());
  }
  template <class... Values>
  static std::string text(const char* format, Values... values) {
    char buffer[160];
    std::snprintf(buffer, sizeof buffer, format, values...);
    return buffer;
  }
};

}  // namespace ntp::refclock
