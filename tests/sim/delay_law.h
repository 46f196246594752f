// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>

#include "tests/sim/random.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// How long one direction of a path takes, in s. What comes out below zero counts as zero.
using DelayLaw = std::function<double(RandomStream& random, TrueTime now)>;

DelayLaw constant_delay(double seconds);
/// The base and an exponential part of this mean: a queue on the way.
DelayLaw exponential_delay(double base, double mean);
/// Normal around the mean, cut off at zero.
DelayLaw normal_delay(double mean, double deviation);
/// The base, and `scale * (p - 1)` with p from Pareto's law: a heavy tail for shapes below 2.
DelayLaw pareto_delay(double base, double scale, double shape);
/// With this probability `extra` seconds late.
DelayLaw spiky_delay(DelayLaw usual, double probability, double extra);

/// One direction between two hosts.
struct Path {
  DelayLaw delay = constant_delay(100e-6);
  double loss = 0;         // probability
  double duplication = 0;  // probability; the copy is delayed by a draw of its own
  double reordering = 0;   // probability of being held back by `hold`
  Duration hold = std::chrono::milliseconds(50);
  bool cut = false;
};

}  // namespace ntp::sim
