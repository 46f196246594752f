// SPDX-License-Identifier: BSD-2-Clause
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "ntpq/companion.h"
#include "ntpq/udp_network.h"
#include "ntpq/wait.h"

int main(int argc, char** argv) {
  using namespace ntp;
  // NTPsec: Ctrl-C is status 2.
  std::signal(SIGINT, [](int) { ::_exit(2); });
  return ntpq::run_companion(
      argc, argv, ntpq::parse_wait_options, [](const ntpq::WaitOptions& options) {
        ntpq::UdpNetwork network;
        const auto sleep = [](Duration pause) { std::this_thread::sleep_for(pause); };
        return ntpq::run_wait(options, network, sleep, std::cout, std::cerr);
      });
}
