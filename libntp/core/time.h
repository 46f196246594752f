// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <ratio>

namespace ntp {

/// A span of time in whole nanoseconds, about 292 years either way.
using Duration = std::chrono::nanoseconds;

/// Tags, never read: a time point of one does not mix with a time point of the other. Time comes
/// from the Clock seam only.
struct MonoTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  static constexpr bool is_steady = true;
};
struct WallTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  static constexpr bool is_steady = false;
};

/// Time since some fixed moment; never stepped. Arms timers and measures intervals.
using MonoTime = std::chrono::time_point<MonoTag, Duration>;
/// What the host's clock shows, since 1970-01-01T00:00:00Z without leap seconds (1678 to 2262).
using WallTime = std::chrono::time_point<WallTag, Duration>;

/// Seconds as a floating point number. Only differences are converted, never points in time.
constexpr double to_seconds(Duration span) { return std::chrono::duration<double>(span).count(); }

/// Rounded to the nearest nanosecond and held within what a Duration can represent; NaN gives 0.
constexpr Duration from_seconds(double seconds) {
  constexpr double kLimit = 9.2e9;
  if (!(seconds == seconds)) return Duration::zero();
  if (seconds > kLimit) seconds = kLimit;
  if (seconds < -kLimit) seconds = -kLimit;
  const double nanoseconds = seconds * 1e9;
  return Duration(static_cast<std::int64_t>(nanoseconds + (nanoseconds < 0 ? -0.5 : 0.5)));
}

/// 2^exponent seconds, as poll intervals and precisions are written (RFC 5905 section 6).
/// Exponents outside -31..31 are taken as the nearest of them.
constexpr double log2_seconds(int exponent) {
  if (exponent > 31) exponent = 31;
  if (exponent < -31) exponent = -31;
  return exponent >= 0 ? static_cast<double>(std::int64_t{1} << exponent)
                       : 1.0 / static_cast<double>(std::int64_t{1} << -exponent);
}

/// Seconds from the NTP epoch 1900-01-01 to the Unix epoch (RFC 5905 section 6).
inline constexpr std::int64_t kUnixEpochInNtp = 2'208'988'800;

/// The 64-bit timestamp of the wire: 32 bits of seconds and 32 of fraction within an era of 2^32
/// seconds that the stamp itself does not name (RFC 5905 section 6). Zero means "not set".
class NtpTimestamp {
 public:
  constexpr NtpTimestamp() = default;
  constexpr explicit NtpTimestamp(std::uint64_t raw) : raw_(raw) {}

  /// The stamp of a wall time, whatever its era; the fraction is rounded to the nearest unit. The
  /// first instant of an era, which would read "not set", becomes the unit after it.
  static NtpTimestamp from_wall(WallTime time);

  /// The wall time nearest to `pivot` that has this stamp: within 68 years of the pivot it is the
  /// right one, in any era. Held within what a WallTime can represent.
  [[nodiscard]] WallTime to_wall(WallTime pivot) const;

  [[nodiscard]] constexpr std::uint64_t raw() const { return raw_; }
  [[nodiscard]] constexpr std::uint32_t seconds() const {
    return static_cast<std::uint32_t>(raw_ >> 32);
  }
  [[nodiscard]] constexpr std::uint32_t fraction() const {
    return static_cast<std::uint32_t>(raw_);
  }
  [[nodiscard]] constexpr bool is_zero() const { return raw_ == 0; }

  friend constexpr bool operator==(NtpTimestamp, NtpTimestamp) = default;

 private:
  std::uint64_t raw_ = 0;
};

/// The 32-bit short format, 16 bits of seconds and 16 of fraction: root delay and root dispersion
/// (RFC 5905 section 6).
class NtpShort {
 public:
  constexpr NtpShort() = default;
  constexpr explicit NtpShort(std::uint32_t raw) : raw_(raw) {}

  /// Rounded up, so that an error bound never shrinks on its way; held within 0..65535.99998 s.
  static NtpShort from_seconds(double seconds);

  [[nodiscard]] constexpr double to_seconds() const { return static_cast<double>(raw_) / 65536.0; }
  [[nodiscard]] constexpr std::uint32_t raw() const { return raw_; }

  friend constexpr bool operator==(NtpShort, NtpShort) = default;

 private:
  std::uint32_t raw_ = 0;
};

}  // namespace ntp
