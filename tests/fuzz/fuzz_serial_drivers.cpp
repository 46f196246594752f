// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/support/refclock_bench.h"

namespace {

using namespace ntp;

constexpr const char* kDrivers[] = {"generic", "hpgps",    "trimble", "spectracom", "zyfer",
                                    "arbiter", "truetime", "oncore",  "jjy",        "modem"};
constexpr const char* kPath = "/dev/clock";

}  // namespace

/// Whatever a clock at a serial port sends, in whatever pieces and at whatever time: its driver
/// takes no time that is far off, says little, and lives. The first octets choose driver, subtype
/// and flags; then a length comes before each piece, and 0 lets a second pass.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  test::RefclockBench bench(kDrivers[data[0] % std::size(kDrivers)]);
  bench.settings.mode = data[1];
  bench.settings.flags = data[2] & 15U;
  bench.settings.path = kPath;
  bench.settings.pps_path = "/dev/pulse";
  const bool is_jjy = bench.settings.driver == "jjy";
  bench.settings.phones = is_jjy ? std::vector<std::string>{"042-000-0000"}
                                 : std::vector<std::string>{"ATDT1", "ATDT2"};
  auto& serial = bench.devices.serials[kPath];
  auto& pulses = bench.devices.pulses["/dev/pulse"];
  bench.start();
  std::size_t at = 3;
  std::uint32_t second = 0;
  while (at < size) {
    const std::size_t length = std::min<std::size_t>(data[at], size - at - 1);
    ++at;
    if (length == 0) {
      ++second;
      pulses.latest[PulseEdge::Assert] = {.sequence = second, .at = bench.now.wall};
      bench.second();
      if (second % 16 == 0) {
        const auto batch = bench.poll();
        if (batch && !(std::abs(batch->offset) < 3e9)) std::abort();
      }
      continue;
    }
    serial.send(as_text(ByteView(data + at, length)), bench.now.wall);
    at += length;
  }
  bench.second();
  (void)bench.poll();
  if (bench.feed().timecode().size() > 127 || serial.written.size() > 100 * (size + 1000)) {
    std::abort();
  }
  return 0;
}
