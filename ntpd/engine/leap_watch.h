// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/clock_command.h"
#include "libntp/leap/leap_file.h"
#include "libntp/leap/leap_second.h"

namespace ntp::engine {

/// Which leap second is next, and how near it is. NTPsec: a file that is in force is believed,
/// whatever the sources say; without one, what more than half of the survivors announce on the last
/// day of a month.
class LeapWatch {
 public:
  struct Evidence {
    /// The file's; null: there is none.
    const leap::Table* table = nullptr;
    /// Of the survivors, and how many there are.
    int votes_insert = 0;
    int votes_delete = 0;
    int survivors = 0;
    /// The time that is followed has the leap second smeared into it: there is none to be done.
    bool smeared = false;
  };
  struct News {
    bool armed = false;
    bool disarmed = false;
    bool done = false;
  };

  /// Looks at the evidence and the time. In the last minute nothing changes any more: a source that
  /// says nothing during the leap second, or is gone, does not call it off.
  News look(const Evidence& evidence, WallTime wall, MonoTime mono);
  /// True if look() will find that the leap second is over.
  [[nodiscard]] bool is_over(WallTime wall) const { return plan_ && wall >= plan_->at; }
  /// Forgets how near it is, since the clock was set.
  void clock_was_set() { second_ = {}; }

  /// What the kernel and others are told of it: a day ahead at the earliest.
  [[nodiscard]] Leap flag() const { return flag_; }
  /// Also if it is further away, up to a month.
  [[nodiscard]] const leap::LeapSecond& second() const { return second_; }
  /// In the minutes after one: s that a server is ahead which has yet to do it. Else 0.
  [[nodiscard]] int yet_to_be_done(MonoTime now) const;
  /// Within a day of one that is expected or was, when sources may differ because of it.
  [[nodiscard]] bool is_near(MonoTime now) const;

 private:
  struct Plan {
    WallTime at;
    int change = 0;
    bool by_votes = false;
    friend bool operator==(const Plan&, const Plan&) = default;
  };
  [[nodiscard]] std::optional<Plan> wanted(const Evidence& evidence, WallTime wall) const;
  [[nodiscard]] std::optional<Plan> by_votes(const Evidence& evidence, WallTime wall) const;

  std::optional<Plan> plan_;
  leap::LeapSecond second_;
  leap::LeapSecond last_;
  Leap flag_ = Leap::None;
};

}  // namespace ntp::engine
