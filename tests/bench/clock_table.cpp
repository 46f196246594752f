// SPDX-License-Identifier: BSD-2-Clause
// Prints how well the daemon keeps a simulated clock: bench_clock_table [SEEDS [SCENARIO...]].
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/scene.h"

namespace {

using namespace ntp::sim;
using ntp::to_seconds;

/// What one run gives; never: infinite.
struct Figures {
  double rms, p95, p99, maximum, to_millisecond, to_tenth, packets;
};

Figures run(const Scene& scene, std::uint64_t seed) {
  Lab lab(seed);
  SimNode& node = start(scene, lab);
  lab.world.run_for(scene.span);
  const ErrorRecorder& recorder = node.host.recorder;
  const auto window = recorder.after_fraction(0.25);
  const auto summary = recorder.summary(window);
  const auto settled = [&](double limit) {
    const auto time = recorder.settled_within(limit);
    return time ? to_seconds(*time) : HUGE_VAL;
  };
  std::size_t packets = 0;
  for (const PerfectServer& server : lab.servers) packets += server.requests().size();
  return {summary.rms,
          recorder.percentile(95, window),
          recorder.percentile(99, window),
          summary.maximum,
          settled(1e-3),
          settled(1e-4),
          static_cast<double>(packets)};
}

double median(const std::vector<Figures>& runs, double Figures::*member) {
  std::vector<double> values;
  for (const Figures& run : runs) values.push_back(run.*member);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 10;
  const std::vector<std::string_view> wanted(argv + std::min(argc, 2), argv + argc);
  std::printf(
      "Medians of %d seeds; the last three quarters of each run, us; s until within.\n%-10s"
      "%9s%9s%9s%9s%9s%9s%9s\n",
      seeds, "scenario", "RMS", "95 %", "99 %", "max", "1 ms", "100 us", "packets");
  for (const Scene& scene : usual_scenes()) {
    if (!wanted.empty() && std::ranges::find(wanted, scene.name) == wanted.end()) continue;
    std::vector<Figures> runs;
    for (int seed = 1; seed <= seeds; ++seed) {
      runs.push_back(run(scene, static_cast<std::uint64_t>(seed)));
    }
    const auto of = [&](double Figures::*member) { return median(runs, member); };
    std::printf("%-10s%9.1f%9.1f%9.1f%9.1f%9.0f%9.0f%9.0f  %s\n", scene.name.c_str(),
                of(&Figures::rms) * 1e6, of(&Figures::p95) * 1e6, of(&Figures::p99) * 1e6,
                of(&Figures::maximum) * 1e6, of(&Figures::to_millisecond), of(&Figures::to_tenth),
                of(&Figures::packets), scene.about.c_str());
    std::fflush(stdout);
  }
  return 0;
}
