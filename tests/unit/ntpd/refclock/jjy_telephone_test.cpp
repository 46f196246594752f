// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/jjy_telephone.h"

#include "tests/unit/ntpd/refclock/serial_bench.h"

namespace ntp::refclock {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;

TEST(JjyPhone, OneOrdinaryNumberIsCalled) {
  for (const char* good : {"042-327-0000", "0,0423270000", "234-567", "9999999999"}) {
    EXPECT_FALSE(jjy_phone_trouble({good})) << good;
  }
  for (const char* bad : {"", "0,", "12345", "04232700001", "042 3270", "1,042327000", "0,0,423270",
                          "ATDT042327000", "110-0000", "119-0000", "123-4567", "090-0000-00",
                          "104-1234", "171-0000", "177-0000", "001-000-000", "0,110-0000"}) {
    EXPECT_TRUE(jjy_phone_trouble({bad})) << bad;
  }
  EXPECT_TRUE(jjy_phone_trouble({}));
  EXPECT_TRUE(jjy_phone_trouble({"042-327-0000", "042-327-0001"}));
}

TEST(JjyLoopOf, LeavesOutTheExtremesAndWhatIsTooLong) {
  using Loops = std::vector<std::optional<Duration>>;
  const auto of = [](const Loops& loops) { return jjy_loop(loops); };
  EXPECT_FALSE(of({}));
  EXPECT_FALSE(of({milliseconds(100), std::nullopt, milliseconds(701), -milliseconds(1)}));
  EXPECT_EQ(of({milliseconds(100), milliseconds(200)})->mean, milliseconds(150));
  EXPECT_EQ(of({milliseconds(100), milliseconds(300), milliseconds(200)})->mean, milliseconds(150));
  EXPECT_EQ(of({milliseconds(400), milliseconds(100), milliseconds(300), milliseconds(200)})->mean,
            milliseconds(250));
  const auto all = of({milliseconds(400), milliseconds(100), milliseconds(300), milliseconds(200),
                       milliseconds(500)});
  EXPECT_EQ(all->mean, milliseconds(300));
  EXPECT_EQ(all->valid, 5);
}

class JjyTelephoneTest : public ::testing::Test {
 protected:
  JjyTelephoneTest() {
    bench_.settings.mode = 100;
    bench_.settings.phones = {"042-000-0000"};
  }
  void start() {
    bench_.start();
    EXPECT_EQ(bench_.port().settings.baud, 2400);
    EXPECT_FALSE(bench_.poll());
  }
  void seconds(int count) {
    for (int i = 0; i < count; ++i) bench_.second();
  }
  /// Says it, and gives what came back.
  std::string said(std::string_view text) {
    bench_.say(text);
    return bench_.written();
  }
  void connect() {
    start();
    std::string modem = bench_.written();
    for (int i = 0; i < 7; ++i) modem += said("\r\nOK\r\n");
    EXPECT_EQ(modem,
              "ATE0Q0V1\r\nATM0L1\r\nAT&K4\r\nAT+MS=V22B\r\nAT%C0\r\nAT\\N0\r\nATH1\r\n"
              "ATDWT042-000-0000\r\n");
    EXPECT_EQ(said("\r\nCONNECT 2400\r\n"), "");
    EXPECT_EQ(said("Name ? "), "TJJY\r");
  }
  telegram::Civil next_second() {
    const auto utc = bench_.next_second();
    return telegram::civil_of(*telegram::utc_of(utc, {}) + hours(9));
  }
  /// The answer to TIME comes so long after each second.
  void tell_times(Duration late = {}) {
    for (int i = 0; i < 3; ++i) {
      const auto c = next_second();
      bench_.advance(late);
      bench_.say(SerialBench::text("%02d%02d%02d\r\n", c.hour, c.minute, c.second));
    }
  }
  std::string date() {
    const auto c = telegram::civil_of(bench_.now.wall + hours(9));
    return SerialBench::text("%04d%02d%02d\r\n>", *c.year, *c.month, *c.day);
  }
  std::optional<Unit::Batch> handed_in() { return bench_.unit->take_handed_in(bench_.now); }

  SerialBench bench_{"jjy"};
};

TEST_F(JjyTelephoneTest, ACallBringsASample) {
  connect();
  EXPECT_EQ(said("Welcome\r\n>"), "TIME\r");
  EXPECT_EQ(said("TIME\r\n"), "");
  tell_times();
  EXPECT_EQ(said(">"), "4DATE\r");
  EXPECT_EQ(said(date()), "LEAPSEC\r");
  EXPECT_EQ(said(" 0\r\n>"), "TIME\r");
  tell_times();
  const auto batch = handed_in();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.25, 1e-9);
  EXPECT_EQ(said(">"), "BYE\r");
  EXPECT_EQ(said("Sayounara\r\n"), "");
  EXPECT_EQ(said("NO CARRIER\r\n"), "ATH0\r\n");
  bench_.tick();
  EXPECT_TRUE(bench_.events.empty());
  EXPECT_THAT(bench_.stats, Contains("JJY Refclock: Telephone JJY"));
  EXPECT_THAT(bench_.stats, Contains("JJY phone=042-000-0000"));
  EXPECT_THAT(bench_.stats, Contains("--> TJJY<CR>"));
  EXPECT_THAT(bench_.stats, Contains("--- * Echoback"));
  EXPECT_THAT(bench_.stats, Contains(HasSubstr(" JST   ( 2026/322 ")));
  EXPECT_THAT(bench_.feed().timecode(), HasSubstr(" JST   ( 2026/322 "));
}

TEST_F(JjyTelephoneTest, TheDelayOfTheLineIsMeasuredByItsLoop) {
  bench_.settings.mode = 140;
  connect();
  EXPECT_EQ(said(">"), "LOOP\r");
  EXPECT_EQ(said(">"), ">");
  for (const int took : {200, 400, 300, 800}) {
    bench_.advance(milliseconds(took));
    EXPECT_EQ(said("noise\r\n"), "");
    EXPECT_EQ(said(">"), ">");
  }
  // The last one gets lost.
  seconds(5);
  EXPECT_EQ(bench_.written(), "COM\r");
  EXPECT_EQ(said("COM\r\n>"), "TIME\r");
  tell_times(milliseconds(100));
  EXPECT_EQ(said(">"), "4DATE\r");
  EXPECT_EQ(said(date()), "LEAPSEC\r");
  EXPECT_EQ(said("+1\r\n>"), "TIME\r");
  tell_times(milliseconds(100));
  const auto batch = handed_in();
  ASSERT_TRUE(batch);
  // 200, 300 and 400 ms without the longest, 40 % of their mean.
  EXPECT_NEAR(batch->offset, 0.25 - 0.1 + 0.1, 1e-9);
  EXPECT_EQ(batch->leap, Leap::None) << "it is November";
  bench_.tick();
  EXPECT_THAT(bench_.stats, Contains("-W- * Loopback delay : 800.000 mSec."));
  EXPECT_THAT(bench_.stats, Contains("-W- * Ignore replay : [noise]"));
  EXPECT_THAT(bench_.stats, Contains("--- * Delay adjustment : 100 mSec. ( valid=3/5 )"));
}

TEST_F(JjyTelephoneTest, FlagsAreThoseOfTheModem) {
  bench_.settings.flags = 15;
  start();
  std::string modem = bench_.written();
  for (int i = 0; i < 7; ++i) modem += said("ERROR\r\n");
  EXPECT_THAT(modem, HasSubstr("ATM2L2\r\n"));
  EXPECT_THAT(modem, HasSubstr("AT\\N3\r\n"));
  EXPECT_THAT(modem, HasSubstr("ATDWP042-000-0000\r\n"));
}

TEST_F(JjyTelephoneTest, ABusyLineIsTriedAgainAtALaterPoll) {
  start();
  for (int i = 0; i < 7; ++i) bench_.say("OK\r\n");
  (void)bench_.written();
  EXPECT_EQ(said("BUSY\r\n"), "ATH0\r\n");
  seconds(64);
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.written(), "") << "calls cost";
  seconds(192);
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.written(), "ATE0Q0V1\r\n");
  seconds(20);
  EXPECT_EQ(bench_.written(), "ATH0\r\n") << "it may be off the hook";
  EXPECT_EQ(bench_.feed().counters().no_reply, 2U);
}

TEST_F(JjyTelephoneTest, WhoLeavesACallHangsUp) {
  connect();
  bench_.unit.reset();
  EXPECT_EQ(bench_.written(), "ATH0\r\n");
  EXPECT_EQ(bench_.port().dtr, false);
}

TEST_F(JjyTelephoneTest, AFaultIsOverWithTheFirstGoodCall) {
  start();
  bench_.port().write_failure = "Input/output error";
  bench_.say("OK\r\n");
  seconds(256);
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Fault});
  bench_.port().write_failure.reset();
  EXPECT_FALSE(bench_.poll());
  for (int i = 0; i < 7; ++i) bench_.say("OK\r\n");
  bench_.say("CONNECT 2400\r\nName ? >");
  tell_times();
  bench_.say(">" + date() + " 0\r\n>");
  tell_times();
  ASSERT_TRUE(handed_in());
  bench_.tick();
  EXPECT_EQ(bench_.events.back(), ClockEvent::Nominal);
}

TEST_F(JjyTelephoneTest, ASilentServiceIsLeft) {
  connect();
  seconds(10);
  EXPECT_EQ(bench_.written(), "\r");
  seconds(50);
  (void)bench_.written();
  // Silence, the sign for commands, and what to do.
  seconds(5);
  EXPECT_EQ(bench_.written(), "+++");
  EXPECT_EQ(said("OK\r\n"), "ATH0\r\n");
  bench_.tick();
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  EXPECT_EQ(said("Name ? >"), "");
}

TEST_F(JjyTelephoneTest, WhatIsNoTimeIsNotUsed) {
  connect();
  (void)said(">");
  bench_.say("256060\r\n");
  bench_.tick();
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::BadTime});
  tell_times();
  EXPECT_EQ(said(">"), "4DATE\r");
  EXPECT_EQ(said("20261340\r\n>"), "LEAPSEC\r");
  EXPECT_EQ(said("07\r\n>"), "TIME\r");
  tell_times();
  EXPECT_FALSE(handed_in());
  EXPECT_EQ(said("?\r\n"), "");
  seconds(5);
  EXPECT_EQ(bench_.written(), "+++");
  bench_.say(std::string(70'000, 'x'));
  seconds(20);
  EXPECT_THAT(bench_.written(), testing::EndsWith("ATH0\r\n"));
  EXPECT_THAT(bench_.stats, Contains("-X- # Invalid date : [20261340]"));
}

TEST_F(JjyTelephoneTest, TimesThatDoNotFollowEachOtherAreNotUsed) {
  connect();
  (void)said(">");
  for (const char* each : {"235957\r\n", "235958\r\n", "235959\r\n>"}) bench_.say(each);
  bench_.say("20261118\r\n>");
  bench_.say(" 0\r\n>");
  for (const char* each : {"000003\r\n", "000004\r\n", "000005\r\n>"}) bench_.say(each);
  EXPECT_FALSE(handed_in());
  EXPECT_FALSE(bench_.feed().has_samples());
}

TEST_F(JjyTelephoneTest, WithoutANumberItIsNotOpened) {
  bench_.settings.phones.clear();
  bench_.start();
  EXPECT_EQ(bench_.port().opened, 0);
  EXPECT_THAT(bench_.log, Contains(HasSubstr("one telephone number")));
  bench_.settings.mode = 181;
  bench_.start();
  EXPECT_THAT(bench_.log, Contains(HasSubstr("there is no subtype 181")));
}

}  // namespace
}  // namespace ntp::refclock
