// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libntp/core/clock_command.h"

namespace ntp::control {

/// What happens to the daemon as a whole; the numbers stand in the system status word (RFC 9327
/// section 4.1) and in logs.
enum class SystemEvent : std::uint8_t {
  Unspecified = 0,
  FrequencyNotSet = 1,  // started without a drift file
  FrequencySet = 2,     // drift file read
  SpikeDetect = 3,      // offset beyond the step threshold, waiting
  FrequencyMode = 4,    // measuring the initial frequency
  ClockSync = 5,        // synchronised for the first time
  Restart = 6,          // daemon started
  PanicStop = 7,        // offset beyond the panic threshold
  NoSystemPeer = 8,
  LeapArmed = 9,
  LeapDisarmed = 10,
  LeapEvent = 11,  // leap second executed
  ClockStep = 12,
  Kernel = 13,  // kernel discipline changed
  Tai = 14,     // TAI offset changed
  StaleLeapSeconds = 15,
};

/// What happens to one association; the numbers stand in the peer status word (RFC 9327
/// section 4.2). Logs show them with 0x80 added.
enum class PeerEvent : std::uint8_t {
  Unspecified = 0,
  Mobilize = 1,
  Demobilize = 2,
  Unreachable = 3,
  Reachable = 4,
  Restart = 5,  // history cleared
  NoReply = 6,
  RateExceeded = 7,  // RATE kiss
  AccessDenied = 8,  // DENY or RSTR kiss
  LeapArmed = 9,
  SystemPeer = 10,  // became system peer
  ClockEvent = 11,  // reference clock status changed
  BadAuth = 12,
  Popcorn = 13,  // spike suppressed
};

/// The word for an event in logs and in ntpq, such as `clock_sync`.
[[nodiscard]] std::string_view event_name(SystemEvent event);
[[nodiscard]] std::string_view event_name(PeerEvent event);

/// The last event and how often it came in a row: the low octet of a status word.
class EventCounter {
 public:
  static constexpr int kMax = 15;

  constexpr EventCounter() = default;
  /// A counter that stands somewhere; both numbers are held within 0..15.
  constexpr EventCounter(int code, int count) : code_(nibble(code)), count_(nibble(count)) {}

  /// Counts an event. True if it is to be logged: at the sixteenth of the same kind in a row the
  /// counter stays where it is and the event passes in silence.
  constexpr bool report(SystemEvent event) { return report(static_cast<int>(event)); }
  constexpr bool report(PeerEvent event) { return report(static_cast<int>(event)); }
  /// Forgets how often, but not what: an authenticated query for an association does so.
  constexpr void acknowledge() { count_ = 0; }

  [[nodiscard]] constexpr int code() const { return code_; }
  [[nodiscard]] constexpr int count() const { return count_; }
  /// Count and code as a status word carries them.
  [[nodiscard]] constexpr std::uint8_t octet() const {
    return static_cast<std::uint8_t>(count_ << 4 | code_);
  }

 private:
  static constexpr std::uint8_t nibble(int value) {
    return static_cast<std::uint8_t>(value < 0 ? 0 : value > kMax ? kMax : value);
  }
  constexpr bool report(int code) {
    if (code_ != code) count_ = 0;
    if (count_ >= kMax) return false;
    code_ = nibble(code);
    ++count_;
    return true;
  }

  std::uint8_t code_ = 0;
  std::uint8_t count_ = 0;
};

/// The system status word. `source` is what kind of clock the system peer is: 0 none, 1 PPS,
/// 2 long wave, 3 short wave, 4 UHF radio and GPS, 5 local, 6 a network server, 9 telephone.
[[nodiscard]] std::uint16_t system_status_word(Leap leap, int source, EventCounter events);

/// What the high octet of a peer status word says.
struct PeerStatus {
  bool configured = false;
  bool auth_enabled = false;
  bool authentic = false;
  bool reachable = false;
  int selection = 0;  // 0 reject … 6 system peer, 7 PPS peer
};
[[nodiscard]] std::uint16_t peer_status_word(const PeerStatus& status, EventCounter events);

/// The line for the log and protostats, as in `0.0.0.0 c01d 0d kern` and
/// `10.0.0.1 8011 81 mobilize assoc 61071`. The status word is the one after the event has been
/// counted; `who` is the association's address, or its name while it has none.
[[nodiscard]] std::string event_line(std::uint16_t status, SystemEvent event,
                                     std::string_view detail = {});
[[nodiscard]] std::string event_line(std::string_view who, std::uint16_t status, PeerEvent event,
                                     std::string_view detail = {});

}  // namespace ntp::control
