// SPDX-License-Identifier: BSD-2-Clause
// What a receiver may send: sentences, alone and through the whole driver, whose samples are sane.
#include <cstdlib>

#include "ntpd/refclock/nmea_sentence.h"
#include "tests/support/refclock_bench.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ntp;
  const ByteView input(data, size);
  const std::string_view text = as_text(input);
  if (const auto sentence = refclock::parse_nmea(text)) {
    (void)refclock::read_nmea_time(*sentence);
    if (refclock::without_position(*sentence, text).size() != text.size()) std::abort();
  }

  test::RefclockBench bench("nmea");
  bench.settings.flags = 1 | 8;
  bench.settings.mode = 0x10080;
  (void)bench.devices.serials["/dev/gps0"];
  (void)bench.devices.pulses["/dev/gpspps0"];
  bench.start();
  bench.second();
  bench.devices.pulses["/dev/gpspps0"].latest[PulseEdge::Assert] = {1, bench.now.wall};
  const std::size_t half = size / 2;
  bench.devices.serials["/dev/gps0"].send(as_text(input.first(half)), bench.now.wall);
  bench.devices.serials["/dev/gps0"].send(as_text(input.subspan(half)), bench.now.wall);
  bench.second();
  if (const auto batch = bench.poll()) {
    if (!(batch->offset > -1001 && batch->offset < 1001)) std::abort();
  }
  for (const std::string& line : bench.stats) {
    if (line.size() > 300) std::abort();
  }
  return 0;
}
