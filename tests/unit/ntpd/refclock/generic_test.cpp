// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/generic_clocks.h"

#include "ntpd/refclock/telegram/meinberg_state.h"
#include "tests/unit/ntpd/refclock/serial_bench.h"

namespace ntp::refclock {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class GenericTest : public ::testing::Test {
 protected:
  GenericTest() { bench_.settings.mode = 2; }

  static std::string meinberg(const telegram::Civil& c, const char* signs = "  U ") {
    return SerialBench::text(
        "\x02"
        "D:%02d.%02d.%02d;T:%d;U:%02d.%02d.%02d;%s\x03",
        *c.day, *c.month, *c.year % 100, SerialBench::weekday(c), c.hour, c.minute, c.second,
        signs);
  }
  void say_second(const char* signs = "  U ") {
    const auto civil = bench_.next_second();
    bench_.say(meinberg(civil, signs));
    bench_.tick();
  }
  std::string variable(std::string_view name) {
    for (const auto& each : bench_.unit->variables()) {
      if (each.name == name) return each.text;
    }
    return "-";
  }

  SerialBench bench_{"generic"};
};

TEST_F(GenericTest, TheKindOfClockDecidesOnNameLineAndDelay) {
  bench_.settings.baud = 300;
  bench_.start();
  EXPECT_EQ(bench_.unit->name(), "MEINBERG_C51(0)");
  EXPECT_EQ(bench_.unit->description(), "Meinberg DCF77 C51 or compatible");
  EXPECT_EQ(bench_.feed().refid(), RefId::from_text("DCFa"));
  EXPECT_DOUBLE_EQ(bench_.feed().settings().time1, 0.010);
  const SerialSettings& line = bench_.port().settings;
  EXPECT_EQ(line.data_bits, 7);
  EXPECT_EQ(line.stop_bits, 2);
  EXPECT_EQ(line.parity, Parity::Even);
  EXPECT_FALSE(line.lines);
}

TEST_F(GenericTest, GivesSamplesOfALockedClock) {
  bench_.start();
  for (int i = 0; i < 4; ++i) say_second();
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.25 + 0.010, 1e-9);
  EXPECT_EQ(batch->leap, Leap::None);
  EXPECT_THAT(bench_.feed().timecode(), HasSubstr("\\x02D:"));
  EXPECT_THAT(variable("refclock_status"), "UTC DISPLAY; TIME CODE; (LEAP INDICATION)");
  EXPECT_EQ(variable("refclock_format"), "Meinberg Standard");
  EXPECT_THAT(variable("refclock_states"), HasSubstr("*NOMINAL: 00:00:0"));
  EXPECT_THAT(variable("refclock_time"), HasSubstr(" 2026-11-"));
  EXPECT_EQ(variable("refclock_id"), "DCFa");
}

TEST_F(GenericTest, AClockThatNeverHadASignalIsNotUsed) {
  bench_.start();
  for (int i = 0; i < 4; ++i) say_second("#*U ");
  EXPECT_FALSE(bench_.poll());
  EXPECT_THAT(bench_.events, ElementsAre(ClockEvent::Fault));
  for (int i = 0; i < 12; ++i) {
    say_second(" *U ");
    if (i % 4 != 3) continue;
    EXPECT_FALSE(bench_.poll());
  }
  EXPECT_THAT(bench_.events, ElementsAre(ClockEvent::Fault, ClockEvent::BadSignal));
}

TEST_F(GenericTest, SubtypesThatTrustPowerUpNeedASignalOnce) {
  bench_.settings.mode = 22;
  bench_.start();
  say_second();
  for (int i = 0; i < 4; ++i) say_second("#*U ");
  EXPECT_TRUE(bench_.poll());
}

TEST_F(GenericTest, ALostSignalIsTrustedForItsTime) {
  bench_.settings.flags = 1;
  bench_.settings.time2 = 100;
  bench_.start();
  say_second();
  for (int i = 0; i < 90; ++i) say_second(" *U ");
  EXPECT_TRUE(bench_.poll());
  for (int i = 0; i < 30; ++i) say_second(" *U ");
  (void)bench_.poll();
  for (int i = 0; i < 4; ++i) say_second(" *U ");
  EXPECT_FALSE(bench_.poll());
  say_second();
  EXPECT_TRUE(bench_.poll());
}

TEST_F(GenericTest, AfterASilenceOnlyASignalCounts) {
  bench_.start();
  say_second();
  EXPECT_TRUE(bench_.poll());
  bench_.second();
  EXPECT_FALSE(bench_.poll());
  EXPECT_THAT(bench_.events, Contains(ClockEvent::Timeout));
  say_second(" *U ");
  EXPECT_FALSE(bench_.poll());
  say_second();
  EXPECT_TRUE(bench_.poll());
}

TEST_F(GenericTest, BadTelegramsAreTheirEvents) {
  bench_.start();
  bench_.say(
      "\x02"
      "garbage\x03");
  EXPECT_FALSE(bench_.poll());
  bench_.say(
      "\x02"
      "D:31.11.26;T:3;U:13.04.05;  U \x03");
  bench_.second();
  bench_.say(
      "\x02"
      "D:25.11.26;T:3;U:25.04.05;  U \x03");
  bench_.second();
  // Without a signal before, they are nothing.
  EXPECT_EQ(bench_.feed().counters().bad_format, 2U);
  say_second();
  bench_.say(
      "\x02"
      "D:31.11.26;T:3;U:13.04.05;  U \x03");
  bench_.second();
  EXPECT_EQ(bench_.feed().counters().bad_data, 3U);
  EXPECT_EQ(bench_.events.back(), ClockEvent::BadFormat) << "which is not over";
  bench_.say(std::string(65536, 'x') + "\x02" + std::string(65536, '\x02'));
  EXPECT_TRUE(bench_.poll());
}

TEST_F(GenericTest, LeapIsDeletedWithFlag4) {
  bench_.settings.flags = 8;
  bench_.start();
  say_second("  UA");
  EXPECT_EQ(bench_.poll()->leap, Leap::Delete);
}

TEST_F(GenericTest, AnUnknownSubtypeCanNotBeOpened) {
  bench_.settings.mode = 25;
  bench_.start();
  EXPECT_EQ(bench_.port().opened, 0);
  EXPECT_THAT(bench_.log, Contains(HasSubstr("there is no subtype 25")));
}

TEST_F(GenericTest, APulseTakesTheSamplesOver) {
  bench_.settings.mode = 2 + 128;
  bench_.settings.pps_path = "/dev/pulse";
  auto& pulse = bench_.devices.pulses["/dev/pulse"];
  bench_.start();
  EXPECT_EQ(pulse.captured, PulseEdge::Assert);
  for (std::uint32_t i = 1; i < 5; ++i) {
    const auto civil = bench_.next_second();
    pulse.latest[PulseEdge::Assert] = {.sequence = i,
                                       .at = bench_.now.wall + std::chrono::milliseconds(249)};
    bench_.advance(std::chrono::milliseconds(270));
    bench_.say(meinberg(civil));
    bench_.tick();
  }
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.001, 1e-9);
  EXPECT_TRUE(bench_.feed().pulse());
  say_second();
  EXPECT_FALSE(bench_.feed().pulse());
}

TEST_F(GenericTest, ClocksThatWaitForItAreAsked) {
  for (const auto& [subtype, request] : {std::pair<int, std::string>(24, "BUB8"),
                                         {11, "\r"},
                                         {9, ">SRM;FR_FLAG=F;EC_FLAG=F<>QTM<"}}) {
    SerialBench bench("generic");
    bench.settings.mode = subtype;
    bench.start();
    EXPECT_EQ(bench.written(), "");
    (void)bench.poll();
    EXPECT_THAT(bench.written(), testing::EndsWith(request));
  }
  SerialBench schmid("generic");
  schmid.settings.mode = 4;
  schmid.start();
  schmid.second();
  EXPECT_EQ(schmid.written(), "s");
}

TEST_F(GenericTest, AGpsReceiverOfMeinbergsIsAskedForItsState) {
  bench_.settings.mode = 7;
  bench_.start();
  EXPECT_EQ(bench_.written(), "");
  for (unsigned step = 0; step < 10; ++step) {
    bench_.second();
    EXPECT_EQ(bench_.written(), telegram::meinberg_state_request(step));
    for (int i = 1; i < 6; ++i) bench_.second();
    EXPECT_EQ(bench_.written(), "");
  }
  bench_.say(telegram::meinberg_message(3, std::string("\x01\0", 2)));
  EXPECT_EQ(variable("meinberg_gps_status"),
            "[0x0001] incomplete buffered data: Configuration/Health");
  bench_.say(telegram::meinberg_message(3, std::string("\0\0", 2)));
  EXPECT_EQ(variable("meinberg_gps_status"), "[0x0000] <all buffered data complete>");
  EXPECT_FALSE(bench_.poll()) << "it told no time";
  bench_.settings.mode = 18;
  bench_.start();
  for (int i = 0; i < 10; ++i) bench_.second();
  EXPECT_EQ(bench_.written(), "");
}

TEST_F(GenericTest, RawReceiversLiveOnTheLines) {
  bench_.settings.mode = 16;
  bench_.start();
  EXPECT_EQ(bench_.port().settings.rts, true);
  EXPECT_EQ(bench_.port().settings.dtr, false);
  EXPECT_TRUE(bench_.port().settings.breaks);
  EXPECT_EQ(bench_.port().settings.baud, 50);
}

TEST_F(GenericTest, ADeviceThatVanishesIsOpenedAgain) {
  bench_.start();
  say_second();
  bench_.port().vanish("hung up");
  bench_.second();
  EXPECT_FALSE(bench_.port().open);
  EXPECT_FALSE(bench_.poll());
  for (int i = 0; i < 20; ++i) bench_.second();
  EXPECT_EQ(bench_.port().opened, 2);
  say_second();
  EXPECT_TRUE(bench_.poll());
}

}  // namespace
}  // namespace ntp::refclock
