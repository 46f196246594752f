// SPDX-License-Identifier: BSD-2-Clause
// Prints how well the daemon keeps a simulated clock: bench_clock_table [SEEDS [SCENARIO...]].
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/lab.h"

namespace {

using namespace ntp::sim;
using ntp::Duration;
using ntp::to_seconds;
using std::chrono::hours;
using std::chrono::seconds;

struct Scene {
  std::string name;
  std::string about;
  std::string options;  // of each server line
  Oscillator oscillator;
  Duration span;
  std::function<void(Lab&)> set_up;
  int servers = 1;
};

constexpr char kPoll6[] = " minpoll 6 maxpoll 6";

std::function<void(Lab&)> both_ways(DelayLaw law) {
  return [law = std::move(law)](Lab& lab) { lab.network.default_path().delay = law; };
}

Path& path_to(Lab& lab) { return lab.network.path(Lab::node_address(1), Lab::server_address(1)); }
Path& path_from(Lab& lab) { return lab.network.path(Lab::server_address(1), Lab::node_address(1)); }

/// The base strays by `step` s for each root of a second.
DelayLaw walking_delay(double base, double mean, double step) {
  struct Walk {
    double base;
    TrueTime at{};
  };
  auto walk = std::make_shared<Walk>(Walk{base});
  return [=](RandomStream& random, TrueTime now) {
    const double elapsed = walk->at == TrueTime{} ? 0 : to_seconds(now - walk->at);
    walk->at = now;
    walk->base = std::max(base / 2, walk->base + step * std::sqrt(elapsed) * random.normal());
    return walk->base + mean * random.exponential();
  };
}

/// Queues that are ten times as long by day as by night.
DelayLaw daily_delay(double base, double mean) {
  return [=](RandomStream& random, TrueTime now) {
    const double day = to_seconds(now.time_since_epoch()) / 86400;
    const double load = std::pow(10, std::sin(2 * std::numbers::pi * day));
    return base + mean * load * random.exponential();
  };
}

std::vector<Scene> scenes() {
  const Oscillator usual = kUsualOscillator;
  const Oscillator restless{.frequency = 10e-6, .offset = 0.010, .wander = 1e-7};
  const auto usual_wan = both_ways(exponential_delay(1e-3, 1e-4));
  const Duration span = seconds(40'000);
  return {
      {"lan", "0.1 ms path, 10 us queues", kPoll6, usual, span,
       both_ways(exponential_delay(1e-4, 1e-5))},
      {"wan", "10 ms path, 1 ms queues", kPoll6, usual, span,
       both_ways(exponential_delay(1e-2, 1e-3))},
      {"wanauto", "the same, default polls", "", usual, seconds(160'000),
       both_ways(exponential_delay(1e-2, 1e-3))},
      {"asym", "1 ms path, 1 ms queues on the way there alone", kPoll6, usual, span,
       [](Lab& lab) {
         path_to(lab).delay = exponential_delay(1e-3, 1e-3);
         path_from(lab).delay = exponential_delay(1e-3, 1e-5);
       }},
      {"wander", "1 ms path, 0.1 ms queues, 100 ppb a root second", kPoll6, restless, span,
       usual_wan},
      {"freq",
       "100 ppm and 100 ms off, default polls",
       "",
       {.frequency = 1e-4, .offset = 0.1, .wander = 1e-9},
       seconds(10'000),
       usual_wan},
      {"iburst",
       "20 ppm and 50 ms off, iburst",
       " iburst",
       {.frequency = 2e-5, .offset = 0.05, .wander = 1e-9},
       seconds(5'000),
       usual_wan},
      {"four", "four servers, 5 to 20 ms paths, 1 to 4 ms queues", kPoll6, usual, span,
       [](Lab& lab) {
         for (int i = 1; i <= 4; ++i) {
           Path path;
           path.delay = exponential_delay(5e-3 * i, 1e-3 * i);
           lab.network.connect(Lab::server_address(i), Lab::node_address(1), path);
         }
       },
       4},
      {"falsetick", "four servers, one 50 ms wrong", kPoll6, usual, span,
       [](Lab& lab) {
         lab.network.default_path().delay = exponential_delay(5e-3, 1e-3);
         lab.servers.back().behaviour.offset = 0.05;
       },
       4},
      {"loss", "1 ms path, 0.5 ms queues, half lost each way", kPoll6, usual, span,
       [](Lab& lab) {
         lab.network.default_path().delay = exponential_delay(1e-3, 5e-4);
         lab.network.default_path().loss = 0.5;
       }},
      {"thermal",
       "1 ppm sine of two hours",
       kPoll6,
       {.frequency = 1e-5, .offset = 0.01, .temperature = 1e-6, .temperature_period = 7200},
       span,
       usual_wan},
      {"spiky", "5 ms path, 0.2 ms queues, one packet in ten 20 ms late each way", kPoll6, usual,
       span, both_ways(spiky_delay(exponential_delay(5e-3, 2e-4), 0.1, 0.02))},
      {"walk", "5 ms path that strays 1 us a root second each way", kPoll6, usual, hours(24),
       [](Lab& lab) {
         path_to(lab).delay = walking_delay(5e-3, 1e-4, 1e-6);
         path_from(lab).delay = walking_delay(5e-3, 1e-4, 1e-6);
       }},
      {"diurnal", "10 ms path, queues of 0.1 ms by night and 10 ms by day", "", usual, hours(48),
       both_ways(daily_delay(1e-2, 1e-3))},
      {"pareto", "10 ms path, heavy-tailed queues", kPoll6, usual, span,
       both_ways(pareto_delay(1e-2, 1e-3, 1.5))},
      {"flaps", "the way there is 30 ms longer every other two hours", kPoll6, usual, hours(24),
       [](Lab& lab) {
         path_to(lab).delay = [](RandomStream& random, TrueTime now) {
           const bool is_longer = static_cast<long>(to_seconds(now.time_since_epoch())) / 7200 % 2;
           return 5e-3 + (is_longer ? 0.03 : 0) + 1e-4 * random.exponential();
         };
         path_from(lab).delay = exponential_delay(5e-3, 1e-4);
       }},
      {"steps", "the frequency jumps by 1 ppm each four hours", kPoll6, usual, hours(24),
       [](Lab& lab) {
         lab.network.default_path().delay = exponential_delay(1e-3, 1e-4);
         lab.world.every(hours(4), [&lab] {
           const long count = static_cast<long>(to_seconds(lab.world.elapsed())) / 14'400;
           lab.nodes.front().host.clock.change_frequency(count % 2 != 0 ? 1e-6 : -1e-6);
         });
       }},
      {"vm",
       "an oscillator of 1 ppm a root second",
       kPoll6,
       {.frequency = 10e-6, .offset = 0.01, .wander = 1e-6},
       span,
       usual_wan},
  };
}

/// What one run gives; never: infinite.
struct Figures {
  double rms, p95, p99, maximum, to_millisecond, to_tenth, packets;
};

Figures run(const Scene& scene, std::uint64_t seed) {
  Lab lab(seed);
  std::string config;
  for (int i = 0; i < scene.servers; ++i) {
    config += "server " + lab.add_server().address().to_string() + scene.options + '\n';
  }
  SimNode& node = lab.add_node({config, scene.oscillator, {}});
  scene.set_up(lab);
  node.start();
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
  for (const Scene& scene : scenes()) {
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
