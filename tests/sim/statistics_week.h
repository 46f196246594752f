// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "tests/sim/lab.h"

namespace ntp::sim {

/// One daemon with all statistics on that follows four servers for a week: Monday 2026-01-05 at
/// noon to Sunday 2026-01-11, a second before midnight. The path to the fourth server is worse.
class StatisticsWeek {
 public:
  explicit StatisticsWeek(std::uint64_t seed) : lab_(seed, begin()) {
    lab_.network.default_path().delay = exponential_delay(2e-3, 200e-6);
    for (int i = 0; i < 4; ++i) lab_.add_server();
    lab_.servers.back().behaviour.stratum = 2;
    lab_.servers.back().behaviour.root_delay = 0.030;
    NodeOptions options;
    options.config =
        "server 10.0.0.1 iburst\nserver 10.0.0.2 iburst\n"
        "server 10.0.0.3 iburst\nserver 10.0.0.4 iburst\n"
        "statsdir /stats\n"
        "statistics loopstats peerstats rawstats sysstats usestats protostats clockstats\n";
    options.oscillator = kUsualOscillator;
    options.engine.process_id = 1234;
    options.engine.resource_usage = [this] {
      ResourceUsage usage;
      usage.user_time = lab_.world.elapsed() / 1000;
      usage.minor_faults = 100;
      usage.largest_resident = 8000;
      return usage;
    };
    node_ = &lab_.add_node(std::move(options));
  }

  void run() {
    node_->start();
    lab_.world.run_until(end());
    node_->stop();
  }
  [[nodiscard]] const SimNode& node() const { return *node_; }

  static TrueTime begin() { return at_utc(2026, 1, 5) + std::chrono::hours(12); }
  static TrueTime end() { return at_utc(2026, 1, 12) - std::chrono::seconds(1); }

 private:
  Lab lab_;
  SimNode* node_ = nullptr;
};

}  // namespace ntp::sim
