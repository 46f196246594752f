// SPDX-License-Identifier: BSD-2-Clause
// A segment of shared memory with anything in it.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "ntpd/refclock/shm_reader.h"
#include "tests/support/refclock_bench.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ntp;
  std::array<std::uint8_t, sizeof(ShmSegment)> octets{};
  std::copy_n(data, std::min(size, octets.size()), octets.begin());
  const auto image = std::bit_cast<ShmSegment>(octets);
  const auto reading = refclock::judge_segment(image, image.count, image.nsamples);
  test::RefclockBench bench("shm");
  bench.settings.flags = 1;
  bench.settings.time2 = 86400;
  bench.start();
  if (reading.status == refclock::ShmReading::Status::Good) bench.now.wall = reading.received;
  *bench.devices.segments[0] = image;
  bench.devices.segments[0]->valid = 1;
  bench.tick();
  if (const auto batch = bench.poll()) {
    if (!(batch->offset > -1001 && batch->offset < 1001)) std::abort();
  }
  return 0;
}
