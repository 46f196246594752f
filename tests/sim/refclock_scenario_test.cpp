// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

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

/// A day of each failure, beside two honest servers: the clock stays right.
class RefclockFailure : public ::testing::TestWithParam<int> {};

struct Failure {
  const char* name;
  void (*begin)(SimNode&, SimReceiver::Behaviour&);
};

const Failure kFailures[] = {
    {"far_future", [](SimNode&, auto& b) { b.offset = 1e9; }},
    {"far_past", [](SimNode&, auto& b) { b.offset = -1e9; }},
    {"weeks_1024", [](SimNode&, auto& b) { b.offset = -1024.0 * 7 * 86400; }},
    {"an_hour_off", [](SimNode&, auto& b) { b.offset = 3600; }},
    {"ten_seconds_off", [](SimNode&, auto& b) { b.offset = -10; }},
    {"half_a_second_off", [](SimNode&, auto& b) { b.offset = 0.5; }},
    {"wrong_edge", [](SimNode&, auto& b) { b.pulse_late = 0.1; }},
    {"bad_mode", [](SimNode&, auto& b) { b.shm_mode = 7; }},
    {"leap_for_ever", [](SimNode&, auto& b) { b.leap = 3; }},
    {"no_leap_code", [](SimNode&, auto& b) { b.leap = 77; }},
    {"garbage",
     [](SimNode&, auto& b) {
       b.garble = [](std::string line) {
         for (char& each : line) each = static_cast<char>(each * 7 + 200);
         return line;
       };
     }},
    {"half_lines",
     [](SimNode&, auto& b) {
       b.garble = [](std::string line) { return line.substr(0, line.size() / 2); };
     }},
    {"wrong_checksum",
     [](SimNode&, auto& b) {
       b.garble = [](std::string line) {
         line[8] = line[8] == '0' ? '1' : '0';  // a digit of the hour's
         return line;
       };
     }},
    {"lines_of_64_kib",
     [](SimNode&, auto& b) {
       b.garble = [n = 0](std::string line) mutable {
         return ++n % 64 == 0 ? std::string(65536, '$') + line : line;
       };
     }},
    {"silent", [](SimNode&, auto& b) { b.pulse = b.shm = b.text = false; }},
    {"pulse_gone", [](SimNode&, auto& b) { b.pulse = false; }},
    {"noisy_pulse", [](SimNode&, auto& b) { b.pulse_noise = 0.4; }},
    {"kernel_error",
     [](SimNode& n, auto&) { n.host.devices.pulses["/dev/pps0"].failure = "Input/output error"; }},
    {"unplugged",
     [](SimNode& n, auto& b) {
       n.host.devices.serials["/dev/gps0"].vanish("the port has hung up");
       n.host.devices.failure = "No such file or directory";
       b.pulse = b.shm = b.text = false;
     }},
};

TEST_P(RefclockFailure, NoFalseTimeIsTakenInADay) {
  const Failure& failure = kFailures[GetParam()];
  SCOPED_TRACE(failure.name);
  Lab lab(1, at_utc(2026, 12, 1));
  lab.network.default_path().delay = exponential_delay(1e-3, 100e-6);
  // More than the receiver has sources.
  for (int i = 0; i < 5; ++i) lab.add_server();
  std::string config;
  for (int number = 1; number <= 5; ++number) {
    config += "server " + Lab::server_address(number).to_string() + " iburst minpoll 4 maxpoll 4\n";
  }
  config += std::string(kShmAndPps) + "refclock nmea unit 0 minpoll 4 maxpoll 4 time2 0.1\n";
  SimNode& node = lab.add_node({config, kUsualOscillator, {}});
  SimReceiver receiver(lab.world, node.host);
  receiver.behaviour = {.pulse_noise = 1e-6, .shm_noise = 1e-3, .text_noise = 1e-3, .text = true};
  node.start();
  lab.world.run_for(hours(1));
  ASSERT_TRUE(node.synchronized());
  const TrueTime begin = lab.world.now();
  failure.begin(node, receiver.behaviour);
  lab.world.run_for(hours(24));
  ASSERT_TRUE(node.running()) << node.host.log.text();
  EXPECT_TRUE(node.synchronized());
  EXPECT_LE(node.host.recorder.summary({begin, std::nullopt}).maximum, 10e-3);
  EXPECT_TRUE(node.host.clock.steps().size() <= 1);
  EXPECT_EQ(node.host.clock.leaps_done(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, RefclockFailure, ::testing::Range(0, int{std::size(kFailures)}),
                         [](const auto& parameter) {
                           return std::string(kFailures[parameter.param].name);
                         });

SIM_RUN_SEEDS(RefclockScenario);

}  // namespace
}  // namespace ntp::sim
