// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/core/time.h"

#include <algorithm>
#include <cmath>

namespace ntp {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
/// With any fraction still a WallTime, in both directions.
constexpr std::int64_t kLargestWallSeconds =
    WallTime::max().time_since_epoch().count() / kNanosecondsPerSecond - 1;

/// Whole seconds and the nanoseconds above them. std::chrono::floor would overflow at the ends.
struct Split {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};
Split split(WallTime time) {
  const std::int64_t count = time.time_since_epoch().count();
  Split parts{count / kNanosecondsPerSecond, count % kNanosecondsPerSecond};
  if (parts.nanoseconds < 0) {
    --parts.seconds;
    parts.nanoseconds += kNanosecondsPerSecond;
  }
  return parts;
}

}  // namespace

NtpTimestamp NtpTimestamp::from_wall(WallTime time) {
  const Split parts = split(time);
  const auto nanoseconds = static_cast<std::uint64_t>(parts.nanoseconds);
  const auto seconds = static_cast<std::uint64_t>(parts.seconds + kUnixEpochInNtp);
  constexpr std::uint64_t kHalf = kNanosecondsPerSecond / 2;
  const std::uint64_t fraction = ((nanoseconds << 32) + kHalf) / kNanosecondsPerSecond;
  const std::uint64_t raw = (seconds << 32) + fraction;
  return NtpTimestamp(raw == 0 ? 1 : raw);
}

WallTime NtpTimestamp::to_wall(WallTime pivot) const {
  const std::int64_t pivot_seconds = split(pivot).seconds;
  const auto pivot_in_era =
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(pivot_seconds + kUnixEpochInNtp));
  const auto ahead = static_cast<std::int32_t>(seconds() - pivot_in_era);
  const std::uint64_t nanoseconds =
      (static_cast<std::uint64_t>(fraction()) * kNanosecondsPerSecond + (1ULL << 31)) >> 32;
  const std::int64_t whole =
      std::clamp(pivot_seconds + ahead, -kLargestWallSeconds, kLargestWallSeconds);
  return WallTime(std::chrono::seconds(whole) + Duration(static_cast<std::int64_t>(nanoseconds)));
}

NtpShort NtpShort::from_seconds(double seconds) {
  const double units = std::ceil(seconds * 65536.0);
  if (!(units > 0)) return NtpShort(0);
  if (units >= 4294967295.0) return NtpShort(0xffffffff);
  return NtpShort(static_cast<std::uint32_t>(units));
}

}  // namespace ntp
