// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/oncore.h"
#include "ntpd/refclock/telegram/tsip.h"
#include "tests/unit/ntpd/refclock/serial_bench.h"

namespace ntp::refclock {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string hp(const telegram::Civil& c, const char* tail = "30000") {
  std::string body = SerialBench::text("T2%04d%02d%02d%02d%02d%02d%s", *c.year, *c.month, *c.day,
                                       c.hour, c.minute, c.second, tail);
  unsigned sum = 0;
  for (const char ch : body) sum += static_cast<std::uint8_t>(ch);
  return body + SerialBench::text("%02X", sum & 0xff);
}

TEST(HpGps, AsksAgainAfterEachAnswer) {
  SerialBench bench("hpgps");
  bench.start();
  EXPECT_EQ(bench.written(), "*IDN?\r");
  bench.say("HEWLETT-PACKARD,Z3801A,3542A01234,3543A\n");
  EXPECT_EQ(bench.written(), ":PTIME:TCODE?\r");
  for (int i = 0; i < 3; ++i) {
    const auto civil = bench.next_second();
    bench.say("scpi > " + hp(civil) + "\n");
    EXPECT_EQ(bench.written(), ":PTIME:TCODE?\r");
  }
  EXPECT_NEAR(bench.poll()->offset, 0.25, 1e-9);
  const auto civil = bench.next_second();
  bench.say("scpi > " + hp(civil) + "\n");
  bench.tick();
  EXPECT_EQ(bench.stats, (std::vector<std::string>{"HEWLETT-PACKARD,Z3801A,3542A01234,3543A",
                                                   hp(civil) + "  4 0"}));
  EXPECT_EQ(bench.feed().timecode(), hp(civil));
}

TEST(HpGps, SubtypeAndFlagsOfTheManual) {
  SerialBench bench("hpgps");
  bench.settings.mode = 1;
  bench.settings.flags = 4 | 8;
  bench.start();
  EXPECT_EQ(bench.port().settings.baud, 19200);
  EXPECT_EQ(bench.port().settings.data_bits, 7);
  EXPECT_EQ(bench.port().settings.parity, Parity::Odd);
  bench.say("id\n");
  (void)bench.poll();
  (void)bench.written();
  const auto civil = bench.next_second();
  bench.say(hp(civil) + "\n");
  EXPECT_EQ(bench.written(), ":GPS:SAT:TRAC:COUNT?\r");
  bench.say("+8\n");
  bench.say("+1.0E+002,0\n");
  bench.say("+2\n");
  bench.say("+3\n");
  bench.say("+4\n");
  EXPECT_THAT(bench.written(), testing::EndsWith(":SYSTEM:STATUS?\r"));
  bench.say("line one\nSelf Test: OK\n");
  EXPECT_EQ(bench.written(), ":PTIME:TCODE?\r");
  bench.tick();
  EXPECT_THAT(bench.stats, Contains(hp(civil) + "  1 0  +8 +1.0E+002 0 +2 +3 +4"));
  EXPECT_THAT(bench.stats.back(), "\nline one\nSelf Test: OK");
}

TEST(HpGps, ErrorsAndSilence) {
  SerialBench bench("hpgps");
  bench.start();
  bench.say("id\n");
  bench.say("nonsense\n");
  bench.say("E-230> " + std::string(300, 'x') + "\n");
  EXPECT_EQ(bench.feed().counters().bad_format, 2U);
  EXPECT_FALSE(bench.poll());
  (void)bench.written();
  for (int i = 0; i < 6; ++i) bench.second();
  EXPECT_EQ(bench.feed().counters().no_reply, 1U);
  EXPECT_EQ(bench.written(), ":PTIME:TCODE?\r:PTIME:TCODE?\r");
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(bench.poll());
  EXPECT_THAT(bench.events, ElementsAre(ClockEvent::BadFormat, ClockEvent::Timeout));
  (void)bench.written();
  bench.say("E-113> \n");
  EXPECT_EQ(bench.written(), "*CLS\r\r");
  bench.port().write_failure = "Input/output error";
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 6; ++j) bench.second();
    EXPECT_FALSE(bench.poll());
  }
  EXPECT_EQ(bench.events.back(), ClockEvent::Fault) << "the third trouble, of one that goes on";
}

TEST(Spectracom, IsOnTimeWithTheReturnBefore) {
  SerialBench bench("spectracom");
  bench.start();
  for (int i = 0; i < 4; ++i) {
    const auto c = bench.next_second();
    bench.say("\r\n");
    bench.advance(milliseconds(25));
    bench.say(SerialBench::text("  %02d %03d %02d:%02d:%02d.000  S\r\n", *c.year % 100,
                                SerialBench::day_of_year(c), c.hour, c.minute, c.second));
    bench.tick();
  }
  EXPECT_THAT(bench.written(), "TTTT");
  EXPECT_NEAR(bench.poll()->offset, 0.25, 1e-9);
  ASSERT_EQ(bench.stats.size(), 1U);
  EXPECT_EQ(bench.stats[0].size(), 24U);
  EXPECT_FALSE(bench.poll());
  EXPECT_EQ(bench.events.back(), ClockEvent::Timeout);
}

TEST(Spectracom, ReadsTheTableOfQualityAtMidnight) {
  SerialBench bench("spectracom");
  bench.settings.flags = 8;
  bench.start();
  bench.say("\r\n   100 23:59:58 DTZ=00\r\n");
  (void)bench.poll();
  bench.say("\r\n   101 00:00:58 DTZ=00\r\n");
  (void)bench.poll();
  (void)bench.written();
  bench.second();
  EXPECT_EQ(bench.written(), "R");
  bench.say("LOCK HISTORY\r\n");
  bench.second();
  EXPECT_THAT(bench.stats, Contains("LOCK HISTORY"));
}

TEST(Spectracom, AnUnlockedReceiverIsNotUsed) {
  SerialBench bench("spectracom");
  bench.start();
  bench.say("\r\n?  100 23:59:58 DTZ=00\r\n");
  EXPECT_FALSE(bench.poll());
  EXPECT_THAT(bench.events, ElementsAre(ClockEvent::BadSignal));
  for (int i = 0; i < 3; ++i) {
    bench.say("\r\n" + std::string(70'000, 'x') + "\r\n");
    EXPECT_FALSE(bench.poll());
  }
  EXPECT_EQ(bench.events.back(), ClockEvent::BadFormat);
}

TEST(Spectracom, ThePulseTakesOver) {
  SerialBench bench("spectracom");
  bench.settings.flags = 1;
  bench.settings.pps_path = "/dev/pulse";
  auto& pulse = bench.devices.pulses["/dev/pulse"];
  bench.start();
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto c = bench.next_second();
    pulse.latest[PulseEdge::Assert] = {.sequence = i, .at = bench.now.wall + milliseconds(247)};
    bench.say(SerialBench::text("\r\n   %03d %02d:%02d:%02d DTZ=00\r\n",
                                SerialBench::day_of_year(c), c.hour, c.minute, c.second));
    bench.tick();
  }
  EXPECT_TRUE(bench.feed().pulse());
  EXPECT_NEAR(bench.poll()->offset, 0.003, 1e-9);
  (void)bench.poll();
  EXPECT_FALSE(bench.feed().pulse());
}

TEST(Zyfer, Listens) {
  SerialBench bench("zyfer");
  bench.start();
  std::string last;
  for (int i = 0; i < 3; ++i) {
    const auto c = bench.next_second();
    last = SerialBench::text("!TIME,%04d,%03d,%02d,%02d,%02d,2,4,1", *c.year,
                             SerialBench::day_of_year(c), c.hour, c.minute, c.second);
    // In two pieces, of which the first is on time.
    bench.say(last.substr(0, 14));
    bench.advance(milliseconds(20));
    bench.say(last.substr(14));
  }
  EXPECT_NEAR(bench.poll()->offset, 0.25, 1e-9);
  EXPECT_EQ(bench.stats.back(), last);
  EXPECT_EQ(bench.written(), "");
  bench.say("!TIME,2026,329,12,04,05,1,4,1");
  EXPECT_FALSE(bench.poll());
  EXPECT_EQ(bench.events.back(), ClockEvent::BadTime);
}

TEST(Arbiter, AsksThenListens) {
  SerialBench bench("arbiter");
  bench.start();
  EXPECT_EQ(bench.written(), "B0");
  (void)bench.poll();
  EXPECT_EQ(bench.written(), "TQ");
  bench.say("TQ0\n");
  EXPECT_EQ(bench.written(), "SR");
  bench.say("SRV=08 S=10 T=8 P=01.2 E=00\n");
  EXPECT_EQ(bench.written(), "B5");
  bench.say("B5\n");
  std::string code;
  for (int i = 0; i < 2; ++i) {
    const auto c = bench.next_second();
    bench.say("\n");
    // The end of a line is when the next is on time: what comes between is not.
    if (i == 1) bench.say("      \n");
    bench.advance(milliseconds(25));
    code = SerialBench::text("  %02d %03d %02d:%02d:%02d.000   ", *c.year % 100,
                             SerialBench::day_of_year(c), c.hour, c.minute, c.second);
    bench.say(code + "\n");
  }
  EXPECT_THAT(bench.written(), "B0");
  const auto batch = bench.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.25, 1e-9);
  EXPECT_DOUBLE_EQ(batch->root_dispersion, 1e-7);
  EXPECT_EQ(bench.stats.back(), code.substr(0, 22) + "0 V=08 S=10 T=8 P=01.2 E=00");
}

TEST(Arbiter, FindsItsAnswerBehindABroadcastThatWasCutOff) {
  SerialBench bench("arbiter");
  bench.start();
  (void)bench.poll();
  (void)bench.written();
  bench.say("  26 329 12:04:05.000   B0TQ0\n");
  EXPECT_EQ(bench.written(), "SR");
}

TEST(Arbiter, AFaultIsOne) {
  SerialBench bench("arbiter");
  bench.settings.mode = 1;
  bench.start();
  EXPECT_EQ(bench.written(), "O0");
  (void)bench.poll();
  bench.say("TQF\n");
  bench.say("SR\n");
  bench.say("SRx\n");
  EXPECT_THAT(bench.written(), HasSubstr("O5"));
  bench.say("xxx\n");
  bench.say("  26 329 12:04:05.000   \n");
  EXPECT_FALSE(bench.poll());
  EXPECT_EQ(bench.events.back(), ClockEvent::Fault);
  SerialBench wrong("arbiter");
  wrong.settings.mode = 2;
  wrong.start();
  EXPECT_EQ(wrong.port().opened, 0);
}

TEST(TrueTime, FindsOutWhatItIs) {
  SerialBench bench("truetime");
  bench.start();
  EXPECT_EQ(bench.written(), "\x03\rF18\r");
  bench.say("?\n");
  EXPECT_EQ(bench.written(), "PO\r");
  bench.say("N03726428W12209421+000033\n");
  EXPECT_EQ(bench.written(), "MD3\rTSU\rAU\r");
  const auto c = bench.next_second();
  const std::string line = SerialBench::text("%03d:%02d:%02d:%02d ", SerialBench::day_of_year(c),
                                             c.hour, c.minute, c.second);
  bench.say("\x01" + line + "\n");
  bench.second();
  EXPECT_NEAR(bench.poll()->offset, 0.25, 1e-9);
  EXPECT_EQ(bench.stats.back(), line);
}

TEST(TrueTime, SetsUpATmAndKeepsSilentWithFlag1) {
  SerialBench bench("truetime");
  bench.start();
  (void)bench.written();
  bench.say(" TRUETIME XL\n");
  EXPECT_EQ(bench.written(), "F50\r");
  bench.say("F50 x\n");
  EXPECT_EQ(bench.written(), "F51\r");
  bench.say("F51 y\n");
  EXPECT_EQ(bench.written(), "F08\r");
  bench.say("garbage\n");
  EXPECT_FALSE(bench.poll());
  EXPECT_THAT(bench.events, ElementsAre(ClockEvent::BadFormat));

  SerialBench silent("truetime");
  silent.settings.flags = 1;
  silent.start();
  for (int i = 0; i < 4; ++i) (void)silent.poll();
  EXPECT_EQ(silent.written(), "");
  EXPECT_EQ(silent.events.back(), ClockEvent::Timeout);
}

std::string bytes(std::uint64_t value, int count) {
  std::string text;
  for (int i = count; i-- > 0;) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}
std::string twice(double value) { return bytes(std::bit_cast<std::uint64_t>(value), 8); }

class TrimbleTest : public ::testing::Test {
 protected:
  /// The moment of the own clock, as the receiver stamps it.
  std::string event_answer(Duration ahead) const {
    const auto truth = bench_.now.wall + ahead;
    const auto c = telegram::civil_of(truth);
    const double second = c.hour * 3600 + c.minute * 60 + c.second + to_seconds(c.fraction);
    const std::string date = std::string{static_cast<char>(*c.day), static_cast<char>(*c.month)} +
                             bytes(static_cast<unsigned>(*c.year), 2);
    return telegram::tsip_message("\x8f\xad" + bytes(1, 2) + twice(0) + std::string(3, '\0') +
                                  date + "\x0d\x01" + std::string(2, '\0')) +
           telegram::tsip_message("\x8f\x0b" + bytes(1, 2) + twice(second) + date + bytes(0, 1) +
                                  bytes(18, 2) + std::string(56, '\0'));
  }
  SerialBench bench_{"trimble"};
};

TEST_F(TrimbleTest, PalisadeStampsOurEdges) {
  bench_.start();
  EXPECT_EQ(bench_.port().settings.rts, true);
  EXPECT_EQ(bench_.port().settings.parity, Parity::Odd);
  (void)bench_.poll();
  int edges = 0;
  for (int i = 0; i < 20; ++i) {
    bench_.second();
    if (bench_.port().rts == true) {
      ++edges;
      bench_.say(event_answer(milliseconds(123)));
      // An answer that nobody asked for.
      bench_.say(event_answer(milliseconds(999)));
    }
  }
  EXPECT_EQ(edges, 10);
  const auto batch = bench_.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.123, 1e-6);
  EXPECT_EQ(bench_.stats.size(), 1U);
  EXPECT_THAT(bench_.stats[0], StartsWith("2026 322 "));
}

TEST_F(TrimbleTest, Flag3MakesTheEdgeOnTheDataLine) {
  bench_.settings.flags = 4;
  bench_.start();
  (void)bench_.poll();
  bench_.second();
  EXPECT_EQ(bench_.written(), std::string(1, '\0'));
}

TEST_F(TrimbleTest, TooFewSamplesAreNone) {
  bench_.start();
  (void)bench_.poll();
  for (int i = 0; i < 4; ++i) {
    bench_.second();
    bench_.say(event_answer(milliseconds(123)));
  }
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Timeout);
}

TEST_F(TrimbleTest, ThunderboltIsToldToUseUtc) {
  bench_.settings.mode = 2;
  bench_.start();
  EXPECT_EQ(bench_.written(), "\x10\x8e\xa2\x03\x10\x03\x10\x8e\xa5\0\x05\x10\x03"sv);
  (void)bench_.poll();
  for (int i = 0; i < 10; ++i) {
    const auto c = bench_.next_second();
    const auto since = *telegram::utc_of(c, {}) - WallTime(std::chrono::seconds(315'964'800));
    const auto gps = std::chrono::duration_cast<std::chrono::seconds>(since).count() + 18;
    bench_.say(telegram::tsip_message("\x8f\xab" +
                                      bytes(static_cast<std::uint64_t>(gps % 604800), 4) +
                                      bytes(static_cast<std::uint64_t>(gps / 604800 % 1024), 2) +
                                      bytes(18, 2) + "\x03" + std::string(7, '\0')));
    bench_.advance(milliseconds(100));
    bench_.say(telegram::tsip_message("\x8f\xac\x07" + std::string(66, '\0')));
  }
  EXPECT_NEAR(bench_.poll()->offset, 0.25, 1e-9);
}

TEST_F(TrimbleTest, AnUnknownSubtypeCanNotBeOpened) {
  bench_.settings.mode = 4;
  bench_.start();
  EXPECT_EQ(bench_.port().opened, 0);
}

TEST(Oncore, NumbersThePulse) {
  SerialBench bench("oncore");
  bench.settings.pps_path = "/dev/pulse";
  auto& pulse = bench.devices.pulses["/dev/pulse"];
  bench.start();
  EXPECT_THAT(bench.written(), StartsWith(telegram::oncore_message("Cj")));
  bench.say(telegram::oncore_message("Cj" + std::string(285, 'x') + "\r\n"));
  for (std::uint32_t i = 0; i < 12; ++i) {
    const auto c = bench.next_second();
    pulse.latest[PulseEdge::Assert] = {.sequence = i, .at = bench.now.wall};
    bench.advance(milliseconds(60));
    std::string body = "Ea" + std::string{static_cast<char>(*c.month), static_cast<char>(*c.day)} +
                       bytes(static_cast<unsigned>(*c.year), 2) +
                       std::string{static_cast<char>(c.hour), static_cast<char>(c.minute),
                                   static_cast<char>(c.second)};
    body.resize(71, '\0');
    bench.say(telegram::oncore_message(body));
    bench.tick();
  }
  const auto batch = bench.poll();
  ASSERT_TRUE(batch);
  EXPECT_NEAR(batch->offset, 0.25, 1e-9);
  EXPECT_TRUE(bench.feed().pulse());
  EXPECT_THAT(bench.stats, Contains(HasSubstr("Using        chan = 8")));
  EXPECT_THAT(bench.stats.back(), HasSubstr("rstat 00 dop  0.0 nsat  0,0 traim 0"));
  EXPECT_THAT(bench.written(), HasSubstr(telegram::oncore_message("Aw\x01")));
}

TEST(Oncore, NeedsAPulse) {
  SerialBench bench("oncore");
  bench.settings.pps_path = "/dev/none";
  bench.start();
  EXPECT_EQ(bench.port().opened, 0);
  EXPECT_THAT(bench.log, Contains(HasSubstr("/dev/none")));
}

std::string date_of(const telegram::Civil& c) {
  return SerialBench::text("%04d/%02d/%02d", *c.year, *c.month, *c.day);
}
std::string time_of(const telegram::Civil& c) {
  return SerialBench::text("%02d:%02d:%02d", c.hour, c.minute, c.second);
}

class JjyTest : public ::testing::Test {
 protected:
  /// The next second, in Japan.
  telegram::Civil next_second() {
    const auto c = bench_.next_second();
    return telegram::civil_of(*telegram::utc_of(c, {}) + std::chrono::hours(9));
  }
  SerialBench bench_{"jjy"};
};

TEST_F(JjyTest, TalksToATristate) {
  bench_.settings.mode = 1;
  bench_.settings.flags = 1;
  bench_.start();
  (void)bench_.poll();
  EXPECT_EQ(bench_.written(), "dcst\r\n");
  bench_.say("valid\r\n");
  bench_.say("adjusted\r\n");
  EXPECT_EQ(bench_.written(), "stus\r\ntime\r\n");
  auto c = next_second();
  bench_.say(time_of(c) + "\r\n");
  EXPECT_EQ(bench_.written(), "date\r\n");
  bench_.say(date_of(c) + " WED\r\n");
  EXPECT_EQ(bench_.written(), "stim\r\n");
  c = next_second();
  bench_.say(time_of(c) + "\r\n");
  EXPECT_NEAR(bench_.poll()->offset, 0.25, 1e-9);
  EXPECT_THAT(bench_.stats, Contains("JJY Refclock: Tristate Ltd. TS-JJY01, TS-JJY02"));
  EXPECT_THAT(bench_.stats, Contains("--> dcst<CR><LF>"));
  EXPECT_THAT(bench_.stats, Contains("<-- valid"));
  EXPECT_THAT(bench_.stats, Contains(HasSubstr(" JST   ( 2026/")));
}

TEST_F(JjyTest, ADateAcrossMidnightIsNotUsed) {
  bench_.settings.mode = 5;
  bench_.start();
  (void)bench_.poll();
  bench_.say("$Cmd>*G\r\n$GPRMC,x\r\n23:59:59\r\n2026/11/25\r\n00:00:00\r\n");
  EXPECT_FALSE(bench_.poll());
  EXPECT_THAT(bench_.stats, Contains(HasSubstr("* Over midnight")));
}

TEST_F(JjyTest, EachOtherReceiverBringsASample) {
  for (const int subtype : {2, 3, 4, 6}) {
    SerialBench bench("jjy");
    bench.settings.mode = subtype;
    bench.start();
    (void)bench.poll();
    const auto utc = bench.next_second();
    const auto c = telegram::civil_of(*telegram::utc_of(utc, {}) + std::chrono::hours(9));
    const std::string date = SerialBench::text("%02d%02d%02d", *c.year % 100, *c.month, *c.day);
    const std::string time = SerialBench::text("%02d%02d%02d", c.hour, c.minute, c.second);
    const std::string weekday = std::to_string(SerialBench::weekday(c) % 7);
    switch (subtype) {
      case 2:
        EXPECT_EQ(bench.written(),
                  "\x05"
                  "1J\x03");
        bench.say("\x02J" + date + weekday + time + "0\x03");
        break;
      case 3:
        EXPECT_EQ(bench.written(), "C");
        bench.advance(-milliseconds(500));
        bench.say(date + weekday + time + "0000\r");
        bench.advance(milliseconds(500));
        EXPECT_EQ(bench.written(), "#");
        break;
      case 4:
        bench.say(SerialBench::text("'OK %02d/%02d/%02d %s %s\r", *c.year % 100, *c.month, *c.day,
                                    weekday.c_str(), time_of(c).c_str()));
        break;
      default:
        bench.say("\x02" + date + weekday + time + "\x03");
        bench.say("\x02\xe5\x03");
        break;
    }
    const auto batch = bench.poll();
    ASSERT_TRUE(batch) << subtype;
    EXPECT_NEAR(batch->offset, 0.25, 1e-9) << subtype;
  }
}

TEST_F(JjyTest, ErrorsAreMarked) {
  bench_.settings.mode = 4;
  bench_.start();
  (void)bench_.poll();
  bench_.say("'NG 26/11/25 2 21:04:05\r");
  EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::BadSignal);
  for (int i = 0; i < 5; ++i) {
    bench_.say(std::string(70'000, 'x') + "\r");
    EXPECT_FALSE(bench_.poll());
  }
  EXPECT_EQ(bench_.events.back(), ClockEvent::BadFormat);
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(bench_.poll());
  EXPECT_EQ(bench_.events.back(), ClockEvent::Timeout);
  EXPECT_THAT(bench_.stats, Contains(StartsWith("-X- ")));
  SerialBench wrong("jjy");
  wrong.settings.mode = 7;
  wrong.start();
  EXPECT_EQ(wrong.port().opened, 0);
}

}  // namespace
}  // namespace ntp::refclock
