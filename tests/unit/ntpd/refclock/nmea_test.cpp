// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <cstdio>

#include "ntpd/refclock/calendar.h"
#include "ntpd/refclock/nmea_sentence.h"
#include "tests/support/refclock_bench.h"

namespace ntp::refclock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string with_checksum(const std::string& body) {
  unsigned sum = 0;
  for (const char c : body) sum ^= static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "*%02X", sum);
  return '$' + body + text;
}

TEST(NmeaSentence, FramingIsStrict) {
  EXPECT_TRUE(parse_nmea(with_checksum("GPRMC,1")));
  EXPECT_TRUE(parse_nmea("$GPGGA,1,2"));
  for (const char* bad :
       {"", "$", "GPRMC,1", "$GPRM,1", "$gprmc,1", "$GPRMC", "$1GPRMC,1", "$GPRMC,1*00",
        "$GPRMC,1*7", "$GPRMC,1*7f", "$GPRMC,1*", "$GP*MC,1", "$,,,,,", "*55"}) {
    EXPECT_FALSE(parse_nmea(bad)) << bad;
  }
  EXPECT_FALSE(parse_nmea(with_checksum("GPRMC," + std::string(80, '1'))));
  EXPECT_FALSE(parse_nmea(with_checksum("GPRMC," + std::string(40, ','))));
}

TEST(Calendar, RefusesWhatIsNoTimeOrDate) {
  for (const char* bad :
       {"", "12", "240000", "126000", "123460", "123461", "12345a", "123456x", "123456.a"}) {
    EXPECT_FALSE(parse_time_of_day(bad)) << bad;
  }
  EXPECT_EQ(parse_time_of_day("235960"), std::chrono::hours(24));
  EXPECT_EQ(parse_time_of_day("010203.25"), seconds(3723) + milliseconds(250));
  EXPECT_FALSE(midnight(2027, 2, 29));
  EXPECT_FALSE(midnight(2027, 13, 1));
  EXPECT_FALSE(midnight(2027, 0, 1));
  EXPECT_FALSE(midnight(99999, 1, 1));
  EXPECT_FALSE(midnight(2027, -1, -1));
  EXPECT_EQ(midnight(2026, 329), midnight(2026, 11, 25));
  EXPECT_FALSE(midnight(2026, 366));
}

TEST(Calendar, WeekRolloverIsRepaired) {
  WallTime time = *midnight(2026, 11, 25);
  EXPECT_EQ(repair_week_rollover(time), 0);
  const WallTime good = time;
  time -= std::chrono::weeks(1024);
  EXPECT_EQ(repair_week_rollover(time), 1);
  EXPECT_EQ(time, good);
  time -= 2 * Duration(std::chrono::weeks(1024));
  EXPECT_EQ(repair_week_rollover(time), 2);
  EXPECT_EQ(time, good);
}

class NmeaTest : public ::testing::Test {
 protected:
  NmeaTest() {
    bench_.now.wall = *midnight(2026, 11, 25) + std::chrono::hours(12);
    (void)port();
  }
  test::FakeDevices::Serial& port() { return bench_.devices.serials["/dev/gps0"]; }
  test::FakeDevices::Pulses& pulses() { return bench_.devices.pulses["/dev/gpspps0"]; }

  /// What the receiver's sentence would be for the second that begins now.
  [[nodiscard]] std::string clock() const {
    const auto of_day =
        std::chrono::floor<seconds>(bench_.now.wall.time_since_epoch()) % std::chrono::days(1);
    char text[16];
    std::snprintf(text, sizeof text, "%02d%02d%02d", static_cast<int>(of_day.count() / 3600),
                  static_cast<int>(of_day.count() / 60 % 60),
                  static_cast<int>(of_day.count() % 60));
    return text;
  }
  [[nodiscard]] std::string rmc(const std::string& date = "251126", char status = 'A') const {
    return with_checksum("GPRMC," + clock() + ',' + status +
                         ",4807.038,N,01131.000,E,022.4,084.4," + date + ",003.1,W");
  }
  /// A sentence, which ends so long after its second.
  void send(const std::string& line, Duration late = milliseconds(50)) {
    port().send(line + "\r\n", bench_.now.wall + late);
  }
  void second() {
    bench_.advance(seconds(1));
    bench_.tick();
  }

  test::RefclockBench bench_{"nmea"};
};

TEST_F(NmeaTest, EndOfLineIsOnTime) {
  bench_.settings.time2 = 0.05;
  bench_.settings.mode = 0x10000;
  bench_.start();
  EXPECT_EQ(port().settings.baud, 4800);
  for (int i = 0; i < 8; ++i) {
    second();
    send(rmc());
    send(with_checksum("GPGSV,1,1,00"));
  }
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0, 1e-9);
  EXPECT_EQ(bench_.feed().timecode(), rmc());
  EXPECT_EQ(bench_.stats.back(), rmc() + "  16 8 0 0 0 0");
  EXPECT_FALSE(bench_.feed().pulse());
}

TEST_F(NmeaTest, RatesAreThoseOfModeAndBaud) {
  bench_.settings.mode = 0x50;
  bench_.start();
  EXPECT_EQ(port().settings.baud, 115200);
  bench_.settings.baud = 38400;
  bench_.start();
  EXPECT_EQ(port().settings.baud, 38400);
}

TEST_F(NmeaTest, EachSentenceThatHasTheTimeIsRead) {
  bench_.settings.time2 = 0.05;
  bench_.start();
  const std::string position = "4807.038,N,01131.000,E";
  second();
  send(with_checksum("GPGGA," + clock() + ".00," + position + ",1,08,0.9,545.4,M,46.9,M,,"));
  second();
  send(with_checksum("GPGLL," + position + ',' + clock() + ",A"));
  second();
  send(with_checksum("GPZDA," + clock() + ".00,25,11,2026,00,00"));
  second();
  send(with_checksum("PGRMF,1,2,251126," + clock() + ",18," + position + ",A,1,0,0,1,1"));
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0, 1e-9);
  EXPECT_EQ(bench_.feed().counters().bad_data, 0U);
}

TEST_F(NmeaTest, ModeSelectsSentencesAndTheFirstOfASecondCounts) {
  bench_.settings.mode = 0x10008;
  bench_.start();
  second();
  send(rmc());
  send(with_checksum("GPZDA," + clock() + ",25,11,2026,00,00"));
  send(with_checksum("GLZDA," + clock() + ",25,11,2026,00,00"));
  ASSERT_TRUE(bench_.poll());
  EXPECT_TRUE(bench_.stats.back().ends_with("  3 1 0 0 2 0")) << bench_.stats.back();
}

TEST_F(NmeaTest, GpsTimeSticksOnceItWasSeen) {
  bench_.settings.time2 = 0.05;
  bench_.start();
  second();
  bench_.advance(seconds(1));  // it tells of the pulse to come
  const std::string next = clock();
  bench_.advance(-seconds(1));
  send(with_checksum("GPZDG," + next + ".0,25,11,2026,03.00,2"));
  second();
  send(rmc());
  EXPECT_NEAR(bench_.poll()->offset, 0, 1e-9);
  second();
  send(rmc());
  EXPECT_FALSE(bench_.poll());
  ASSERT_EQ(bench_.log.size(), 1U);
}

TEST_F(NmeaTest, WithoutAFixThereIsNoSample) {
  bench_.start();
  second();
  send(rmc("251126", 'V'));
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events.front(), ClockEvent::BadFormat);
}

TEST_F(NmeaTest, GarbageIsCountedAndDoesNoHarm) {
  bench_.start();
  second();
  const auto send_raw = [&](const std::string& text) { port().send(text, bench_.now.wall); };
  send("$GPRMC,120000,A,,,,,,,251126,,*00");
  EXPECT_EQ(bench_.feed().counters().bad_format, 1U);
  send(with_checksum("GPRMC,996199,A,,,,,,,251126,,"));
  EXPECT_EQ(bench_.feed().counters().bad_data, 1U);
  send(with_checksum("GPRMC," + clock() + ",A,,,,,,,310226,,"));
  EXPECT_EQ(bench_.feed().counters().bad_data, 2U);
  send("$GPRMC," + clock() + ",A,,,,,,,251126,,");  // no checksum
  EXPECT_EQ(bench_.feed().counters().bad_format, 2U);
  EXPECT_EQ(bench_.feed().status(), ClockEvent::BadFormat);
  send_raw("$GPRMC,1200");            // half a line
  send_raw(std::string(65536, 'x'));  // and no end
  send_raw("\n\n\n");
  send_raw(std::string("\0\xff\x80$GP\0RMC,\n", 12));
  EXPECT_FALSE(bench_.poll());
  second();
  send(rmc());
  EXPECT_TRUE(bench_.poll());
}

TEST_F(NmeaTest, ADateOf1024WeeksAgoIsRepaired) {
  bench_.settings.time2 = 0.05;
  bench_.start();
  second();
  send(rmc("110407"));  // 2026-11-25 less 1024 weeks
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0, 1e-9);
  EXPECT_EQ(bench_.log,
            std::vector<std::string>{"REFCLOCK: NMEA(0) date advanced by 1024 weeks, WNRO"});
}

TEST_F(NmeaTest, ALeapSecondGivesNoSampleAndIsNoneWithinAMonth) {
  bench_.now.wall = *midnight(2027, 1, 1);
  bench_.start();
  const auto leap = [](const std::string& date) {
    return with_checksum("GPRMC,235960,A,4807.038,N,01131.000,E,022.4,084.4," + date + ",003.1,W");
  };
  send(leap("311226"));
  EXPECT_FALSE(bench_.feed().has_samples());
  send(rmc("010127"));
  EXPECT_TRUE(bench_.poll());
  EXPECT_TRUE(bench_.events.empty());
  send(leap("301226"));
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadTime});
}

TEST_F(NmeaTest, PositionIsHiddenWithFlag4) {
  bench_.settings.flags = 8;
  bench_.start();
  second();
  send(rmc());
  bench_.poll();
  EXPECT_EQ(bench_.stats.back(),
            "$GPRMC," + clock() + ",A,____.___,_,_____.___,_,022.4,084.4,251126,003.1,W*__");
}

TEST_F(NmeaTest, PulseGivesTheStamp) {
  bench_.settings.flags = 1;
  bench_.settings.time2 = 0.301;
  bench_.settings.mode = 0x10000;
  (void)pulses();
  bench_.start();
  for (std::uint32_t i = 1; i <= 8; ++i) {
    second();
    pulses().latest[PulseEdge::Assert] = {i, bench_.now.wall + Duration(2000)};
    send(rmc(), milliseconds(300));
  }
  auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, -2e-6, 1e-12);
  EXPECT_TRUE(bench_.feed().pulse());
  EXPECT_EQ(bench_.feed().precision(), -20);
  EXPECT_TRUE(bench_.stats.back().ends_with("  8 8 0 0 0 8"));
  // Without pulse the text goes on alone, and says so.
  for (int i = 0; i < 4; ++i) {
    second();
    send(rmc(), milliseconds(300));
  }
  bench_.poll();
  for (int i = 0; i < 4; ++i) {
    second();
    send(rmc(), milliseconds(300));
  }
  batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.001, 1e-9);
  EXPECT_FALSE(bench_.feed().pulse());
  EXPECT_EQ(bench_.feed().precision(), -9);
}

TEST_F(NmeaTest, AStepOfTheClockMakesNoGlitches) {
  bench_.settings.flags = 1;
  bench_.settings.time2 = 0.3;
  (void)pulses();
  bench_.start();
  std::uint32_t sequence = 0;
  const auto pulse = [&](Duration late) {
    pulses().latest[PulseEdge::Assert] = {++sequence, bench_.now.wall + late};
  };
  for (int i = 0; i < 8; ++i) {
    second();
    pulse(Duration(0));
    send(rmc(), milliseconds(300));
  }
  EXPECT_NEAR(bench_.poll()->offset, 0, 1e-9);
  bench_.advance(seconds(1));
  pulse(Duration(0));
  // By 0.2 s, before the sentence of this second.
  bench_.unit->clock_stepped();
  send(rmc(), milliseconds(500));
  bench_.tick();
  for (int i = 0; i < 8; ++i) {
    second();
    pulse(milliseconds(200));
    send(rmc(), milliseconds(500));
  }
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, -0.2, 1e-9);
  EXPECT_LT(batch->jitter, 1e-6);
  EXPECT_TRUE(bench_.feed().pulse());
  EXPECT_TRUE(bench_.events.empty());
}

TEST_F(NmeaTest, AVanishedPortIsAFaultAndOpenedAgain) {
  bench_.start();
  second();
  port().vanish("the port has hung up");
  second();
  EXPECT_FALSE(port().open);
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Fault});
  EXPECT_EQ(bench_.log.size(), 1U);
  for (int i = 0; i < 10; ++i) second();
  EXPECT_TRUE(port().open);
  EXPECT_EQ(port().opened, 2);
  send(rmc());
  EXPECT_TRUE(bench_.poll());
}

}  // namespace
}  // namespace ntp::refclock
