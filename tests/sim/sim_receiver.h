// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <string>

#include "tests/sim/sim_host.h"

namespace ntp::sim {

/// A GPS receiver with a pulse at a simulated host: writes /dev/pps0, shared memory unit 0 and
/// sentences to /dev/gps0 each true second, with normal noise of its own, in s.
class SimReceiver {
 public:
  struct Behaviour {
    double pulse_noise = 0;
    double shm_noise = 0;
    double text_noise = 0;
    double offset = 0;      // s, of all it says
    double pulse_late = 0;  // s, of its pulse alone
    bool pulse = true;
    bool shm = true;
    bool text = false;
    std::function<std::string(std::string)> garble = {};  // what becomes of its sentences
    int shm_mode = 1;
    int leap = 0;
  };

  SimReceiver(World& world, SimHost& host)
      : world_(world), host_(host), random_(world.random("receiver")) {
    (void)host_.devices.pulses["/dev/pps0"];
    (void)host_.devices.serials["/dev/gps0"];
    world_.every(std::chrono::seconds(1), [this] { second(); });
  }

  Behaviour behaviour;

 private:
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - random_.uniform()));
    return radius * std::cos(2 * std::numbers::pi * random_.uniform());
  }

  void second() {
    ++sequence_;
    // As long after the second as the text takes.
    world_.after(std::chrono::milliseconds(100), [this] { report(); });
    if (!behaviour.pulse) return;
    const Duration off =
        from_seconds(behaviour.offset + behaviour.pulse_late + behaviour.pulse_noise * normal());
    host_.devices.pulses["/dev/pps0"].latest[PulseEdge::Assert] = {sequence_,
                                                                   host_.clock.wall() + off};
  }

  void report() {
    const Duration truth = world_.utc().time_since_epoch() + from_seconds(behaviour.offset);
    const WallTime own = host_.clock.wall();
    if (behaviour.shm) {
      write_segment(truth, own.time_since_epoch() + from_seconds(behaviour.shm_noise * normal()));
    }
    if (behaviour.text) {
      std::string said = sentence(WallTime(truth));
      if (behaviour.garble) said = behaviour.garble(std::move(said));
      host_.devices.serials["/dev/gps0"].send(said,
                                              own + from_seconds(behaviour.text_noise * normal()));
    }
  }

  void write_segment(Duration reference, Duration received) {
    const auto& segment = host_.devices.segments[0];
    if (!segment) return;
    constexpr std::int64_t kNanoseconds = 1'000'000'000;
    segment->mode = behaviour.shm_mode;
    segment->count += 2;
    segment->clock_sec = reference.count() / kNanoseconds;
    segment->clock_nsec = static_cast<std::uint32_t>(reference.count() % kNanoseconds);
    segment->clock_usec = static_cast<std::int32_t>(segment->clock_nsec / 1000);
    segment->receive_sec = received.count() / kNanoseconds;
    segment->receive_nsec = static_cast<std::uint32_t>(received.count() % kNanoseconds);
    segment->receive_usec = static_cast<std::int32_t>(segment->receive_nsec / 1000);
    segment->leap = behaviour.leap;
    segment->precision = -20;
    segment->valid = 1;
  }

  /// The second that began 100 ms ago.
  static std::string sentence(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
    const auto days = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date{std::chrono::sys_days(days)};
    const int of_day = static_cast<int>((seconds - days).count());
    char body[80];
    std::snprintf(body, sizeof body, "GPRMC,%02d%02d%02d,A,4807.038,N,01131.000,E,,,%02u%02u%02d,,",
                  of_day / 3600, of_day / 60 % 60, of_day % 60, static_cast<unsigned>(date.day()),
                  static_cast<unsigned>(date.month()), static_cast<int>(date.year()) % 100);
    unsigned sum = 0;
    for (const char* c = body; *c != '\0'; ++c) sum ^= static_cast<unsigned char>(*c);
    char line[100];
    std::snprintf(line, sizeof line, "$%s*%02X\r\n", body, sum);
    return line;
  }

  World& world_;
  SimHost& host_;
  RandomStream random_;
  std::uint32_t sequence_ = 0;
};

}  // namespace ntp::sim
