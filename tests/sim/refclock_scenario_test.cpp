// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "ntpd/refclock/driver.h"
#include "tests/sim/failure_day.h"
#include "tests/sim/lab.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_receiver.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kCandidate = 4;
constexpr int kSystemPeer = 6;
constexpr int kPpsPeer = 7;
const Address kShm = Address::v4(0x7f7f1c00);
const Address kPps = Address::v4(0x7f7f1600);
const Address kNmea = Address::v4(0x7f7f1400);

constexpr char kShmAndPps[] =
    "refclock shm unit 0 refid GPS prefer minpoll 4 maxpoll 4\n"
    "refclock pps unit 0 minpoll 4 maxpoll 4\n";

/// The RMS error in the last three quarters of 20,000 s.
double error_of(std::uint64_t seed, const char* config, const SimReceiver::Behaviour& behaviour) {
  Lab lab(seed, at_utc(2026, 12, 1));
  SimNode& node = lab.add_node({config, kUsualOscillator, {}});
  SimReceiver receiver(lab.world, node.host);
  receiver.behaviour = behaviour;
  node.start();
  lab.world.run_for(seconds(20'000));
  return node.host.recorder.summary(node.host.recorder.after_fraction(0.25)).rms;
}

double median_error(const char* config, const SimReceiver::Behaviour& behaviour) {
  std::vector<double> errors;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    errors.push_back(error_of(seed, config, behaviour));
  }
  std::sort(errors.begin(), errors.end());
  return errors[2];
}

TEST(RefclockAccuracy, PulseOfOneMicrosecondNoise) {
  const double error = median_error(kShmAndPps, {.pulse_noise = 1e-6, .shm_noise = 1e-3});
  RecordProperty("rms_ns", static_cast<int>(error * 1e9));
  EXPECT_LT(error, 0.5e-6);
}

TEST(RefclockAccuracy, SharedMemoryOfOneMicrosecondNoise) {
  const double error =
      median_error("refclock shm unit 0 minpoll 4 maxpoll 4\n", {.shm_noise = 1e-6});
  RecordProperty("rms_ns", static_cast<int>(error * 1e9));
  EXPECT_LE(error, 0.7e-6);
}

class RefclockScenario : public Scenario {
 protected:
  SimNode& start(const std::string& config) {
    lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    SimNode& node = lab_.add_node({config, kUsualOscillator, {}});
    receiver_.emplace(lab_.world, node.host);
    node.start();
    return node;
  }
  SimReceiver::Behaviour& behaviour() { return receiver_->behaviour; }

  Lab lab_{GetParam(), at_utc(2026, 12, 1)};
  std::optional<SimReceiver> receiver_;
};

TEST_P(RefclockScenario, APulseLeadsAsLongAsItIsThere) {
  SimNode& node = start(kShmAndPps);
  behaviour() = {.pulse_noise = 1e-6, .shm_noise = 1e-3};
  lab_.world.run_for(minutes(20));
  EXPECT_EQ(node.system().stratum, 1);
  EXPECT_EQ(node.system().reference_id.to_text(), "PPS");
  EXPECT_EQ(node.peer(kPps)->selection, kPpsPeer);
  EXPECT_EQ(node.peer(kShm)->selection, kSystemPeer);

  behaviour().pulse = false;
  lab_.world.run_for(seconds(64));
  EXPECT_EQ(node.peer(kPps)->selection, 0);
  EXPECT_EQ(node.peer(kShm)->selection, kSystemPeer);
  EXPECT_EQ(node.system().reference_id.to_text(), "GPS");
  lab_.world.run_for(minutes(10));

  behaviour().pulse = true;
  lab_.world.run_for(minutes(10));
  EXPECT_EQ(node.peer(kPps)->selection, kPpsPeer);
  EXPECT_EQ(node.system().reference_id.to_text(), "PPS");
}

TEST_P(RefclockScenario, WithoutPreferThePulseDoesNotLead) {
  SimNode& node = start(
      "refclock shm unit 0 minpoll 4 maxpoll 4\n"
      "refclock pps unit 0 minpoll 4 maxpoll 4\n");
  lab_.world.run_for(minutes(20));
  EXPECT_EQ(node.peer(kShm)->selection, kSystemPeer);
  EXPECT_LT(node.peer(kPps)->selection, kCandidate);
}

TEST_P(RefclockScenario, OptionsAreTakenOverWithoutTouchingTheDevice) {
  SimNode& node = start("refclock shm unit 0 minpoll 4 maxpoll 4\n");
  behaviour() = {.shm_noise = 10e-6};
  lab_.world.run_for(minutes(20));
  ASSERT_LE(std::abs(node.host.clock.error()), 1e-3);
  ASSERT_TRUE(
      node.reload("refclock shm unit 0 minpoll 4 maxpoll 4 time1 0.01 refid GPS flag4 1\n"));
  lab_.world.run_for(minutes(30));
  EXPECT_EQ(node.system().reference_id.to_text(), "GPS");
  EXPECT_NEAR(std::abs(node.host.clock.error()), 0.01, 1e-3);
  EXPECT_FALSE(node.host.log.contains("dropped")) << node.host.log.text();
}

constexpr char kShmSetWrong[] =
    "refclock shm unit 0 prefer time1 0.0008 minpoll 4 maxpoll 4\n"
    "refclock pps unit 0 minpoll 4 maxpoll 4\n";

TEST_P(RefclockScenario, AClockBesideThePulseKeepsItsError) {
  SimNode& node = start(kShmSetWrong);
  behaviour() = {.pulse_noise = 1e-6, .shm_noise = 10e-6};
  lab_.world.run_for(hours(1));
  EXPECT_EQ(node.peer(kPps)->selection, kPpsPeer);
  EXPECT_NEAR(node.peer(kShm)->offset, 0.0008, 0.1e-3);
}

TEST_P(RefclockScenario, CalibrationTakesTheErrorAway) {
  SimNode& node = start(std::string("enable calibrate\n") + kShmSetWrong);
  behaviour() = {.pulse_noise = 1e-6, .shm_noise = 10e-6};
  lab_.world.run_for(hours(1));
  EXPECT_EQ(node.peer(kPps)->selection, kPpsPeer);
  EXPECT_NEAR(node.peer(kShm)->offset, 0, 0.1e-3);
  EXPECT_LE(std::abs(node.host.clock.error()), 20e-6);
}

TEST_P(RefclockScenario, AReceiverOfSentencesLeadsByItsPulse) {
  SimNode& node = start("refclock nmea unit 0 time2 0.1 flag1 1 ppspath /dev/pps0 minpoll 4\n");
  behaviour() = {.pulse_noise = 1e-6, .text_noise = 5e-3, .shm = false, .text = true};
  lab_.world.run_for(hours(2));
  EXPECT_EQ(node.peer(kNmea)->selection, kPpsPeer);
  EXPECT_LE(std::abs(node.host.clock.error()), 20e-6);
  behaviour().pulse = false;
  lab_.world.run_for(minutes(5));
  EXPECT_EQ(node.peer(kNmea)->selection, kSystemPeer);
}

/// A day of each failure, beside honest servers: the clock stays right, the failure is told once,
/// and nothing grows.
class RefclockFailure : public ::testing::TestWithParam<int> {};

using Behaviour = SimReceiver::Behaviour;

struct Failure {
  const char* name;
  /// The driver of the clock that has it, and its events in all that time; null: any.
  const char* driver;
  const char* events;
  void (*begin)(SimNode&, Behaviour&);
  /// Set: the failure comes and goes, for two hours each.
  void (*come_and_go)(SimNode&, Behaviour&, bool fails) = nullptr;
};

/// A double at this place of a datagram.
void put_offset(std::vector<std::uint8_t>& datagram, double offset) {
  constexpr std::size_t kPlace = 16;
  const auto octets = std::bit_cast<std::array<std::uint8_t, sizeof offset>>(offset);
  std::copy(octets.begin(), octets.end(), datagram.begin() + kPlace);
}

void garble(Behaviour& behaviour, std::string (*garbled)(std::string)) {
  behaviour.garble = garbled;
}

const Failure kFailures[] = {
    {"far_future", "shm", "clk_bad_date", [](SimNode&, auto& b) { b.offset = 1e9; }},
    {"far_past", "nmea", "clk_bad_date", [](SimNode&, auto& b) { b.offset = -1e9; }},
    {"far_future_of_a_socket", "sock", "clk_bad_date", [](SimNode&, auto& b) { b.offset = 1e9; }},
    {"far_past_of_gpsd", "gpsd", "clk_bad_date", [](SimNode&, auto& b) { b.offset = -1e9; }},
    {"weeks_1024", "shm", "clk_bad_date",
     [](SimNode&, auto& b) { b.offset = -1024.0 * 7 * 86400; }},
    {"weeks_1024_of_sentences", "nmea", "",
     [](SimNode&, auto& b) { b.offset = -1024.0 * 7 * 86400; }},
    {"an_hour_off", "shm", "clk_bad_date", [](SimNode&, auto& b) { b.offset = 3600; }},
    {"ten_seconds_off", "shm", "", [](SimNode&, auto& b) { b.offset = -10; }},
    {"half_a_second_off", "shm", "", [](SimNode&, auto& b) { b.offset = 0.5; }},
    // After a while it is a pulse like others, which no source agrees with.
    {"wrong_edge", "pps", "clk_bad_signal clk_unspec",
     [](SimNode&, auto& b) { b.pulse_late = 0.1; }},
    {"noisy_pulse", "pps", "clk_bad_signal", [](SimNode&, auto& b) { b.pulse_noise = 0.4; }},
    {"pulse_gone", "pps", "clk_no_reply", [](SimNode&, auto& b) { b.pulse = false; }},
    {"kernel_error", "pps", "clk_fault",
     [](SimNode& n, auto&) { n.host.devices.pulses["/dev/pps0"].failure = "Input/output error"; }},
    {"bad_mode", "shm", "clk_bad_format", [](SimNode&, auto& b) { b.shm_mode = 7; }},
    {"leap_for_ever", "shm", "", [](SimNode&, auto& b) { b.leap = 3; }},
    {"leap_announced_wrongly", "shm", "", [](SimNode&, auto& b) { b.leap = 1; }},
    {"no_leap_code", "shm", "clk_bad_format", [](SimNode&, auto& b) { b.leap = 77; }},
    {"no_leap_code_of_a_socket", "sock", "clk_bad_format", [](SimNode&, auto& b) { b.leap = 77; }},
    {"garbage", "nmea", "clk_bad_format",
     [](SimNode&, auto& b) {
       garble(b, [](std::string line) {
         for (char& each : line) each = static_cast<char>(each * 7 + 200);
         return line + '\n';
       });
     }},
    {"half_lines", "nmea", "clk_bad_format",
     [](SimNode&, auto& b) {
       garble(b, [](std::string line) { return line.substr(0, line.size() / 2) + '\n'; });
     }},
    {"lines_without_end", "nmea", "clk_no_reply",
     [](SimNode&, auto& b) {
       garble(b, [](std::string line) { return line.substr(0, line.size() / 2); });
     }},
    {"wrong_checksum", "nmea", "clk_bad_format",
     [](SimNode&, auto& b) {
       garble(b, [](std::string line) {
         line[8] = line[8] == '0' ? '1' : '0';  // a digit of the hour's
         return line;
       });
     }},
    // One in 64 only, since a day of them takes long; the others are good.
    {"lines_of_64_kib", "nmea", nullptr,
     [](SimNode&, auto& b) {
       b.garble = [n = 0](std::string line) mutable {
         return ++n % 64 == 0 ? std::string(65536, '$') + line : line;
       };
     }},
    {"silent", "shm", "clk_no_reply", [](SimNode&, auto& b) { b.pulse = b.shm = b.text = false; }},
    {"unplugged", "nmea", "clk_fault",
     [](SimNode& n, auto& b) {
       n.host.devices.serials["/dev/gps0"].vanish("the port has hung up");
       n.host.devices.failure = "No such file or directory";
       b.pulse = b.shm = b.text = false;
     }},
    {"input_output_error", "nmea", "clk_fault",
     [](SimNode& n, auto&) {
       n.host.devices.refused["/dev/gps0"] = "Input/output error";
       n.host.devices.serials["/dev/gps0"].vanish("Input/output error");
     }},
    {"blocks", "nmea", "clk_no_reply",
     [](SimNode& n, auto& b) {
       n.host.devices.serials["/dev/gps0"].write_failure = "the port is busy";
       b.text = false;
     }},
    {"device_is_a_directory", "nmea", "clk_fault",
     [](SimNode& n, auto&) { refuse(n, "/dev/gps0", "Is a directory"); }},
    {"device_is_not_permitted", "pps", "clk_fault",
     [](SimNode& n, auto&) { refuse(n, "/dev/pps0", "Permission denied"); }},
    {"segment_of_another_size", "shm", "clk_fault",
     [](SimNode& n, auto&) { refuse(n, "NTP0", "the segment is there with another size"); }},
    {"segment_of_another_user", "shm", "clk_fault",
     [](SimNode& n, auto&) { refuse(n, "NTP0", "it belongs to user 1000"); }},
    {"socket_in_the_way", "sock", "clk_fault",
     [](SimNode& n, auto&) {
       refuse(n, SimReceiver::kSocket, "there is something that is no socket");
     }},
    {"socket_flooded", "sock", "clk_bad_format", [](SimNode&, auto& b) { b.flood = 40; }},
    {"socket_flooded_with_a_time", "sock", "",
     [](SimNode&, auto& b) {
       b.flood = 40;
       b.flood_offset = 0.3;
     }},
    {"gpsd_stalls", "gpsd", "clk_no_reply",
     [](SimNode&, auto& b) { b.nonsense = [] { return std::string(); }; }},
    {"gpsd_gone", "gpsd", "clk_fault",
     [](SimNode& n, auto&) {
       n.host.devices.refused["[::1]:2947"] = n.host.devices.refused["127.0.0.1:2947"] =
           "Connection refused";
       n.host.devices.links.back()->handlers.on_closed("End of file");
     }},
    {"gpsd_says_a_megabyte_without_end", "gpsd", "clk_bad_format",
     [](SimNode&, auto& b) { b.nonsense = [] { return std::string(1 << 20, 'x'); }; }},
    {"gpsd_nests_deeply", "gpsd", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.nonsense = [] { return "{\"class\":" + std::string(8000, '[') + '\n'; };
     }},
    {"gpsd_speaks_another_language", "gpsd", "clk_bad_format",
     [](SimNode&, auto& b) { b.nonsense = [] { return std::string("220 ready\r\n\r\n"); }; }},
    {"far_past_of_a_segment", "shm", "clk_bad_date", [](SimNode&, auto& b) { b.offset = -1e9; }},
    {"garbage_in_a_segment", "shm", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_segment = [random = RandomStream(1, "garbage")](ShmSegment& segment) mutable {
         std::array<std::uint8_t, sizeof segment> noise{};
         for (auto& octet : noise) octet = static_cast<std::uint8_t>(random.bits());
         segment = std::bit_cast<ShmSegment>(noise);
         segment.valid = 1;
       };
     }},
    {"no_nanoseconds_in_a_segment", "shm", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_segment = [](ShmSegment& segment) {
         segment.clock_nsec = 4'000'000'000;
         segment.clock_usec = -1;
       };
     }},
    {"writer_stands_still", "shm", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_segment = [first = std::optional<ShmSegment>()](ShmSegment& segment) mutable {
         if (!first) first = segment;
         segment = *first;
       };
     }},
    {"far_past_of_a_socket", "sock", "clk_bad_date", [](SimNode&, auto& b) { b.offset = -1e9; }},
    {"weeks_1024_of_a_socket", "sock", "clk_bad_date",
     [](SimNode&, auto& b) { b.offset = -1024.0 * 7 * 86400; }},
    {"leap_announced_wrongly_by_a_socket", "sock", "", [](SimNode&, auto& b) { b.leap = 1; }},
    {"half_datagrams", "sock", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_datagram = [](std::vector<std::uint8_t> datagram) {
         datagram.resize(datagram.size() / 2);
         return datagram;
       };
     }},
    {"long_datagrams", "sock", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_datagram = [](std::vector<std::uint8_t> datagram) {
         datagram.resize(256);
         return datagram;
       };
     }},
    {"no_number_in_a_datagram", "sock", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_datagram = [](std::vector<std::uint8_t> datagram) {
         put_offset(datagram, std::nan(""));
         return datagram;
       };
     }},
    {"no_offset_in_a_datagram", "sock", "clk_bad_date",
     [](SimNode&, auto& b) {
       b.garble_datagram = [](std::vector<std::uint8_t> datagram) {
         put_offset(datagram, -1e300);
         return datagram;
       };
     }},
    {"feeder_stands_still", "sock", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_datagram = [first = std::vector<std::uint8_t>()](
                               std::vector<std::uint8_t> datagram) mutable {
         if (first.empty()) first = std::move(datagram);
         return first;
       };
     }},
    {"socket_is_not_permitted", "sock", "clk_fault",
     [](SimNode& n, auto&) { refuse(n, SimReceiver::kSocket, "Permission denied"); }},
    {"name_of_the_socket_removed", "sock", "clk_no_reply clk_unspec", nullptr,
     [](SimNode& n, auto&, bool fails) {
       if (fails) n.host.devices.inboxes[SimReceiver::kSocket].has_name = false;
     }},
    {"writer_comes_and_goes_with_its_segment", "shm", "clk_no_reply clk_unspec", nullptr,
     [](SimNode& n, auto& b, bool fails) {
       b.shm = !fails;
       if (!fails) n.host.devices.segments.erase(0);
     }},
    {"far_future_of_gpsd", "gpsd", "clk_bad_date", [](SimNode&, auto& b) { b.offset = 1e9; }},
    {"weeks_1024_of_gpsd", "gpsd", "clk_bad_date",
     [](SimNode&, auto& b) { b.offset = -1024.0 * 7 * 86400; }},
    {"gpsd_says_half_lines", "gpsd", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_json = [](std::string text) { return text.substr(0, text.size() / 2) + '\n'; };
     }},
    // It takes a while until the line is too long.
    {"gpsd_says_lines_without_end", "gpsd", "clk_no_reply clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_json = [](std::string text) { return text.substr(0, text.size() - 2); };
     }},
    {"gpsd_says_texts_for_numbers", "gpsd", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_json = [](std::string text) {
         for (const char* name : {"real_sec\":", "clock_sec\":"}) {
           const auto place = text.find(name);
           if (place != std::string::npos) text.insert(place + std::strlen(name), "\"x\",\"a\":");
         }
         return text;
       };
     }},
    {"gpsd_says_nanoseconds_of_a_second", "gpsd", "clk_bad_format",
     [](SimNode&, auto& b) {
       b.garble_json = [](std::string text) {
         const auto place = text.find("real_nsec\":");
         if (place != std::string::npos) text.insert(place + 11, "9000000000");
         return text;
       };
     }},
    {"gpsd_comes_and_goes", "gpsd", "clk_fault clk_unspec", nullptr,
     [](SimNode& n, auto&, bool fails) {
       auto& devices = n.host.devices;
       if (!fails) return devices.refused.clear();
       devices.refused["[::1]:2947"] = devices.refused["127.0.0.1:2947"] = "Connection refused";
       for (const auto& link : devices.links) {
         if (link->open) link->handlers.on_closed("Connection reset by peer");
       }
     }},
    {"pulse_of_1970", "pps", "clk_no_reply",
     [](SimNode&, auto& b) {
       b.garble_pulse = [](Pulse& pulse) { pulse.at = WallTime(seconds(pulse.sequence)); };
     }},
    {"pulse_of_tomorrow", "pps", "clk_no_reply",
     [](SimNode&, auto& b) { b.garble_pulse = [](Pulse& pulse) { pulse.at += hours(24); }; }},
    {"pulse_with_garbage_for_stamps", "pps", "clk_bad_signal",
     [](SimNode&, auto& b) {
       b.garble_pulse = [random = RandomStream(1, "garbage")](Pulse& pulse) mutable {
         pulse.sequence = static_cast<std::uint32_t>(random.bits());
         pulse.at = WallTime(Duration(static_cast<std::int64_t>(random.bits() >> 1)));
       };
     }},
    {"pulse_that_is_not_captured", "pps", "clk_no_reply",
     [](SimNode& n, auto&) {
       n.stop();
       n.host.devices.pulses["/dev/pps0"].capture_failure = "Operation not supported";
       n.start();
     }},
    {"pulse_device_is_a_directory", "pps", "clk_fault",
     [](SimNode& n, auto&) { refuse(n, "/dev/pps0", "Is a directory"); }},
    {"pulse_device_comes_and_goes", "pps", "clk_fault clk_unspec", nullptr,
     [](SimNode& n, auto&, bool fails) {
       auto& pulses = n.host.devices.pulses["/dev/pps0"];
       pulses.failure = fails ? std::optional<std::string>("No such device") : std::nullopt;
       n.host.devices.refused.clear();
       if (fails) n.host.devices.refused["/dev/pps0"] = "No such file or directory";
     }},
    {"far_future_of_sentences", "nmea", "clk_bad_date", [](SimNode&, auto& b) { b.offset = 1e9; }},
    {"receiver_comes_and_goes", "nmea", "clk_fault clk_unspec", nullptr,
     [](SimNode& n, auto&, bool fails) {
       n.host.devices.refused.clear();
       if (!fails) return;
       n.host.devices.refused["/dev/gps0"] = "No such file or directory";
       n.host.devices.serials["/dev/gps0"].vanish("the port has hung up");
     }},
};

/// The failure for a day; the events that are expected of it.
std::string live_through(const Failure& failure, Lab& lab, SimNode& node, Behaviour& behaviour,
                         std::int64_t& heap) {
  std::string expected = failure.events == nullptr ? "" : failure.events;
  if (failure.come_and_go == nullptr) {
    failure.begin(node, behaviour);
    lab.world.run_for(hours(1));
    heap = heap_in_use(lab);
    lab.world.run_for(hours(23));
    return expected;
  }
  // As often as the log has room for: NTPsec's stops after 15 events in a row.
  for (int time = 1; time <= 6; ++time) {
    failure.come_and_go(node, behaviour, true);
    lab.world.run_for(hours(2));
    failure.come_and_go(node, behaviour, false);
    lab.world.run_for(hours(2));
    if (time == 1) {
      heap = heap_in_use(lab);
    } else {
      expected += std::string(" ") + failure.events;
    }
  }
  return expected;
}

TEST_P(RefclockFailure, NoFalseTimeIsTakenInADay) {
  const Failure& failure = kFailures[GetParam()];
  SCOPED_TRACE(failure.name);
  Lab lab(1, at_utc(2026, 12, 1));
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  // More than the receiver has sources.
  for (int i = 0; i < 7; ++i) lab.add_server();
  std::string config = std::string(kShmAndPps) +
                       "refclock nmea unit 0 minpoll 4 maxpoll 4 time2 0.1\n"
                       "refclock gpsd unit 0 minpoll 4 maxpoll 4\n"
                       "refclock sock unit 0 minpoll 4 maxpoll 4 path " +
                       std::string(SimReceiver::kSocket) + '\n';
  for (int number = 1; number <= 7; ++number) {
    config += "server " + Lab::server_address(number).to_string() + " iburst minpoll 6 maxpoll 6\n";
  }
  SimNode& node = lab.add_node({config, kUsualOscillator, {}});
  SimReceiver receiver(lab.world, node.host);
  receiver.behaviour = {.pulse_noise = 1e-6,
                        .shm_noise = 1e-3,
                        .text_noise = 1e-3,
                        .text = true,
                        .sock = true,
                        .json = true};
  node.start();
  lab.world.run_for(hours(1));
  ASSERT_TRUE(node.synchronized());
  // Right after a poll, so that no poll has samples from both before and after.
  const refclock::DriverInfo& info = *refclock::find_driver(failure.driver);
  const std::string name = std::string(info.name) + "(0)";
  const auto polls = [&] {
    return node.peer(refclock::pseudo_address(info.number, 0))->packets_sent;
  };
  ASSERT_TRUE(lab.world.run_until([&, before = polls()] { return polls() > before; },
                                  lab.world.now() + minutes(1)));
  ASSERT_EQ(events_of(node, name, lab.world.start()), "");
  const TrueTime begin = lab.world.now();
  std::int64_t heap = 0;
  const std::string expected = live_through(failure, lab, node, receiver.behaviour, heap);
  ASSERT_TRUE(node.running()) << node.host.log.text();
  EXPECT_LT(heap_in_use(lab), heap + kMostGrowth);
  EXPECT_TRUE(node.synchronized());
  EXPECT_LE(node.host.recorder.summary({begin, std::nullopt}).maximum, 10e-3);
  EXPECT_TRUE(node.host.clock.steps().size() <= 1);
  EXPECT_EQ(node.host.clock.leaps_done(), 0);
  if (failure.events == nullptr) return;
  EXPECT_EQ(events_of(node, name, begin), expected) << node.host.log.text();
}

INSTANTIATE_TEST_SUITE_P(All, RefclockFailure, ::testing::Range(0, int{std::size(kFailures)}),
                         [](const auto& parameter) {
                           return std::string(kFailures[parameter.param].name);
                         });

/// The measure of the test above is none if it doesn't see this.
TEST(HeapInUse, SeesALeak) {
  const Lab lab(1);
  const std::int64_t before = heap_in_use(lab);
  if (before == 0) GTEST_SKIP() << "the heap is a sanitizer's";
  std::vector<std::unique_ptr<char[]>> leak;
  for (int i = 0; i < 24 * 60; ++i) leak.push_back(std::make_unique<char[]>(100));
  EXPECT_GT(heap_in_use(lab), before + kMostGrowth);
}

SIM_RUN_SEEDS(RefclockScenario);

}  // namespace
}  // namespace ntp::sim
