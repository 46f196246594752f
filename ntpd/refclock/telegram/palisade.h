// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <optional>

#include "ntpd/refclock/telegram/tsip.h"

namespace ntp::refclock::telegram {

/// Trimble's timing receivers, by subtype of the driver `trimble`.
enum class TrimbleModel : std::uint8_t {
  Palisade = 0,
  Praecis = 1,
  Thunderbolt = 2,
  Acutime = 3,
  ResolutionSmt = 5,
  AceIII = 6,
  Copernicus = 7,
};

/// Understands the messages of these receivers. Palisade and Acutime answer an event by 8F-AD,
/// which says whether the time is good, and 8F-0B, which tells it; Praecis by 8F-AD alone.
/// Thunderbolt and Resolution send 8F-AB, the time of the pulse, and 8F-AC, whether it is good,
/// each second. ACE III (asked) and Copernicus II (each second) send 41.
class TrimbleDecoder {
 public:
  explicit TrimbleDecoder(TrimbleModel model) : model_(model) {}

  struct Report {
    Result<Decoded, Problem> time;
    WallTime at;  // of the message that was on time
  };

  /// The time that this message completes; Invalid if the receiver says that it is no good.
  /// `holdover` is for how long, s, a Thunderbolt without satellites is trusted.
  std::optional<Report> take(const TsipPacket& packet, double holdover);

 private:
  std::optional<Result<Decoded, Problem>> event_time(ByteReader reader);
  std::optional<Result<Decoded, Problem>> utc_time(ByteReader reader);
  std::optional<Result<Decoded, Problem>> pulse_time(ByteReader reader, WallTime at);
  std::optional<Result<Decoded, Problem>> pulse_quality(ByteReader reader, double holdover);
  [[nodiscard]] Result<Decoded, Problem> gps_time(ByteReader reader) const;

  TrimbleModel model_;
  // Of the message before, used once.
  std::uint8_t tracking_ = kNoTracking;
  std::uint8_t utc_flags_ = 0;
  std::optional<Civil> pulse_;
  WallTime pulse_at_{};

  static constexpr std::uint8_t kNoTracking = 14;
};

}  // namespace ntp::refclock::telegram
