// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "libntp/core/seams.h"

namespace ntp::sim {

/// A stream of random numbers that is the same on every machine for the same seed (xoshiro256**).
/// Each part of a simulation draws from a stream of its own, so that a part that is added or asks
/// more often leaves the others as they were.
class RandomStream {
 public:
  /// The stream of that name among all that belong to `seed`.
  RandomStream(std::uint64_t seed, std::string_view name);

  std::uint64_t bits();
  /// Evenly in [0, 1).
  double uniform();
  /// True with the given probability.
  bool chance(double probability);
  /// Mean 0, standard deviation 1.
  double normal();
  /// Mean 1.
  double exponential();
  /// At least 1, with P(x > t) = t^-shape.
  double pareto(double shape);

 private:
  std::array<std::uint64_t, 4> state_{};
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

/// The seam a daemon draws its ports and nonces from.
class SimRandom : public Random {
 public:
  explicit SimRandom(RandomStream stream) : stream_(stream) {}
  void fill(ByteSpan out) override;

 private:
  RandomStream stream_;
};

}  // namespace ntp::sim
