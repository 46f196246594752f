// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/unit.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

#include "libntp/config/text.h"
#include "ntpd/refclock/early_units.h"
#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

using std::chrono::seconds;

TEST(Registry, NamesItsDrivers) {
  for (const char* name : {"local", "nmea", "pps", "shm", "gpsd", "phc", "sock"}) {
    const DriverInfo* info = find_driver(name);
    ASSERT_NE(info, nullptr) << name;
    EXPECT_NE(built_in_drivers().find(name), std::string::npos);
    EXPECT_EQ(config::to_lower(info->name), name);
    EXPECT_EQ(config::driver_type(name), info->number);
  }
  EXPECT_EQ(find_driver("sundial"), nullptr);
}

TEST(LocalDriver, FollowsTheKernelWithFlag1) {
  test::RefclockBench bench("local");
  bench.settings.flags = 1;
  bench.start();
  EXPECT_EQ(bench.poll()->root_dispersion, 0);
  bench.devices.leap = Leap::Insert;
  EXPECT_EQ(bench.poll()->leap, Leap::Insert);
  bench.devices.leap = Leap::Unsynchronized;
  EXPECT_FALSE(bench.poll());
  bench.settings.flags = 0;
  bench.start();
  const auto batch = bench.poll();
  EXPECT_EQ(batch->leap, Leap::None);
  EXPECT_EQ(batch->root_dispersion, 0.01);
}

TEST(Unit, WhatIsBeyondBeliefIsNotUsedOnceTheTimeIsKnown) {
  test::RefclockBench bench("shm");
  bench.start();
  const auto write = [&](std::int64_t ahead) {
    ShmSegment& segment = *bench.devices.segments[0];
    const std::int64_t now = bench.now.wall.time_since_epoch().count() / 1'000'000'000;
    segment.receive_sec = now;
    segment.clock_sec = now + ahead;
    segment.valid = 1;
    bench.tick();
  };
  write(1001);
  EXPECT_FALSE(bench.poll());
  EXPECT_EQ(bench.events, std::vector{ClockEvent::BadDate});
  EXPECT_EQ(bench.log.size(), 1U);
  write(999);
  EXPECT_TRUE(bench.poll());
  bench.now.synchronized = false;
  write(1001);
  EXPECT_TRUE(bench.poll());
}

using Events = std::vector<ClockEvent>;

/// What is told of a clock whose polls all have samples.
class Health : public ::testing::Test {
 protected:
  /// The events of so many polls, before each of which these troubles are reported in turns.
  Events polls(int count, const Events& troubles) {
    for (int i = 0; i < count; ++i) {
      for (int j = 0; j < 10; ++j) {
        for (const ClockEvent each : troubles) feed_.report(each);
      }
      now_ += std::chrono::minutes(1);
      if (feed_.take_health(true, now_) && feed_.status() != ClockEvent::Nominal) {
        feed_.report(ClockEvent::Nominal);
      }
    }
    Events events;
    for (const News& each : feed_.take_news()) {
      if (const auto* change = std::get_if<StateChange>(&each)) events.push_back(change->event);
    }
    return events;
  }

  config::SourceSettings settings_;
  Feed feed_{settings_};
  MonoTime now_{};
};

TEST_F(Health, TroublesInTurnsAreOne) {
  EXPECT_EQ(polls(100, {ClockEvent::BadDate, ClockEvent::BadFormat, ClockEvent::BadSignal}),
            Events{ClockEvent::BadDate});
  EXPECT_EQ(polls(100, {ClockEvent::BadDate}), Events{});
  EXPECT_EQ(polls(2, {}), Events{ClockEvent::Nominal});
}

TEST_F(Health, AnotherTroubleIsToldOnceTheFirstIsOver) {
  (void)polls(3, {ClockEvent::BadSignal});
  // It may be both; and later two in turns, each for longer than a poll.
  for (const int patience : {2, 4, 8, 16, 32, 64, 120, 120}) {
    for (const auto each : {ClockEvent::Fault, ClockEvent::BadSignal}) {
      if (feed_.status() == each) continue;
      EXPECT_EQ(polls(patience, {each}), Events{}) << patience;
      EXPECT_EQ(polls(1, {each}), Events{each});
      break;
    }
  }
}

TEST(HealthOfADay, AnotherTroubleAtEachPollIsToldOnceAnHourAtMost) {
  for (const int poll : {1, 8, 16, 64, 1024}) {
    const config::SourceSettings settings;
    Feed feed(settings);
    MonoTime now{};
    int events = 0;
    for (int second = 0; second < 86400; second += poll) {
      now += seconds(poll);
      const bool is_format = feed.status() == ClockEvent::BadFormat;
      feed.report(is_format ? ClockEvent::BadTime : ClockEvent::BadFormat);
      (void)feed.take_health(true, now);
      events += static_cast<int>(feed.take_news().size());
    }
    EXPECT_LE(events, 24) << poll;
    EXPECT_GE(events, 11) << poll;
  }
}

TEST_F(Health, ADeviceThatIsBackAndSilentIsToldAfterTwo) {
  feed_.report(ClockEvent::Fault);
  feed_.device_is_back();
  EXPECT_EQ(polls(1, {}), Events{ClockEvent::Fault});
  EXPECT_EQ(polls(1, {ClockEvent::Timeout}), Events{});
  EXPECT_EQ(polls(1, {ClockEvent::Timeout}), Events{ClockEvent::Timeout});
}

TEST_F(Health, SilencesAreToldAfterEight) {
  (void)polls(1, {ClockEvent::BadFormat});
  EXPECT_EQ(polls(7, {ClockEvent::Timeout}), Events{}) << "however many in a poll";
  EXPECT_EQ(polls(1, {ClockEvent::Timeout}), Events{ClockEvent::Timeout});
}

TEST_F(Health, WhoRelapsesIsWellLaterEachTime) {
  for (const int minutes : {0, 4, 8, 16, 32, 64, 120, 120}) {
    EXPECT_EQ(polls(1, {ClockEvent::BadFormat}), Events{ClockEvent::BadFormat});
    EXPECT_EQ(polls(minutes, {}), Events{});
    EXPECT_EQ(polls(1, {}), Events{ClockEvent::Nominal});
  }
  EXPECT_EQ(polls(240, {}), Events{});
  EXPECT_EQ(polls(1, {ClockEvent::BadFormat}), Events{ClockEvent::BadFormat});
  EXPECT_EQ(polls(1, {}), Events{ClockEvent::Nominal});
}

TEST(Unit, ManyLinesHideNoEvent) {
  config::SourceSettings settings;
  Feed feed(settings);
  for (int i = 0; i < 200; ++i) feed.stats("a line");
  feed.report(ClockEvent::BadFormat);
  feed.log(LogLevel::Error, "key", "text");
  const auto news = feed.take_news();
  EXPECT_EQ(news.size(), 66U);
  EXPECT_TRUE(std::holds_alternative<StateChange>(news[64]));
}

TEST(Earlier, StaysWithinTheRangeOfTime) {
  const WallTime last = *wall_time(8'589'934'592, 0);
  EXPECT_GT(earlier(last, -1e18), last);
  EXPECT_LT(earlier(WallTime{}, 1e18), WallTime{});
  EXPECT_EQ(earlier(last, 1.5), last - std::chrono::milliseconds(1500));
}

TEST(Unit, NewsOfASecondAreBounded) {
  config::SourceSettings settings;
  Feed feed(settings);
  for (int i = 0; i < 10'000; ++i) {
    feed.stats("a line");
    feed.log(LogLevel::Error, std::to_string(i), "text");
    feed.report(i % 2 == 0 ? ClockEvent::Timeout : ClockEvent::BadFormat);
  }
  EXPECT_LE(feed.take_news().size(), 82U);
  EXPECT_EQ(feed.counters().reports, 15);
  feed.timecode(std::string(65536, '\1'));
  EXPECT_EQ(feed.timecode(), std::string(127, '.'));
}

TEST(EarlyUnits, AreOpenWhenTheyAreTaken) {
  test::FakeDevices devices;
  config::SourceSettings settings;
  settings.type = config::SourceType::Refclock;
  settings.driver = "shm";
  settings.unit = 3;
  EarlyUnits early;
  early.open({settings}, devices, {});
  EXPECT_TRUE(devices.segments.contains(3));
  settings.unit = 4;
  EXPECT_EQ(early.take(settings), nullptr);
  settings.unit = 3;
  const auto unit = early.take(settings);
  ASSERT_NE(unit, nullptr);
  EXPECT_TRUE(unit->is_open());
  EXPECT_EQ(early.take(settings), nullptr);
}

/// A day of what no device should send; memory is as it was after the first hours.
class RefclockDay : public ::testing::Test {
 protected:
  void spend(test::RefclockBench& bench, const std::function<void(int second)>& send) {
    bench.start();
    std::size_t settled = 0;
    for (int second = 0; second < 86'400; ++second) {
      send(second);
      bench.second();
      if (second % 8 == 7) bench.poll();
      if (second % 600 == 599) {
        bench.events.clear();
        bench.stats.clear();
        bench.log.clear();
      }
      if (second == 7199) settled = mallinfo2().uordblks;
    }
    const std::size_t end = mallinfo2().uordblks;
    EXPECT_LE(end, settled + 16'384);
  }
};

TEST_F(RefclockDay, OfGarbageAtASerialPort) {
  test::RefclockBench bench("nmea");
  auto& port = bench.devices.serials["/dev/gps0"];
  spend(bench, [&](int second) {
    switch (second % 6) {
      case 0:
        return port.send(std::string(4096, static_cast<char>(second)), bench.now.wall);
      case 1:
        return port.send("$GPRMC,120000,A,,,,,,,2511", bench.now.wall);
      case 2:
        return port.send("26,,*00\r\n", bench.now.wall);
      case 3:
        return port.vanish("Input/output error");
      case 4:
        bench.devices.failure = "/dev/gps0: Permission denied";
        return;
      default:
        bench.devices.failure.reset();
    }
  });
  EXPECT_FALSE(bench.unit->poll(bench.now));
}

TEST_F(RefclockDay, OfNonsenseFromGpsd) {
  test::RefclockBench bench("gpsd");
  spend(bench, [&](int second) {
    if (bench.devices.links.size() > 1) {
      bench.devices.links.erase(bench.devices.links.begin(), bench.devices.links.end() - 1);
    }
    auto& link = *bench.devices.links.back();
    link.sent.clear();
    if (!link.open) return;
    link.on_connected();
    switch (second % 5) {
      case 0:
        return link.handlers.on_octets(as_bytes(std::string(4096, 'x')), bench.now.wall);
      case 1:
        return link.handlers.on_octets(as_bytes(std::string(4000, '[') + '\n'), bench.now.wall);
      case 2:
        return link.handlers.on_octets(as_bytes("{\"class\":\"VERSION\"}\n"), bench.now.wall);
      case 3:
        return link.handlers.on_closed("Connection reset by peer");
      default:
        return;
    }
  });
  EXPECT_FALSE(bench.unit->poll(bench.now));
}

TEST_F(RefclockDay, OfAFailingPulse) {
  test::RefclockBench bench("pps");
  auto& pulses = bench.devices.pulses["/dev/pps0"];
  spend(bench, [&](int second) {
    pulses.failure =
        second % 20 < 10 ? std::optional<std::string>("Input/output error") : std::nullopt;
    pulses.latest[PulseEdge::Assert] = {static_cast<std::uint32_t>(second),
                                        bench.now.wall + Duration(second * 7'919'000'003LL)};
  });
}

}  // namespace
}  // namespace ntp::refclock
