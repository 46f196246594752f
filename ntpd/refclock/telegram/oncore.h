// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/bytes.h"
#include "ntpd/refclock/telegram/receiver.h"

namespace ntp::refclock::telegram {

/// A message of Motorola's binary protocol: `@@`, two letters, data, the exclusive or of all behind
/// the `@@`, CR, LF. The letters tell the length.
struct OncoreMessage {
  std::string name;
  std::string data;
};

/// Puts messages together. Bytes that belong to none are passed over.
class OncoreFramer {
 public:
  struct Step {
    std::optional<OncoreMessage> message = std::nullopt;
    bool broken = false;  // a known message with a wrong checksum or end
  };
  Step push(std::uint8_t byte);

 private:
  std::string bytes_;
};

/// A command to the receiver: `body` is the two letters and their data.
std::string oncore_message(std::string_view body);

/// What the position, status and data message of 6, 8 or 12 channels (Ba, Ea, Ha) says.
struct OncoreStatus {
  Decoded decoded;  // the time of the last pulse; Invalid without an almanac
  int channels = 0;
  int visible = 0, tracked = 0;
  double dilution = 0;    // of precision
  unsigned receiver = 0;  // the receiver's status bits
};
Result<OncoreStatus, Problem> decode_oncore_status(const OncoreMessage& message);

/// What the integrity message (Bn, En, Hn) says: whether the pulse may be trusted, and by how much
/// the next one will be late, ns, which the receiver can't help.
struct OncoreIntegrity {
  bool good = false;
  int sawtooth = 0;
};
std::optional<OncoreIntegrity> decode_oncore_integrity(const OncoreMessage& message);

/// The answer to Bj: a leap second is near.
std::optional<Leap> decode_oncore_leap(const OncoreMessage& message);

}  // namespace ntp::refclock::telegram
