// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/shm_segment.h"
#include "libntp/core/time.h"

namespace ntp::refclock {

/// What was found in a segment.
struct ShmReading {
  enum class Status : std::uint8_t {
    Good,
    NotReady,  // the writer has nothing new
    BadMode,   // `mode` says which
    BadTime,   // stamps that are none
    Clash,     // the writer was at it
  };
  Status status = Status::NotReady;
  int mode = 0;
  WallTime reference{};  // of the clock
  WallTime received{};   // own clock
  int leap = 0;
  int precision = 0;  // log2 s
};

/// What a copy of a segment says; the counts are those before and after it was made.
ShmReading judge_segment(const ShmSegment& copy, std::int32_t before, std::int32_t after);

/// Takes what the writer has left, and says that it is taken. In mode 1 a writer counts up before
/// and after it writes, so that a reader who came in between knows.
ShmReading read_segment(ShmSegment& segment);

/// Makes a segment ready for its writer, as NTPsec does.
void prepare_segment(ShmSegment& segment);

}  // namespace ntp::refclock
