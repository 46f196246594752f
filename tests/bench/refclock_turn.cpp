// SPDX-License-Identifier: BSD-2-Clause
// How long each driver takes for the most that a device hands on at once, at its worst: processor
// time in us of the longest of many calls, for noise of several kinds. bench_refclock_turn [CALLS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "tests/support/refclock_bench.h"

namespace {

using ntp::test::RefclockBench;

constexpr std::size_t kPiece = 1024;

double busy_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

std::string repeated(std::string_view text) {
  std::string piece;
  while (piece.size() + text.size() <= kPiece) piece += text;
  return piece;
}

struct Noise {
  const char* name;
  std::string piece;
};

std::vector<Noise> noises() {
  std::string random(kPiece, '\0');
  std::mt19937 engine(1);
  for (char& each : random) each = static_cast<char>(engine());
  std::string members = "{\"class\":\"TPV\"";
  for (int i = 0; members.size() < kPiece - 20; ++i) members += ",\"k" + std::to_string(i) + "\":1";
  return {
      {"random", random},
      {"ends", std::string(kPiece, '\n')},
      {"no end", std::string(kPiece, 'x')},
      {"NMEA", repeated("$GPRMC,120000,A,4807.038,N,01131.000,E,,,251126,,*2B\r\n")},
      {"Meinberg", repeated("\x02"
                            "D:25.11.26;T:3;U:12.00.00;#*  \x03")},
      {"TSIP", repeated(std::string_view("\x10\x8f\xab\0\x10\x03", 6))},
      {"Motorola", repeated("@@Ea\r\n@@Bj\r\n")},
      {"JSON", repeated("{\"class\":\"TPV\"}\n")},
      {"deep JSON", "{\"class\":" + std::string(kPiece - 20, '[') + "\n"},
      {"members", members + "}\n"},
  };
}

struct Clock {
  std::string driver;
  int mode = 0;
  std::string worst_noise = {};
  double worst_us = 0;
};

/// One driver with one kind of noise, for a simulated second a call.
double longest(const Clock& clock, const std::string& piece, int calls) {
  RefclockBench bench(clock.driver);
  bench.settings.mode = clock.mode;
  bench.settings.path = "/dev/noise";
  bench.settings.pps_path = "/dev/noise";
  (void)bench.devices.serials["/dev/noise"];
  (void)bench.devices.pulses["/dev/noise"];
  bench.start();
  double most = 0;
  for (int call = 0; call < calls; ++call) {
    const double begin = busy_us();
    if (clock.driver == "gpsd") {
      if (auto& links = bench.devices.links; !links.empty() && links.back()->open) {
        links.back()->handlers.on_octets(ntp::as_bytes(piece), bench.now.wall);
      }
    } else {
      bench.devices.serials["/dev/noise"].send(piece, bench.now.wall);
    }
    most = std::max(most, busy_us() - begin);
    if (call % 16 == 0) bench.second();
    if (call % 256 == 0) bench.poll();
  }
  return most;
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 2000;
  std::vector<Clock> clocks;
  for (const char* driver :
       {"arbiter", "gpsd", "hpgps", "nmea", "oncore", "spectracom", "truetime", "zyfer", "modem"}) {
    clocks.push_back({driver});
  }
  for (int mode = 0; mode <= 24; ++mode) clocks.push_back({"generic", mode});
  for (const int mode : {0, 1, 2, 3, 5, 6, 7}) clocks.push_back({"trimble", mode});
  for (int mode = 1; mode <= 6; ++mode) clocks.push_back({"jjy", mode});
  for (Clock& clock : clocks) {
    for (const Noise& noise : noises()) {
      // What is the driver's is there each time, what is the machine's is not.
      double took = longest(clock, noise.piece, calls);
      for (int again = 0; again < 2; ++again) {
        took = std::min(took, longest(clock, noise.piece, calls));
      }
      if (took > clock.worst_us) {
        clock.worst_us = took;
        clock.worst_noise = noise.name;
      }
    }
    std::printf("%-12s %3d %8.1f us %s\n", clock.driver.c_str(), clock.mode, clock.worst_us,
                clock.worst_noise.c_str());
  }
  const auto worst =
      std::max_element(clocks.begin(), clocks.end(),
                       [](const Clock& a, const Clock& b) { return a.worst_us < b.worst_us; });
  std::printf("worst: %s %d, %.1f us for %zu octets\n", worst->driver.c_str(), worst->mode,
              worst->worst_us, kPiece);
}
