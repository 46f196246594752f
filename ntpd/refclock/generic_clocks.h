// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <string_view>

#include "libntp/core/devices.h"
#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock {

/// A kind of clock that `generic` knows: what it sends, over what line, and how good it is.
struct GenericClock {
  int subtype = 0;
  std::string_view name;  // in place of the driver's
  std::string_view description;
  std::string_view format;  // `refclock_format`
  std::string_view refid;
  std::unique_ptr<telegram::Receiver> (*make)() = nullptr;
  int baud = 9600;
  int data_bits = 8;
  Parity parity = Parity::None;
  int stop_bits = 1;
  double delay = 0;  // s, how late the on-time character is: time1 if that is not given
  int trust = 0;     // s, for how long it is good without its signal
  std::string_view request = {};                      // what asks for a telegram
  bool each_second = false;                           // asked each second, not at each poll
  std::string (*ask_state)(unsigned step) = nullptr;  // what asks for its state, in turns
  std::string_view setup = {};  // sent when it is silent or can't be understood
  std::optional<bool> dtr = std::nullopt, rts = std::nullopt;  // its power supply
  bool trusts_power_up = false;    // good for that time even if it says that it never had a signal
  bool pulses = false;             // characters are pulses of the signal
  std::string_view features = {};  // what its telegrams can tell, as `refclock_status` ends
};

/// Null for a subtype that there is none of. A subtype of 128 and more is the one without it, with
/// a pulse.
const GenericClock* find_generic_clock(int subtype);

}  // namespace ntp::refclock
