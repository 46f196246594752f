// SPDX-License-Identifier: BSD-2-Clause
// What a server at gpsd's port may send, in two pieces; a primary and a secondary unit.
#include <cstdlib>

#include "tests/support/refclock_bench.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ntp;
  const ByteView input(data, size);
  for (const int unit : {0, 128}) {
    test::RefclockBench bench("gpsd");
    bench.settings.unit = unit;
    bench.settings.mode = size == 0 ? 0 : data[0] % 3;
    bench.settings.flags = 8;
    bench.start();
    auto& link = *bench.devices.links.back();
    link.on_connected();
    link.handlers.on_octets(input.first(size / 2), bench.now.wall);
    link.handlers.on_octets(input.subspan(size / 2), bench.now.wall);
    bench.second();
    if (const auto batch = bench.poll()) {
      if (!(batch->offset > -1001 && batch->offset < 1001)) std::abort();
    }
    if (bench.feed().timecode().size() > 127) std::abort();
  }
  return 0;
}
