// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/seeds.h"

#include <cstdlib>
#include <iostream>

namespace ntp::sim {
namespace {

constexpr std::uint64_t kDefaultSeeds = 5;
std::string program = "sim_tests";

std::uint64_t number(const char* variable, std::uint64_t fallback) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? fallback : std::strtoull(text, nullptr, 10);
}

}  // namespace

std::vector<std::uint64_t> seeds() {
  if (const std::uint64_t only = number("REGULATOR_SIM_SEED", 0); only != 0) return {only};
  std::vector<std::uint64_t> all(number("REGULATOR_SIM_SEEDS", kDefaultSeeds));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i + 1;
  return all;
}

std::string seed_name(const testing::TestParamInfo<std::uint64_t>& info) {
  return std::to_string(info.param);
}

void Scenario::TearDown() {
  if (!HasFailure()) return;
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  std::cout << "run it again: REGULATOR_SIM_SEED=" << seed() << " " << program
            << " --gtest_filter=" << test.test_suite_name() << "." << test.name() << std::endl;
}

}  // namespace ntp::sim

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  ntp::sim::program = argv[0];
  return RUN_ALL_TESTS();
}
