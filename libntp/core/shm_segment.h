// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>

namespace ntp {

/// The System V shared memory segment that gpsd, ptp4l and others write times into, as NTP daemons
/// have laid it out since xntpd. Both sides write while the other reads: access it through
/// refclock::read_segment() only.
struct ShmSegment {
  std::int32_t mode;
  std::int32_t count;
  std::time_t clock_sec;
  std::int32_t clock_usec;
  std::time_t receive_sec;
  std::int32_t receive_usec;
  std::int32_t leap;
  std::int32_t precision;
  std::int32_t nsamples;
  std::int32_t valid;
  std::uint32_t clock_nsec;
  std::uint32_t receive_nsec;
  std::int32_t dummy[8];
};

static_assert(sizeof(std::time_t) + alignof(std::time_t) != 16 ||
              (sizeof(ShmSegment) == 96 && offsetof(ShmSegment, clock_usec) == 16 &&
               offsetof(ShmSegment, receive_sec) == 24 && offsetof(ShmSegment, leap) == 36 &&
               offsetof(ShmSegment, valid) == 48 && offsetof(ShmSegment, dummy) == 60));

/// The key of unit 0: "NTP0". Those of other units follow.
inline constexpr std::int32_t kShmKey = 0x4e545030;

}  // namespace ntp
