// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/scene.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

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

/// At `from` after the start the first server is `offset` s wrong, at `to` it is right again.
std::function<void(Lab&)> leaping_source(double offset, Duration from, Duration to) {
  return [=](Lab& lab) {
    lab.network.default_path().delay = exponential_delay(1e-3, 1e-4);
    const auto lie = [&lab](double by) {
      return [&lab, by] { lab.servers.front().behaviour.offset = by; };
    };
    lab.world.after(from, lie(offset));
    lab.world.after(to, lie(0));
  };
}

/// So long after the start this happens to the daemon's clock.
std::function<void(Lab&)> at_host(Duration when, std::function<void(SimClock&)> what) {
  return [when, what = std::move(what)](Lab& lab) {
    lab.network.default_path().delay = exponential_delay(1e-3, 1e-4);
    lab.world.after(when, [&lab, what] { what(lab.nodes.front().host.clock); });
  };
}

Scene trouble(std::string name, std::string about, std::function<void(Lab&)> set_up,
              Duration span = hours(16), int servers = 1) {
  return {std::move(name),   std::move(about), " iburst", kUsualOscillator, span,
          std::move(set_up), servers};
}

}  // namespace

std::vector<Scene> usual_scenes() {
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
      {"far",
       "300 ppm off, iburst",
       " iburst",
       {.frequency = 3e-4, .offset = 0.01, .wander = 1e-9},
       span,
       usual_wan},
      {"drift", "four servers, a drift file that is 60 ppm wrong", " iburst", usual, span,
       usual_wan, 4, "tinker freq 50\n"},
      {"bloat", "for 20 minutes of each hour the way there is 35 to 65 ms longer", kPoll6, usual,
       hours(24),
       [](Lab& lab) {
         path_to(lab).delay = [](RandomStream& random, TrueTime now) {
           const bool is_full = static_cast<long>(to_seconds(now.time_since_epoch())) % 3600 < 1200;
           const double full = 0.035 + 0.03 * random.uniform();
           return 5e-3 + (is_full ? full : 0) + 2e-4 * random.exponential();
         };
         path_from(lab).delay = exponential_delay(5e-3, 2e-4);
       }},
  };
}

std::vector<Scene> trouble_scenes() {
  const auto leap = [](double offset) { return leaping_source(offset, hours(4), hours(6)); };
  const auto set_by = [](Duration by) {
    return at_host(hours(4), [by](SimClock& clock) { clock.set_by_other(by); });
  };
  const auto suspended = [](double error) {
    return at_host(hours(4), [error](SimClock& clock) { clock.suspend(hours(8), error); });
  };
  return {
      trouble("leap50ms", "one source of four leaps by 50 ms for two hours", leap(0.05), hours(16),
              4),
      trouble("leap200ms", "by 200 ms", leap(0.2), hours(16), 4),
      trouble("leap2000s", "by 2000 s", leap(2000), hours(16), 4),
      trouble("sole50ms", "the only source leaps by 50 ms for two hours", leap(0.05)),
      trouble("sole200ms", "by 200 ms", leap(0.2)),
      trouble("sole2000s", "by 2000 s", leap(2000)),
      trouble("longer", "the way there gets 30 ms longer",
              [](Lab& lab) {
                lab.network.default_path().delay = exponential_delay(1e-3, 1e-4);
                lab.world.after(hours(4),
                                [&lab] { path_to(lab).delay = exponential_delay(31e-3, 1e-4); });
              }),
      trouble("set42s", "somebody sets the clock 42 s on", set_by(seconds(42))),
      trouble("set900s", "somebody sets the clock 900 s back", set_by(seconds(-900))),
      trouble("set50ms", "somebody sets the clock 50 ms on", set_by(std::chrono::milliseconds(50))),
      trouble("suspend", "suspended for 8 h; its hardware clock gains 3.5 s", suspended(3.5),
              hours(24)),
      trouble("suspend4", "the same with four sources", suspended(3.5), hours(24), 4),
      trouble("resume", "suspended for 8 h; its hardware clock gains 90 ms", suspended(0.09),
              hours(24)),
      trouble("paused", "a virtual machine is paused for 20 s",
              at_host(hours(4), [](SimClock& clock) { clock.pause(seconds(20)); })),
      trouble(
          "silence", "the sources are silent for four hours",
          [](Lab& lab) {
            lab.network.default_path().delay = exponential_delay(1e-3, 1e-4);
            const auto silence = [&lab](bool silent) {
              return [&lab, silent] {
                for (PerfectServer& server : lab.servers) server.behaviour.silent = silent;
              };
            };
            lab.world.after(hours(4), silence(true));
            lab.world.after(hours(8), silence(false));
          },
          hours(16), 4),
      {"wild", "10 ms path, heavy tails, half lost each way, 100 ppb a root second", " iburst",
       Oscillator{.frequency = 10e-6, .offset = 0.01, .wander = 1e-7}, hours(16),
       [](Lab& lab) {
         lab.network.default_path().loss = 0.5;
         lab.network.default_path().delay = pareto_delay(5e-3, 1e-3, 1.5);
       }},
  };
}

SimNode& start(const Scene& scene, Lab& lab) {
  std::string config = scene.config;
  for (int i = 0; i < scene.servers; ++i) {
    config += "server " + lab.add_server().address().to_string() + scene.options + '\n';
  }
  SimNode& node = lab.add_node({config, scene.oscillator, {}});
  scene.set_up(lab);
  node.start();
  return node;
}

}  // namespace ntp::sim
