// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/shm_reader.h"

#include <atomic>
#include <optional>

#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

using Field = std::atomic_ref<std::int32_t>;

/// Writers since 2013 give nanoseconds beside microseconds; they count if the microseconds are
/// theirs without the last three digits.
bool extends(std::uint32_t nanoseconds, std::int32_t microseconds) {
  return nanoseconds - static_cast<std::uint32_t>(microseconds) * 1000U < 1000U;
}

std::int64_t nanoseconds(bool fine, std::uint32_t nsec, std::int32_t usec) {
  return fine ? std::int64_t{nsec} : std::int64_t{usec} * 1000;
}

/// Each field by itself, since the writer may be at it.
ShmSegment snapshot(ShmSegment& segment) {
  const auto get = [](auto& field) {
    return std::atomic_ref(field).load(std::memory_order_relaxed);
  };
  return {.mode = get(segment.mode),
          .count = get(segment.count),
          .clock_sec = get(segment.clock_sec),
          .clock_usec = get(segment.clock_usec),
          .receive_sec = get(segment.receive_sec),
          .receive_usec = get(segment.receive_usec),
          .leap = get(segment.leap),
          .precision = get(segment.precision),
          .nsamples = 0,
          .valid = 0,
          .clock_nsec = get(segment.clock_nsec),
          .receive_nsec = get(segment.receive_nsec),
          .dummy = {}};
}

}  // namespace

ShmReading judge_segment(const ShmSegment& copy, std::int32_t before, std::int32_t after) {
  using Status = ShmReading::Status;
  ShmReading reading;
  reading.mode = copy.mode;
  reading.status = Status::BadMode;
  if (copy.mode > 0 && before != after) reading.status = Status::Clash;
  if (reading.status == Status::Clash || (copy.mode != 0 && copy.mode != 1)) return reading;
  const bool fine =
      extends(copy.clock_nsec, copy.clock_usec) && extends(copy.receive_nsec, copy.receive_usec);
  const auto reference =
      wall_time(copy.clock_sec, nanoseconds(fine, copy.clock_nsec, copy.clock_usec));
  const auto received =
      wall_time(copy.receive_sec, nanoseconds(fine, copy.receive_nsec, copy.receive_usec));
  reading.status = reference && received ? Status::Good : Status::BadTime;
  reading.reference = reference.value_or(WallTime{});
  reading.received = received.value_or(WallTime{});
  reading.leap = copy.leap;
  reading.precision = copy.precision;
  return reading;
}

ShmReading read_segment(ShmSegment& segment) {
  if (Field(segment.valid).load() == 0) return {};
  const std::int32_t before = Field(segment.count).load();
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const ShmSegment copy = snapshot(segment);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  Field(segment.valid).store(0);
  return judge_segment(copy, before, Field(segment.count).load());
}

void prepare_segment(ShmSegment& segment) {
  constexpr std::int32_t kPrecision = -30;
  constexpr std::int32_t kSamples = 3;
  Field(segment.precision).store(kPrecision);
  Field(segment.valid).store(0);
  Field(segment.nsamples).store(kSamples);
}

}  // namespace ntp::refclock
