// SPDX-License-Identifier: BSD-2-Clause
#include <fstream>
#include <iostream>

#include "ntpq/companion.h"
#include "ntpq/tools/dig.h"
#include "ntpq/tools/linux_dig_host.h"

int main(int argc, char** argv) {
  using namespace ntp::tools;
  return ntp::ntpq::run_companion(argc, argv, parse_dig_options, [](const DigOptions& options) {
    std::ofstream file;
    if (!options.log_file.empty()) {
      file.open(options.log_file);
      if (!file) {
        std::cerr << "logfile open of " << options.log_file << " failed.\n";
        return 1;
      }
    }
    LinuxDigHost host;
    return run_dig(options, host, std::cout, file.is_open() ? file : std::cerr);
  });
}
