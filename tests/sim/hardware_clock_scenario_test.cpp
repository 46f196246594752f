// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <optional>

#include "ntpd/refclock/driver.h"
#include "tests/sim/failure_day.h"
#include "tests/sim/lab.h"
#include "tests/sim/sim_ptp.h"

namespace ntp::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kCandidate = 4;
constexpr std::uint64_t kMostLines = 60;
const Address kPhc = Address::v4(0x7f7f2f00);
using Behaviour = SimPtp::Behaviour;

/// What the clock gives while it fails.
enum class Gives : std::uint8_t {
  Nothing,
  Lies,  // samples that are not used
  Time   // it is not the clock that fails
};

struct Failure {
  const char* name;
  /// The events of the clock in all that time.
  const char* events;
  Gives gives;
  void (*begin)(SimNode&, Behaviour&);
};

void fail_all(Behaviour& behaviour, int error) {
  behaviour.precise = behaviour.extended = behaviour.plain = error;
}

void mangle(Behaviour& behaviour, void (*with)(ptp_clock_time&, ptp_clock_time&, ptp_clock_time&)) {
  behaviour.mangle = with;
}

void run_at(SimNode& node, Behaviour& behaviour, double rate) {
  behaviour.rate = rate;
  behaviour.since = TrueTime(node.host.clock.wall().time_since_epoch());
}

/// As with that many seconds of each `period`.
void fail_at_times(Behaviour& behaviour, int error, int often, int period) {
  behaviour.each_call = [=, calls = 0](Behaviour& b) mutable {
    fail_all(b, calls++ / 3 % period < often ? error : 0);
  };
}

const Failure kFailures[] = {
    {"gone", "clk_fault", Gives::Nothing,
     [](SimNode& n, auto& b) {
       fail_all(b, ENODEV);
       n.host.devices.refused[SimPtp::kPath] = "No such file or directory";
     }},
    {"input_output_error", "clk_fault", Gives::Nothing,
     [](SimNode&, auto& b) { fail_all(b, EIO); }},
    {"times_out", "clk_fault", Gives::Nothing, [](SimNode&, auto& b) { fail_all(b, ETIMEDOUT); }},
    {"busy", "clk_fault", Gives::Nothing, [](SimNode&, auto& b) { fail_all(b, EBUSY); }},
    {"asks_to_try_again", "clk_fault", Gives::Nothing,
     [](SimNode&, auto& b) { fail_all(b, EAGAIN); }},
    {"busy_every_other_second", "", Gives::Time,
     [](SimNode&, auto& b) { fail_at_times(b, EBUSY, 1, 2); }},
    {"not_permitted", "clk_fault", Gives::Nothing,
     [](SimNode& n, auto&) { refuse(n, SimPtp::kPath, "Permission denied"); }},
    {"a_directory", "clk_fault", Gives::Nothing,
     [](SimNode& n, auto&) {
       refuse(n, SimPtp::kPath, "no PTP clock: Inappropriate ioctl for device");
     }},
    {"no_way_to_read_it", "clk_fault", Gives::Nothing,
     [](SimNode&, auto& b) { fail_all(b, EOPNOTSUPP); }},
    {"no_way_it_knows", "clk_fault", Gives::Nothing,
     [](SimNode&, auto& b) { fail_all(b, ENOTTY); }},
    {"plain_readings_alone", "", Gives::Time, [](SimNode&, auto& b) { b.extended = EOPNOTSUPP; }},
    {"precise_readings_alone", "", Gives::Time,
     [](SimNode& n, auto& b) {
       n.stop();
       b.precise = 0;
       b.extended = b.plain = ENOTTY;
       n.start();
     }},
    {"precise_readings_by_another_counter", "", Gives::Time,
     [](SimNode&, auto& b) { b.precise = ENODEV; }},
    {"stands_still", "clk_fault", Gives::Nothing, [](SimNode&, auto& b) { b.stands_still = true; }},
    {"ten_seconds_ahead", "", Gives::Lies, [](SimNode&, auto& b) { b.offset = 10; }},
    {"ten_seconds_behind", "", Gives::Lies, [](SimNode&, auto& b) { b.offset = -10; }},
    {"in_tai_all_at_once", "", Gives::Lies, [](SimNode&, auto& b) { b.offset = 37; }},
    {"a_second_behind", "", Gives::Lies, [](SimNode&, auto& b) { b.offset = -1; }},
    {"an_hour_behind", "clk_bad_date", Gives::Nothing, [](SimNode&, auto& b) { b.offset = -3600; }},
    {"weeks_1024", "clk_bad_date", Gives::Nothing,
     [](SimNode&, auto& b) { b.offset = -1024.0 * 7 * 86400; }},
    {"runs_backwards", "clk_bad_date", Gives::Lies, [](SimNode& n, auto& b) { run_at(n, b, -1); }},
    {"runs_one_per_cent_fast", "", Gives::Lies, [](SimNode& n, auto& b) { run_at(n, b, 1.01); }},
    {"from_the_start_of_1970", "clk_bad_date", Gives::Nothing,
     [](SimNode& n, auto& b) { b.offset = -to_seconds(n.host.clock.wall().time_since_epoch()); }},
    {"before_1970", "clk_bad_date", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto&, auto& device, auto&) { device.sec = -device.sec; });
     }},
    {"in_2058", "clk_bad_date", Gives::Nothing, [](SimNode&, auto& b) { b.offset = 1e9; }},
    {"in_2121", "clk_bad_date", Gives::Nothing, [](SimNode&, auto& b) { b.offset = 3e9; }},
    {"beyond_all_time", "clk_bad_date", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto&, auto& device, auto&) { device.sec = INT64_MAX; });
     }},
    {"nanoseconds_of_a_second", "clk_bad_format", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto&, auto& device, auto&) { device.nsec += 1'000'000'000; });
     }},
    {"negative_nanoseconds", "clk_bad_format", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto&, auto& device, auto&) { device.nsec = 0U - device.nsec; });
     }},
    {"own_stamps_of_no_time", "clk_bad_format", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto& before, auto&, auto& after) {
         before.sec = INT64_MIN;
         after.sec = INT64_MAX;
       });
     }},
    {"own_stamps_the_wrong_way_round", "clk_bad_format", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto& before, auto&, auto& after) { std::swap(before, after); });
     }},
    {"zeros", "clk_bad_date", Gives::Nothing,
     [](SimNode&, auto& b) {
       mangle(b, [](auto& before, auto& device, auto& after) {
         before = device = after = ptp_clock_time{};
       });
     }},
    {"garbage", "clk_bad_format", Gives::Nothing,
     [](SimNode&, auto& b) {
       b.mangle = [random = RandomStream(1, "garbage")](auto& before, auto& device,
                                                        auto& after) mutable {
         for (ptp_clock_time* stamp : {&before, &device, &after}) {
           stamp->sec = static_cast<std::int64_t>(random.bits());
           stamp->nsec = static_cast<std::uint32_t>(random.bits());
         }
       };
     }},
    // Switched out between the device's stamp and the one behind it.
    {"readings_take_40_ms", "", Gives::Time, [](SimNode&, auto& b) { b.late = milliseconds(40); }},
    {"readings_take_20_s", "", Gives::Time, [](SimNode&, auto& b) { b.late = seconds(20); }},
    {"readings_take_long_at_times", "", Gives::Time,
     [](SimNode&, auto& b) {
       b.each_call = [calls = 0](auto& each) mutable {
         each.late = ++calls % 3 == 0 ? milliseconds(1) : milliseconds(200);
       };
     }},
};

/// A hardware clock beside three honest servers.
class HardwareClockFailure : public ::testing::TestWithParam<int> {
 protected:
  HardwareClockFailure() {
    lab_.network.default_path().delay = exponential_delay(1e-3, 100e-6);
    std::string config = "refclock phc unit 0 minpoll 4 maxpoll 4\n";
    for (int number = 1; number <= 3; ++number) {
      config +=
          "server " + lab_.add_server().address().to_string() + " iburst minpoll 6 maxpoll 6\n";
    }
    node_ = &lab_.add_node({config, kUsualOscillator, {}});
    ptp_.emplace(lab_.world, node_->host);
    node_->start();
    lab_.world.run_for(hours(1));
  }

  [[nodiscard]] control::PeerView phc() const { return *node_->peer(kPhc); }
  /// Right after a poll, so that no poll has samples from both before and after.
  void run_to_a_poll() {
    const auto before = phc().packets_sent;
    ASSERT_TRUE(lab_.world.run_until([&] { return phc().packets_sent > before; },
                                     lab_.world.now() + minutes(1)));
  }
  std::string events() { return events_of(*node_, "PHC(0)", lab_.world.start()); }

  Lab lab_{1, at_utc(2026, 12, 1)};
  SimNode* node_ = nullptr;
  std::optional<SimPtp> ptp_;
};

TEST_P(HardwareClockFailure, NoFalseTimeIsTakenInADay) {
  const Failure& failure = kFailures[GetParam()];
  ASSERT_TRUE(node_->synchronized());
  ASSERT_GE(phc().selection, kCandidate);
  run_to_a_poll();
  ASSERT_EQ(events(), "");
  const TrueTime begin = lab_.world.now();
  const std::uint64_t logged = node_->host.log.written(LogLevel::Info);
  failure.begin(*node_, ptp_->behaviour);
  const std::uint64_t received = phc().packets_received;
  std::int64_t heap = 0;
  for (int hour = 1; hour <= 24; ++hour) {
    lab_.world.run_for(hours(1));
    ASSERT_TRUE(node_->running()) << node_->host.log.text();
    if (hour == 1) heap = heap_in_use(lab_);
    if (failure.gives != Gives::Time) {
      EXPECT_LT(phc().selection, kCandidate) << "hour " << hour;
    }
  }
  EXPECT_LT(heap_in_use(lab_), heap + kMostGrowth);
  EXPECT_TRUE(node_->synchronized());
  EXPECT_LE(node_->host.recorder.summary({begin, std::nullopt}).maximum, 5e-3);
  EXPECT_TRUE(node_->host.clock.steps().size() <= 1);
  EXPECT_EQ(events(), failure.events) << node_->host.log.text();
  EXPECT_LE(node_->host.log.written(LogLevel::Info) - logged, kMostLines) << node_->host.log.text();
  if (failure.gives == Gives::Nothing) {
    EXPECT_EQ(phc().packets_received, received);
  } else {
    EXPECT_GT(phc().packets_received, received + 10);
  }

  ptp_->behaviour = {};
  node_->host.devices.refused.clear();
  lab_.world.run_for(minutes(30));
  EXPECT_GE(phc().selection, kCandidate) << node_->host.log.text();
  EXPECT_EQ(events(), *failure.events == '\0' ? "" : std::string(failure.events) + " clk_unspec");
}

INSTANTIATE_TEST_SUITE_P(All, HardwareClockFailure, ::testing::Range(0, int{std::size(kFailures)}),
                         [](const auto& parameter) {
                           return std::string(kFailures[parameter.param].name);
                         });

TEST_F(HardwareClockFailure, OneThatComesAndGoesIsToldEachTime) {
  std::string expected;
  run_to_a_poll();
  const TrueTime begin = lab_.world.now();
  std::int64_t heap = 0;
  // It has to be well for hours, or it is one trouble that goes on.
  for (int time = 1; time <= 5; ++time) {
    fail_all(ptp_->behaviour, ENODEV);
    node_->host.devices.refused[SimPtp::kPath] = "No such device";
    lab_.world.run_for(minutes(30));
    EXPECT_LT(phc().selection, kCandidate);
    ptp_->behaviour = {};
    node_->host.devices.refused.clear();
    lab_.world.run_for(minutes(270));
    EXPECT_GE(phc().selection, kCandidate);
    expected += std::string(expected.empty() ? "" : " ") + "clk_fault clk_unspec";
    if (time == 1) heap = heap_in_use(lab_);
  }
  EXPECT_LT(heap_in_use(lab_), heap + kMostGrowth);
  EXPECT_EQ(events(), expected) << node_->host.log.text();
  EXPECT_LE(node_->host.recorder.summary({begin, std::nullopt}).maximum, 5e-3);
}

/// The only source there is: three quarters of its readings are 20 ms off, and none says so but by
/// how long it took.
TEST(HardwareClockAlone, ABoundHoldsWhatSlowReadingsHide) {
  Lab lab(1, at_utc(2026, 12, 1));
  SimNode& node = lab.add_node({"refclock phc unit 0 minpoll 4 maxpoll 4\n", kUsualOscillator, {}});
  SimPtp ptp(lab.world, node.host);
  ptp.behaviour.precise = ENODEV;
  ptp.behaviour.each_call = [calls = 0](Behaviour& each) mutable {
    each.late = ++calls % 32 < 24 ? milliseconds(40) : milliseconds(0);
  };
  node.start();
  int synchronized = 0;
  int outside = 0;
  double worst = 0;
  lab.world.every(seconds(1), [&] {
    if (!node.synchronized()) return;
    const auto system = node.system();
    const double error = std::abs(node.host.clock.error());
    ++synchronized;
    outside += error > system.root_delay / 2 + system.root_dispersion ? 1 : 0;
    worst = std::max(worst, error);
  });
  lab.world.run_for(hours(24));
  EXPECT_GT(synchronized, 80'000);
  EXPECT_EQ(outside, 0);
  EXPECT_GT(worst, 0.015);
  EXPECT_LT(worst, 0.025);
}

}  // namespace
}  // namespace ntp::sim
