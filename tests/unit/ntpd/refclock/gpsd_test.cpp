// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "ntpd/refclock/calendar.h"
#include "ntpd/refclock/gpsd_message.h"
#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kVersion =
    R"({"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14})";
constexpr const char* kOldVersion =
    R"({"class":"VERSION","release":"3.5","rev":"3.5","proto_major":3,"proto_minor":7})";

TEST(GpsdMessage, RefusesWhatIsNoObjectWithAClass) {
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string("{"), std::string("[]"), std::string("{}"),
        std::string("{\"class\":1}"), std::string(8000, '['), std::string(4000, '{')}) {
    EXPECT_FALSE(parse_gpsd(bad)) << bad.substr(0, 20);
  }
  EXPECT_TRUE(parse_gpsd(R"({"class":"SKY"})"));
}

TEST(GpsdMessage, StampsOutOfRangeAreNone) {
  const auto message = parse_gpsd(
      R"({"class":"TOFF","real_sec":1e30,"real_nsec":0,"clock_sec":1,"clock_nsec":1000000000})");
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->real);
  EXPECT_FALSE(message->clock);
}

TEST(GpsdMessage, IsoTime) {
  EXPECT_EQ(parse_iso_time("2026-11-25T01:02:03.500Z"),
            *midnight(2026, 11, 25) + seconds(3723) + milliseconds(500));
  for (const char* bad : {"", "2026-11-25", "2026-11-25T01:02:03", "2026-13-25T01:02:03.5Z",
                          "2026-11-25T25:02:03.5Z", "2026-11-25T01:02:0x.5Z"}) {
    EXPECT_FALSE(parse_iso_time(bad)) << bad;
  }
}

class GpsdTest : public ::testing::Test {
 protected:
  GpsdTest() {
    bench_.settings.flags = 8;
    bench_.settings.path = "/dev/ttyS0";
  }
  test::FakeDevices::Link& link() { return *bench_.devices.links.back(); }
  void say(const std::string& line) {
    link().handlers.on_octets(as_bytes(line + "\r\n"), bench_.now.wall);
  }
  void connect(const char* version = kVersion) {
    bench_.start();
    link().on_connected();
    say(version);
    say(R"({"class":"WATCH","enable":true,"json":true,"device":"/dev/ttyS0"})");
    fix();
  }
  [[nodiscard]] std::string stamps(const char* name, Duration real, Duration clock) const {
    const auto text = [](const char* prefix, Duration time) {
      return '"' + std::string(prefix) + "_sec\":" + std::to_string(time.count() / 1'000'000'000) +
             ",\"" + prefix + "_nsec\":" + std::to_string(time.count() % 1'000'000'000);
    };
    return "{\"class\":\"" + std::string(name) + "\"," + text("real", real) + ',' +
           text("clock", clock) + ",\"precision\":-20}";
  }
  void fix() { say(R"({"class":"TPV","mode":3,"time":"2026-11-25T00:00:00.000Z","ept":0.005})"); }
  void second(Duration text_late, std::optional<Duration> pulse_late) {
    bench_.second();
    const Duration now = bench_.now.wall.time_since_epoch();
    if (pulse_late) say(stamps("PPS", now, now + *pulse_late));
    fix();
    say(stamps("TOFF", now, now + text_late));
  }

  test::RefclockBench bench_{"gpsd"};
};

TEST_F(GpsdTest, AsksForItsDevice) {
  connect();
  EXPECT_EQ(link().remote, (Endpoint{Address::loopback(Family::V4), 2947}));
  EXPECT_EQ(link().sent,
            "?WATCH={\"device\":\"/dev/ttyS0\",\"enable\":true,\"json\":true,\"pps\":true};\r\n");
}

TEST_F(GpsdTest, TextAlone) {
  bench_.settings.time2 = 0.1;
  connect();
  for (int i = 0; i < 8; ++i) second(milliseconds(100), Duration(3000));
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0, 1e-9);
  EXPECT_EQ(bench_.stats.back(), "27 0 0 8 8 8 0");
}

TEST_F(GpsdTest, LinesFromBeforeAStepOfTheClockAreNoSamples) {
  connect();
  second(milliseconds(0), std::nullopt);
  bench_.unit->clock_stepped();
  second(milliseconds(0), std::nullopt);
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  for (int i = 0; i < 4; ++i) second(milliseconds(300), std::nullopt);
  EXPECT_NEAR(bench_.poll()->offset, -0.3, 1e-9);
  EXPECT_TRUE(bench_.events.empty());
}

TEST_F(GpsdTest, StrictWantsThePair) {
  bench_.settings.mode = 1;
  bench_.settings.time2 = 0.1;
  connect();
  for (int i = 0; i < 8; ++i) second(milliseconds(100), Duration(3000));
  EXPECT_NEAR(bench_.poll()->offset, -3e-6, 1e-9);
  EXPECT_EQ(bench_.feed().precision(), -20);
  for (int i = 0; i < 8; ++i) second(milliseconds(100), std::nullopt);
  EXPECT_FALSE(bench_.poll());
}

TEST_F(GpsdTest, AutomaticGoesOnWithoutPulse) {
  bench_.settings.mode = 2;
  connect();
  for (int i = 0; i < 10; ++i) second(milliseconds(100), std::nullopt);
  EXPECT_FALSE(bench_.poll());
  for (int i = 0; i < 8; ++i) second(milliseconds(100), std::nullopt);
  EXPECT_NEAR(bench_.poll()->offset, -0.1, 1e-9);
  for (int i = 0; i < 25; ++i) second(milliseconds(100), Duration(3000));
  bench_.poll();
  for (int i = 0; i < 8; ++i) second(milliseconds(100), Duration(3000));
  EXPECT_NEAR(bench_.poll()->offset, -3e-6, 1e-9);
}

TEST_F(GpsdTest, SecondaryIsThePulse) {
  bench_.settings.unit = 128;
  bench_.settings.flags |= 1;
  bench_.settings.time1 = 1e-6;
  connect();
  for (int i = 0; i < 16; ++i) second(milliseconds(100), Duration(3000));
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, -2e-6, 1e-9);
  EXPECT_TRUE(bench_.feed().pulse());
  for (int i = 0; i < 16; ++i) bench_.second();
  EXPECT_FALSE(bench_.feed().pulse());
  EXPECT_FALSE(bench_.poll());
}

TEST_F(GpsdTest, OldServersHaveTheTimeInTheirReports) {
  bench_.now.wall = *midnight(2026, 11, 25) + milliseconds(100);
  connect(kOldVersion);
  EXPECT_EQ(link().sent.find("pps"), std::string::npos);
  EXPECT_NEAR(bench_.poll()->offset, -0.1, 1e-9);
  EXPECT_EQ(bench_.feed().timecode(), "2026-11-25T00:00:00.000Z");
}

TEST_F(GpsdTest, WithoutAFixThereIsNothing) {
  connect();
  bench_.second();
  say(R"({"class":"TPV","mode":1})");
  const Duration now = bench_.now.wall.time_since_epoch();
  say(stamps("TOFF", now, now));
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.stats.back(), "5 0 1 1 0 0 0");
}

TEST_F(GpsdTest, BadReplies) {
  connect();
  bench_.second();
  say("no JSON");
  say(std::string(8000, '['));
  say(R"({"class":"TOFF","real_sec":"x"})");
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.stats.back(), "4 3 0 1 0 0 0");
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadFormat});
  EXPECT_TRUE(link().open);
}

TEST_F(GpsdTest, AServerWhoseLineDoesNotEndIsLeftAndTriedEverLessOften) {
  connect();
  std::size_t known = 0;
  for (int i = 0; i < 86'400; ++i) {
    if (bench_.devices.links.size() != known) {
      known = bench_.devices.links.size();
      if (known > 1) {
        link().on_connected();
        say(kVersion);
      }
      for (int block = 0; block < 256; ++block) {
        link().handlers.on_octets(as_bytes(std::string(4096, 'x')), bench_.now.wall);
      }
    }
    bench_.second();
    EXPECT_FALSE(link().open && bench_.devices.links.size() == known);
    if (i % 64 == 0) bench_.poll();
  }
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadFormat});
  EXPECT_GT(known, 86'400U / 130);
  EXPECT_LT(known, 86'400U / 115);
  EXPECT_NE(bench_.log.back().find("a line of more than"), std::string::npos) << bench_.log.back();
  // A gpsd is believed at once.
  while (bench_.devices.links.size() == known) bench_.second();
  link().on_connected();
  say(kVersion);
  fix();
  second(milliseconds(100), std::nullopt);
  EXPECT_TRUE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Nominal);
}

TEST_F(GpsdTest, SilentAndClosedConnectionsAreMadeAnew) {
  connect();
  const std::size_t first = link().sent.size();
  for (int i = 0; i < 6; ++i) bench_.second();
  EXPECT_EQ(link().sent.substr(first), "?VERSION;\r\n");
  for (int i = 0; i < 4; ++i) bench_.second();
  EXPECT_FALSE(link().open);
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  for (int i = 0; i < 15; ++i) bench_.second();
  ASSERT_EQ(bench_.devices.links.size(), 2U);
  EXPECT_EQ(link().remote.address, Address::loopback(Family::V6));
  link().handlers.on_closed("Connection refused");
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Fault);
  for (int i = 0; i < 300; ++i) bench_.second();
  EXPECT_LT(bench_.devices.links.size(), 20U);
  EXPECT_GT(bench_.devices.links.size(), 4U);
}

}  // namespace
}  // namespace ntp::refclock
