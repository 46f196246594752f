// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ntpd/refclock/driver.h"
#include "ntpd/refclock/generic_clocks.h"

namespace ntp::refclock {

/// What a generic clock was like so far, as its clock variables tell.
class GenericReport {
 public:
  /// A second in which the clock was in this state.
  void pass(MonoTime now, ClockEvent state);
  void take(const telegram::Decoded& decoded) { decoded_ = decoded; }
  void take(WallTime utc) { utc_ = utc; }
  /// In place of what it told of the same name before.
  void take(const telegram::Told& told) { told_[told.name] = told; }
  void take_pulse(WallTime pulse, WallTime telegram) {
    pulse_ = pulse;
    skew_ = telegram - pulse;
  }

  [[nodiscard]] std::vector<Variable> variables(const GenericClock& clock, ClockEvent state,
                                                bool with_pulse) const;

 private:
  [[nodiscard]] std::string status(const GenericClock& clock) const;
  [[nodiscard]] std::string states(ClockEvent state) const;

  std::optional<telegram::Decoded> decoded_;
  std::optional<WallTime> utc_;
  std::map<std::string, telegram::Told> told_;
  std::optional<WallTime> pulse_;
  Duration skew_{};
  std::array<Duration, 7> spent_{};  // by state
  std::optional<MonoTime> last_;
};

}  // namespace ntp::refclock
