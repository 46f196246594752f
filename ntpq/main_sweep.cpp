// SPDX-License-Identifier: BSD-2-Clause
#include <iostream>

#include "ntpq/companion.h"
#include "ntpq/sweep.h"
#include "ntpq/udp_network.h"

int main(int argc, char** argv) {
  using namespace ntp::ntpq;
  return run_companion(argc, argv, parse_sweep_options, [](const SweepOptions& options) {
    UdpNetwork network;
    return run_sweep(options, network, std::cout, std::cerr);
  });
}
