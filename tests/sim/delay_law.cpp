// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/delay_law.h"

#include <utility>

namespace ntp::sim {

DelayLaw constant_delay(double seconds) {
  return [seconds](RandomStream&, TrueTime) { return seconds; };
}

DelayLaw exponential_delay(double base, double mean) {
  return
      [base, mean](RandomStream& random, TrueTime) { return base + mean * random.exponential(); };
}

DelayLaw normal_delay(double mean, double deviation) {
  return [mean, deviation](RandomStream& random, TrueTime) {
    return mean + deviation * random.normal();
  };
}

DelayLaw pareto_delay(double base, double scale, double shape) {
  return [base, scale, shape](RandomStream& random, TrueTime) {
    return base + scale * (random.pareto(shape) - 1);
  };
}

DelayLaw spiky_delay(DelayLaw usual, double probability, double extra) {
  return [usual = std::move(usual), probability, extra](RandomStream& random, TrueTime now) {
    return usual(random, now) + (random.chance(probability) ? extra : 0);
  };
}

}  // namespace ntp::sim
