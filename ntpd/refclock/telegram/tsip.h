// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "libntp/core/bytes.h"
#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// A message of Trimble's TSIP: DLE, an identifier, data in which each DLE is doubled, DLE, ETX.
struct TsipPacket {
  std::uint8_t id = 0;
  std::string data = {};
  WallTime at{};  // when its identifier came
};

/// Puts messages together; what is longer than any that is known is passed over.
class TsipFramer {
 public:
  struct Step {
    std::optional<TsipPacket> packet = std::nullopt;
    bool broken = false;  // a message was given up
  };
  Step push(std::uint8_t byte, WallTime at);
  /// A message has begun.
  [[nodiscard]] bool is_within() const { return state_ != State::Outside; }

 private:
  static constexpr std::size_t kMost = 256;
  enum class State : std::uint8_t { Outside, Begun, Data, Escape } state_ = State::Outside;
  TsipPacket packet_;
};

/// Floating point numbers as the receivers send them, big-endian IEEE 754.
float read_single(ByteReader& reader);
double read_double(ByteReader& reader);

/// A message to a receiver: `body` is the identifier and what follows.
std::string tsip_message(std::string_view body);

/// Receivers of the SVeeSix family, generic's subtype 10: time (41), health (46) and the parameters
/// of UTC (4F), which say whether a leap second is near. Time is Invalid until GPS - UTC is known.
std::unique_ptr<Receiver> make_trimble_tsip();

}  // namespace ntp::refclock::telegram
