// SPDX-License-Identifier: BSD-2-Clause
// Writes the statistics of a simulated week into a directory: sim_week DIRECTORY. Prints when the
// week begins and ends, in seconds since 1970.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/sim/statistics_week.h"

int main(int argc, char** argv) {
  using namespace ntp::sim;
  if (argc != 2) {
    std::fputs("usage: sim_week DIRECTORY\n", stderr);
    return 2;
  }
  StatisticsWeek week(1);
  week.run();
  const SimFiles& files = week.node().host.files;
  for (const std::string& path : files.paths()) {
    const std::filesystem::path name = std::filesystem::path(path).filename();
    std::ofstream out(std::filesystem::path(argv[1]) / name, std::ios::binary);
    out << files.content(path).value_or("");
    if (!out.flush()) {
      std::fprintf(stderr, "sim_week: can't write %s\n", name.c_str());
      return 1;
    }
  }
  const auto seconds = [](TrueTime time) {
    return static_cast<long long>(
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
  };
  std::printf("%lld %lld\n", seconds(StatisticsWeek::begin()), seconds(StatisticsWeek::end()));
  return 0;
}
