// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ntp::sim {

/// The seeds that scenarios run with: the one of REGULATOR_SIM_SEED, else as many as
/// REGULATOR_SIM_SEEDS says (5 if it says nothing), from 1 on.
std::vector<std::uint64_t> seeds();

/// Names an instance by its seed.
std::string seed_name(const testing::TestParamInfo<std::uint64_t>& info);

/// A scenario that runs once for each seed; one that fails prints the command that runs it again.
class Scenario : public testing::TestWithParam<std::uint64_t> {
 protected:
  [[nodiscard]] std::uint64_t seed() const { return GetParam(); }
  void TearDown() override;
};

/// Has every test of a scenario's class run with all seeds.
#define SIM_RUN_SEEDS(scenario)                                                     \
  INSTANTIATE_TEST_SUITE_P(Seeds, scenario, testing::ValuesIn(::ntp::sim::seeds()), \
                           ::ntp::sim::seed_name)

}  // namespace ntp::sim
