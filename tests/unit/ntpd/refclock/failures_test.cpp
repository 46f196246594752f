// SPDX-License-Identifier: BSD-2-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <iterator>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/refclock_bench.h"
#include "tests/unit/ntpd/refclock/played_clocks.h"

namespace ntp::refclock {
namespace {

constexpr const char* kPath = "/dev/clock";
constexpr int kDay = 86'400;
constexpr int kPoll = 64;   // s
constexpr int kSpeaks = 4;  // s, from one piece of noise to the next
constexpr std::size_t kMostGrowth = 16'384;
constexpr std::size_t kMostLogKeys = 5;  // each has its line at most once an hour

struct Failure {
  const char* name;
  /// Before the daemon starts, and in each second.
  void (*prepare)(test::RefclockBench&);
  std::string (*noise)(std::mt19937&, int piece);
  /// What the events of the day may be: noise looks like a telegram of one clock, and like nothing
  /// to another.
  std::vector<std::string_view> events;
};

std::string octets(std::mt19937& random, int size, int first, int last) {
  std::string text;
  for (int i = 0; i < size; ++i) {
    text.push_back(static_cast<char>(
        first + static_cast<int>(random() % static_cast<unsigned>(last - first + 1))));
  }
  return text;
}

const std::vector<std::string_view> kNoise{"clk_bad_format", "clk_no_reply",
                                           "clk_no_reply clk_bad_format"};

const Failure kFailures[] = {
    {"Garbage", nullptr, [](std::mt19937& r, int) { return octets(r, 50, 0, 255); }, kNoise},
    {"HalfLines", nullptr,
     [](std::mt19937& r, int) {
       return octets(r, 5 + static_cast<int>(r() % 20), ' ', '~') + "\r\n";
     },
     kNoise},
    {"LineOf64KiB", nullptr,
     [](std::mt19937&, int piece) {
       return piece % 64 == 1 ? std::string(65'536, '1') + "\r\n" : "\r\n";
     },
     kNoise},
    {"Silence", nullptr, nullptr, {"clk_no_reply"}},
    {"Blocks",
     [](auto& bench) { bench.devices.serials[kPath].write_failure = "the port is busy"; },
     nullptr,
     {"clk_fault", "clk_no_reply"}},
    {"Directory",
     [](auto& bench) { bench.devices.refused[kPath] = "Is a directory"; },
     nullptr,
     {"clk_fault"}},
    {"NotPermitted",
     [](auto& bench) { bench.devices.refused[kPath] = "Permission denied"; },
     nullptr,
     {"clk_fault"}},
};

/// What is neither here nor there for some clocks: they have these events, in any order.
struct Exception {
  const char* failure;
  const char* clock;
  std::set<std::string_view> kinds;
  std::size_t most;
  const char* why;
};

const Exception kExceptions[] = {
    {"Garbage",
     "generic 4",
     {"clk_bad_format", "clk_bad_time"},
     30,
     "any eleven octets are a telegram if the last is the sign of its end"},
    {"HalfLines", "generic 4", {"clk_bad_format", "clk_no_reply"}, 2, "one that never ends"},
    {"LineOf64KiB", "generic 4", {"clk_bad_format", "clk_no_reply"}, 2, "one that never ends"},
    {"Garbage", "trimble 1", {"clk_bad_format", "clk_no_reply"}, 5, "frames are seldom"},
    {"HalfLines",
     "arbiter 0",
     {"clk_bad_format", "clk_no_reply"},
     6,
     "mostly the answers to what it is asked first"},
    {"Blocks", "trimble 2", {"clk_fault", "clk_no_reply"}, 2, "only told something at the start"},
    {"Blocks", "trimble 5", {"clk_fault", "clk_no_reply"}, 2, "only told something at the start"},
};

class SerialFailure : public ::testing::TestWithParam<int> {};

/// A simulated day of one failure of one clock.
void live_through(const played::Clock& clock, const Failure& failure) {
  SCOPED_TRACE(played::name_of(clock));
  std::mt19937 random(1);
  test::RefclockBench bench(clock.driver);
  bench.settings.mode = clock.mode;
  bench.settings.path = kPath;
  bench.settings.pps_path = "/dev/pulse";
  bench.settings.phones = {played::phone_of(clock)};
  (void)bench.devices.serials[kPath];
  auto& pulse = bench.devices.pulses["/dev/pulse"];
  if (failure.prepare != nullptr) failure.prepare(bench);
  bench.start();
  std::size_t heap = 0;
  int samples = 0;
  for (int second = 1; second <= kDay; ++second) {
    pulse.latest[PulseEdge::Assert] = {static_cast<std::uint32_t>(second), bench.now.wall};
    auto& port = bench.devices.serials[kPath];
    if (failure.noise != nullptr && second % kSpeaks == 0) {
      const std::string noise = failure.noise(random, second / kSpeaks);
      for (std::size_t at = 0; at < noise.size(); at += 1024) {
        port.send(std::string_view(noise).substr(at, 1024), bench.now.wall);
      }
    }
    bench.second();
    if (second % kPoll == 0 && bench.poll()) ++samples;
    port.written.clear();
    bench.stats.clear();
    bench.log.clear();
    if (second == kDay / 24) heap = mallinfo2().uordblks;
  }
  EXPECT_EQ(samples, 0);
  EXPECT_LT(mallinfo2().uordblks, heap + kMostGrowth);
  EXPECT_LE(bench.log_keys.size(), kMostLogKeys);
  const auto* exception = std::ranges::find_if(kExceptions, [&](const Exception& each) {
    return std::string_view(each.failure) == failure.name &&
           std::string_view(each.clock) == played::name_of(clock);
  });
  if (exception != std::end(kExceptions)) {
    EXPECT_LE(bench.events.size(), exception->most);
    for (const ClockEvent each : bench.events) {
      EXPECT_TRUE(exception->kinds.contains(event_text(each))) << event_text(each);
    }
    return;
  }
  std::string told;
  for (const ClockEvent each : bench.events) {
    told += (told.empty() ? "" : " ") + std::string(event_text(each));
  }
  EXPECT_THAT(failure.events, testing::Contains(told.substr(0, 200)));
}

TEST_P(SerialFailure, GivesNoTimeInADayAndIsToldSeldom) {
  for (const played::Clock& clock : played::all_clocks())
    live_through(clock, kFailures[GetParam()]);
}

INSTANTIATE_TEST_SUITE_P(All, SerialFailure, ::testing::Range(0, int{std::size(kFailures)}),
                         [](const auto& parameter) {
                           return std::string(kFailures[parameter.param].name);
                         });

}  // namespace
}  // namespace ntp::refclock
