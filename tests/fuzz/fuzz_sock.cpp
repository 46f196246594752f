// SPDX-License-Identifier: BSD-2-Clause
// A datagram of anybody's to chrony's socket.
#include <cmath>
#include <cstdlib>

#include "ntpd/refclock/sock_sample.h"
#include "tests/support/refclock_bench.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ntp;
  const ByteView input(data, size);
  const auto sample = refclock::parse_sock_sample(input);
  if (sample && !std::isfinite(sample->offset)) std::abort();
  test::RefclockBench bench("sock");
  bench.start();
  bench.second();
  auto& inbox = bench.devices.inboxes["/run/ntpd.refclock0.sock"];
  inbox.handler(input, sample ? sample->measured : bench.now.wall);
  if (const auto batch = bench.poll()) {
    if (!(batch->offset > -1001 && batch->offset < 1001)) std::abort();
  }
  return 0;
}
