// SPDX-License-Identifier: BSD-2-Clause
// Prints the processor time that one simulated day of a client and its server takes.
#include <cstdio>
#include <ctime>

#include "tests/sim/lab.h"

int main() {
  using namespace ntp::sim;
  Lab lab(1);
  lab.add_server();
  SimNode& server = lab.add_node({"server 10.0.0.1 iburst", kUsualOscillator, {}});
  SimNode& client =
      lab.add_node({"server 10.0.1.1 iburst minpoll 6 maxpoll 6", kUsualOscillator, {}});
  server.start();
  client.start();
  const std::clock_t before = std::clock();
  lab.world.run_for(std::chrono::hours(24));
  std::printf("a day of client and server: %.3f s of processor time\n",
              static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
  return client.synchronized() ? 0 : 1;
}
