// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/ntpd/refclock/serial_bench.h"

namespace ntp::refclock {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kSetup = "ATB1&C0&D2E0L1M1Q0V1Y1\r";

class ModemTest : public ::testing::Test {
 protected:
  ModemTest() {
    bench_.settings.mode = 1;
    bench_.settings.phones = {"ATDT1", "ATDT2"};
  }
  void seconds(int count) {
    for (int i = 0; i < count; ++i) bench_.second();
  }
  std::optional<Unit::Batch> handed_in() { return bench_.unit->take_handed_in(bench_.now); }
  /// NIST's line of the next second, whose mark is on time.
  void say_nist(char mark) {
    const auto c = bench_.next_second();
    bench_.say(SerialBench::text("61369 %02d-%02d-%02d %02d:%02d:%02d 00 0 +.1 045.0 UTC(NIST) ",
                                 *c.year % 100, *c.month, *c.day, c.hour, c.minute, c.second));
    bench_.say(std::string(1, mark));
    bench_.say("\r\n");
  }
  SerialBench bench_{"modem"};
};

TEST_F(ModemTest, DialsListensAndHandsInWhatItHeard) {
  bench_.start();
  EXPECT_FALSE(bench_.port().open);
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.written(), kSetup);
  bench_.say("ATB1&C0&D2E0L1M1Q0V1Y1\r\n\r\nOK\r\n");
  EXPECT_EQ(bench_.written(), "ATDT1\r");
  bench_.say("CONNECT 1200\r\n");
  bench_.say("National Institute of Standards and Technology\r\n");
  for (int i = 0; i < 4; ++i) say_nist('*');
  EXPECT_FALSE(bench_.feed().has_samples());
  EXPECT_EQ(bench_.written(), "****");
  for (int i = 0; i < 4; ++i) say_nist('#');
  EXPECT_TRUE(bench_.feed().has_samples());
  EXPECT_EQ(bench_.feed().refid(), RefId::from_text("NIST"));
  seconds(61);
  const auto batch = handed_in();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.25, 1e-9);
  seconds(2);
  EXPECT_FALSE(bench_.port().open);
  EXPECT_EQ(bench_.port().dtr, false);
  EXPECT_THAT(bench_.log, Contains(HasSubstr("DIAL #0 ATDT1")));
  EXPECT_THAT(bench_.stats, Contains(HasSubstr("UTC(NIST)")));
}

TEST_F(ModemTest, TriesTheNextNumber) {
  bench_.start();
  (void)bench_.poll();
  bench_.say("OK\r\n");
  bench_.say("BUSY\r\n");
  (void)bench_.written();
  seconds(29);
  EXPECT_FALSE(bench_.port().open);
  seconds(3);
  EXPECT_TRUE(bench_.port().open);
  bench_.say("OK\r\n");
  EXPECT_THAT(bench_.written(), HasSubstr("ATDT2\r"));
  seconds(61);
  EXPECT_THAT(bench_.log, Contains(HasSubstr("no answer")));
  seconds(60);
  // There is no third.
  EXPECT_FALSE(bench_.port().open);
  EXPECT_EQ(bench_.events.back(), ClockEvent::Timeout);
}

TEST_F(ModemTest, CallsThatAllBringNothingAreOneTrouble) {
  bench_.start();
  for (int i = 0; i < 3; ++i) {
    (void)bench_.poll();
    for (int number = 0; number < 2; ++number) {
      bench_.say("OK\r\n");
      bench_.say("NO CARRIER\r\n");
      seconds(number == 0 ? 32 : 2);
      EXPECT_EQ(bench_.events.empty(), i == 0 && number == 0);
    }
    EXPECT_FALSE(bench_.port().open);
  }
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Timeout});
  EXPECT_EQ(bench_.feed().counters().no_reply, 3U);
}

TEST_F(ModemTest, AFaultIsOverWithTheFirstGoodCall) {
  bench_.start();
  bench_.devices.refused[SerialBench::kPath] = "Device or resource busy";
  (void)bench_.poll();
  bench_.second();
  EXPECT_EQ(bench_.events, std::vector{ClockEvent::Fault});
  bench_.devices.refused.clear();
  seconds(63);
  (void)bench_.poll();
  bench_.say("OK\r\nCONNECT 1200\r\n");
  for (int i = 0; i < 4; ++i) say_nist('#');
  seconds(61);
  ASSERT_TRUE(handed_in());
  bench_.tick();
  EXPECT_EQ(bench_.events.back(), ClockEvent::Nominal);
}

TEST_F(ModemTest, WhoLeavesACallHangsUp) {
  bench_.start();
  (void)bench_.poll();
  EXPECT_EQ(bench_.port().settings.dtr, true);
  bench_.unit.reset();
  EXPECT_EQ(bench_.port().dtr, false);
}

TEST_F(ModemTest, ASilentModemIsGivenUp) {
  bench_.start();
  (void)bench_.poll();
  seconds(4);
  EXPECT_THAT(bench_.log, Contains(HasSubstr("no modem")));
  seconds(2);
  EXPECT_FALSE(bench_.port().open);
  (void)bench_.poll();
  EXPECT_EQ(bench_.port().opened, 2);
}

TEST_F(ModemTest, BackupModeCallsOnlyInNeed) {
  bench_.settings.mode = 0;
  bench_.start();
  bench_.now.others_lead = true;
  (void)bench_.poll();
  EXPECT_EQ(bench_.port().opened, 0);
  bench_.now.others_lead = false;
  (void)bench_.poll();
  EXPECT_EQ(bench_.port().opened, 1);
}

TEST_F(ModemTest, ManualModeCallsByFlag1) {
  bench_.settings.mode = 2;
  bench_.settings.flags = 1 | 2;
  bench_.start();
  (void)bench_.poll();
  EXPECT_EQ(bench_.port().opened, 0);
  bench_.second();
  EXPECT_EQ(bench_.port().opened, 1);
  EXPECT_EQ(bench_.port().settings.lock_file, "/var/spool/lock/LCK..cua0");
}

TEST_F(ModemTest, WithoutNumbersTheDeviceIsAtThePort) {
  bench_.settings.phones.clear();
  bench_.start();
  (void)bench_.poll();
  EXPECT_EQ(bench_.written(), "T");
  const auto c = bench_.next_second();
  bench_.say("\n");
  bench_.advance(std::chrono::milliseconds(30));
  bench_.say(SerialBench::text("  %02d %03d %02d:%02d:%02d.000  S\r\n", *c.year % 100,
                               SerialBench::day_of_year(c), c.hour, c.minute, c.second));
  seconds(61);
  EXPECT_NEAR(handed_in()->offset, 0.25, 1e-9);
  EXPECT_EQ(bench_.feed().refid(), RefId::from_text("GPS"));
}

TEST_F(ModemTest, UsnoIsOnTimeWithTheMarkBehind) {
  bench_.start();
  (void)bench_.poll();
  bench_.say("OK\r\n");
  bench_.say("CONNECT\r\n");
  for (int i = 0; i < 3; ++i) {
    const auto c = bench_.next_second();
    bench_.advance(-std::chrono::milliseconds(300));
    const auto day = std::chrono::sys_days(std::chrono::year(*c.year) / *c.month / *c.day);
    bench_.say(SerialBench::text("%05d %03d %02d%02d%02d UTC\r\n",
                                 static_cast<int>(day.time_since_epoch().count()) + 40587,
                                 SerialBench::day_of_year(c), c.hour, c.minute, c.second));
    bench_.advance(std::chrono::milliseconds(300));
    bench_.say("*\r\n");
  }
  bench_.say("NO CARRIER\r\n");
  seconds(61);
  EXPECT_NEAR(handed_in()->offset, 0.25, 1e-9);
  EXPECT_EQ(bench_.feed().refid(), RefId::from_text("USNO"));
}

TEST_F(ModemTest, NoiseOfTheLineIsPassedOver) {
  bench_.start();
  (void)bench_.poll();
  bench_.say("OK\r\nCONNECT\r\n");
  bench_.say(std::string(70'000, 'x'));
  bench_.say("\r\n" + std::string(50, '~') + "\r\n");
  seconds(61);
  EXPECT_FALSE(handed_in());
  EXPECT_THAT(bench_.log, Contains(HasSubstr("no timecodes")));
}

}  // namespace
}  // namespace ntp::refclock
