// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "libntp/core/time.h"

/// The far ends of serial ports: what clocks of all kinds say of a moment, true or not.
namespace ntp::refclock::played {

/// What a telegram is made of, in the clock's own zone. Nothing of it has to be possible.
struct Said {
  int year, month, day, day_of_year;
  int weekday;  // from 1, Monday
  int hour, minute, second;
  WallTime moment;  // without a zone
};

/// How a clock is wrong.
struct Lie {
  std::chrono::days days{};
  std::chrono::hours hours{};
  void (*mangle)(Said&) = nullptr;
  bool announces_leap = false;  // an inserted second
  bool wrong_sum = false;
  bool runs_free = false;  // and says so: its signal is lost, its oscillator goes on
  bool no_signal = false;  // and says so: it never had one
};

/// One clock, at a moment that its test moves on.
class Voice {
 public:
  virtual ~Voice() = default;
  /// Whether it must be heard each second.
  [[nodiscard]] virtual bool each_second() const { return false; }
  /// What it says by itself as a second begins.
  virtual std::string second() { return {}; }
  /// What it says to what was written to it.
  virtual std::string answer(std::string_view /*written*/) { return {}; }

  WallTime now{};
  Lie lie;

 protected:
  /// The time in a zone that is so far ahead of UTC.
  [[nodiscard]] Said said(std::chrono::hours east = std::chrono::hours(0)) const {
    return said_of(now, east);
  }
  [[nodiscard]] Said said_of(WallTime when, std::chrono::hours east) const;
};

/// What the telegrams of a clock tell, and with it which lies they can carry.
enum Tells : unsigned {
  kYear = 1,             // which year it is, in two digits or four
  kDate = 2,             // a date that may be one that does not exist; else it is a week of GPS
  kSecond60 = 4,         // a second 60
  kLeap = 8,             // that a leap second comes
  kLeapSeason = 8 + 16,  // the same, which is believed in June and December only
  kSum = 32,             // a checksum or parities
  kRolls = 64,           // its date is repaired if it is multiples of 1024 weeks early
  kAsked = 128,          // nothing unless it is asked, again and again
  kSlow = 256,           // nothing for two minutes after it is connected
  kRunsFree = 512,       // that it runs free
  kNoSignal = 1024,      // that it has no time
  kPulse = 2048,         // by a pulse when a second begins
};

/// A clock as ntp.conf would have it.
struct Clock {
  const char* driver;
  int mode;
  std::unique_ptr<Voice> (*voice)();
  unsigned tells;
  unsigned flags = 0;  // flag1 is bit 0
};

/// One of each form of telegram, or dialogue.
std::span<const Clock> all_clocks();

/// A number that its driver would call.
std::string phone_of(const Clock& clock);

/// `generic 12`.
std::string name_of(const Clock& clock);

}  // namespace ntp::refclock::played
