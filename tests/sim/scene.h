// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/sim/lab.h"

namespace ntp::sim {

/// A condition under which a daemon has to keep its clock, with perfect servers.
struct Scene {
  std::string name;
  std::string about;
  std::string options;  // of each server line
  Oscillator oscillator;
  Duration span{};
  /// Makes paths, and schedules what happens; the servers and the daemon are there, not started.
  std::function<void(Lab&)> set_up;
  int servers = 1;
  std::string config{};  // beside the servers
};

/// Paths and oscillators of many kinds.
std::vector<Scene> usual_scenes();
/// What befalls a source, a path or a host.
std::vector<Scene> trouble_scenes();

/// Sets the scene, and starts its daemon.
SimNode& start(const Scene& scene, Lab& lab);

}  // namespace ntp::sim
