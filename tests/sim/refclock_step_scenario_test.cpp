// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string>

#include "tests/sim/failure_day.h"
#include "tests/sim/lab.h"
#include "tests/sim/sim_receiver.h"

namespace ntp::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kRight = 2e-3, kWrong = 10e-3;  // s

struct Clock {
  const char* name;
  const char* config;
};
constexpr Clock kClocks[] = {
    {"shm_often", "refclock shm unit 0 minpoll 3 maxpoll 3\n"},
    {"shm", "refclock shm unit 0 minpoll 4 maxpoll 4\n"},
    {"pulse",
     "refclock shm unit 0 prefer minpoll 3 maxpoll 3\n"
     "refclock pps unit 0 minpoll 3 maxpoll 3\n"},
    {"pulse_beside_servers",
     "refclock shm unit 0 prefer minpoll 4 maxpoll 4\n"
     "refclock pps unit 0 minpoll 4 maxpoll 4\n"
     "server 10.0.0.1 iburst\nserver 10.0.0.2 iburst\nserver 10.0.0.3 iburst\n"},
    {"sentences", "refclock nmea unit 0 time2 0.1 minpoll 4 maxpoll 4\n"},
    {"sentences_and_pulse",
     "refclock nmea unit 0 time2 0.1 flag1 1 ppspath /dev/pps0 minpoll 4 maxpoll 4\n"},
    {"socket", "refclock sock unit 0 path /run/chrony.clk.ttyS0.sock minpoll 4 maxpoll 4\n"},
    {"gpsd", "refclock gpsd unit 0 minpoll 4 maxpoll 4\n"},
};

/// What the clocks of a host stamped before a step of its own clock is not used after it, wherever
/// in a second the step comes.
class RefclockStep : public ::testing::TestWithParam<int> {
 protected:
  /// A host whose clock is so far off, s.
  struct Host {
    Host(int phase, double off)
        : lab(static_cast<std::uint64_t>(phase) + 1, at_utc(2026, 12, 1)),
          node(set_up(off)),
          receiver(lab.world, node.host) {
      receiver.behaviour = {.pulse_noise = 1e-6,
                            .shm_noise = 1e-4,
                            .text_noise = 1e-4,
                            .text = true,
                            .sock = true,
                            .json = true};
      lab.world.run_for(milliseconds(phase));
      node.start();
    }
    SimNode& set_up(double off) {
      lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
      for (int i = 0; i < 3; ++i) lab.add_server();
      return lab.add_node(
          {kClocks[GetParam()].config, {.frequency = 10e-6, .offset = off, .wander = 1e-9}, {}});
    }
    /// Once the clock is right, it stays so, and no clock is in trouble.
    void expect_a_clean_step() {
      const TrueTime begin = lab.world.now();
      std::optional<double> worst;  // s, since it is right
      for (int i = 0; i < 4 * 100; ++i) {
        lab.world.run_for(milliseconds(250));
        const double error = std::abs(node.host.clock.error());
        if (worst || error < kRight) worst = std::max(worst.value_or(0), error);
      }
      EXPECT_LT(worst.value_or(1), kWrong) << node.host.log.text();
      for (const char* name : {"SHM(0)", "PPS(0)", "NMEA(0)", "SOCK(0)", "GPSD(0)"}) {
        EXPECT_EQ(events_of(node, name, begin), "") << name;
      }
    }

    Lab lab;
    SimNode& node;
    SimReceiver receiver;
  };
};

TEST_P(RefclockStep, OfADaemonThatStarts) {
  for (const double off : {0.3, 1.3}) {
    for (int phase = 0; phase < 1000; phase += 11) {
      SCOPED_TRACE(std::to_string(off) + " s, " + std::to_string(phase) + " ms");
      Host(phase, off).expect_a_clean_step();
    }
  }
}

TEST_P(RefclockStep, OfSomebodyElse) {
  for (const int by : {300, -300, 1300}) {
    Host host(0, 0);
    host.lab.world.run_for(minutes(10));
    for (int phase = 0; phase < 1000; phase += 11) {
      SCOPED_TRACE(std::to_string(by) + " ms, " + std::to_string(phase) + " ms");
      host.lab.world.run_for(milliseconds(1037));
      host.node.host.clock.set_by_other(milliseconds(by));
      host.expect_a_clean_step();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RefclockStep, ::testing::Range(0, int{std::size(kClocks)}),
                         [](const auto& parameter) {
                           return std::string(kClocks[parameter.param].name);
                         });

}  // namespace
}  // namespace ntp::sim
