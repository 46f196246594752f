// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_host.h"

namespace ntp::sim {

/// A GPS receiver with a pulse at a simulated host: writes /dev/pps0, shared memory unit 0 and
/// sentences to /dev/gps0 each true second, with normal noise of its own, in s. With a gpsd on it,
/// that feeds a socket and who connects to its port.
class SimReceiver {
 public:
  static constexpr const char* kSocket = "/run/chrony.clk.ttyS0.sock";

  struct Behaviour {
    double pulse_noise = 0;
    double shm_noise = 0;
    double text_noise = 0;
    double offset = 0;      // s, of all it says
    double pulse_late = 0;  // s, of its pulse alone
    bool pulse = true;
    bool shm = true;
    bool text = false;
    bool sock = false;
    bool json = false;
    // What becomes of its pulses, its segment, its sentences, its datagrams, gpsd's reports.
    std::function<void(Pulse&)> garble_pulse = {};
    std::function<void(ShmSegment&)> garble_segment = {};
    std::function<std::string(std::string)> garble = {};
    std::function<std::vector<std::uint8_t>(std::vector<std::uint8_t>)> garble_datagram = {};
    std::function<std::string(std::string)> garble_json = {};
    /// What gpsd says to each connection in a second instead of its reports.
    std::function<std::string()> nonsense = {};
    /// Datagrams a second of another feeder of the socket; with a time, or else of noise.
    int flood = 0;
    std::optional<double> flood_offset = {};  // s
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
    Pulse pulse{sequence_, host_.clock.wall() + off};
    if (behaviour.garble_pulse) behaviour.garble_pulse(pulse);
    host_.devices.pulses["/dev/pps0"].latest[PulseEdge::Assert] = pulse;
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
    if (behaviour.flood > 0) flood(own);
    if (behaviour.sock) send_datagram(to_seconds(truth - own.time_since_epoch()), own);
    serve(truth, own);
  }

  /// As chrony lays a sample out.
  void send_datagram(double offset, WallTime own) {
    struct SockSample {
      std::int64_t seconds, microseconds;
      double offset;
      std::int32_t pulse, leap, pad, magic;
    };
    static_assert(sizeof(SockSample) == 40);
    auto& inbox = host_.devices.inboxes[kSocket];
    if (!inbox.open || !inbox.has_name) return;
    const std::int64_t since = own.time_since_epoch().count() / 1000;
    const SockSample sample{since / 1'000'000, since % 1'000'000, offset, 0, behaviour.leap, 0,
                            0x534f434b};
    const auto octets = std::bit_cast<std::array<std::uint8_t, sizeof sample>>(sample);
    std::vector<std::uint8_t> datagram(octets.begin(), octets.end());
    if (behaviour.garble_datagram) datagram = behaviour.garble_datagram(std::move(datagram));
    inbox.handler(datagram, own);
  }

  void flood(WallTime own) {
    auto& inbox = host_.devices.inboxes[kSocket];
    std::array<std::uint8_t, 40> noise{};
    for (int i = 0; i < behaviour.flood; ++i) {
      if (behaviour.flood_offset) {
        send_datagram(*behaviour.flood_offset, own);
      } else if (inbox.open) {
        for (auto& octet : noise) octet = static_cast<std::uint8_t>(random_.uniform() * 256);
        inbox.handler(noise, own);
      }
    }
  }

  /// gpsd's side of its connections.
  void serve(Duration truth, WallTime own) {
    auto& links = host_.devices.links;
    std::erase_if(links, [](const auto& link) { return !link->open; });
    for (const auto& link : links) {
      const auto say = [&](std::string text) {
        if (behaviour.garble_json) text = behaviour.garble_json(std::move(text));
        // In pieces, as they would come from a socket.
        for (std::size_t done = 0; done < text.size() && link->open; done += kPiece) {
          link->handlers.on_octets(as_bytes(std::string_view(text).substr(done, kPiece)), own);
        }
      };
      if (link->on_connected) {
        std::exchange(link->on_connected, nullptr)();
        if (behaviour.json) {
          say("{\"class\":\"VERSION\",\"release\":\"3.25\",\"rev\":\"3.25\",\"proto_major\":3,"
              "\"proto_minor\":15}\r\n");
        }
      }
      if (behaviour.nonsense) {
        say(behaviour.nonsense());
      } else if (behaviour.json) {
        say("{\"class\":\"TPV\",\"mode\":3,\"time\":\"2026-12-01T00:00:00.000Z\"}\r\n");
        say("{\"class\":\"TOFF\"" + stamp("real", truth) + stamp("clock", own.time_since_epoch()) +
            "}\r\n");
      }
    }
  }

  static std::string stamp(const std::string& name, Duration time) {
    return ",\"" + name + "_sec\":" + std::to_string(time.count() / 1'000'000'000) + ",\"" + name +
           "_nsec\":" + std::to_string(time.count() % 1'000'000'000);
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
    if (behaviour.garble_segment) behaviour.garble_segment(*segment);
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

  static constexpr std::size_t kPiece = 4096;

  World& world_;
  SimHost& host_;
  RandomStream random_;
  std::uint32_t sequence_ = 0;
};

}  // namespace ntp::sim
