// SPDX-License-Identifier: BSD-2-Clause
#include <iostream>

#include "ntpq/companion.h"
#include "ntpq/trace.h"
#include "ntpq/udp_network.h"

int main(int argc, char** argv) {
  using namespace ntp::ntpq;
  return run_companion(argc, argv, parse_trace_options, [](const TraceOptions& options) {
    UdpNetwork network;
    run_trace(options, network, std::cout);
    return 0;
  });
}
