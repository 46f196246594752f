// SPDX-License-Identifier: BSD-2-Clause
#include <bit>
#include <numbers>

#include "ntpd/refclock/telegram/dcf77.h"
#include "ntpd/refclock/telegram/meinberg.h"
#include "ntpd/refclock/telegram/meinberg_state.h"
#include "ntpd/refclock/telegram/radio_clocks.h"
#include "ntpd/refclock/telegram/taip.h"
#include "tests/unit/ntpd/refclock/telegram/feeding.h"

namespace ntp::refclock::telegram {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Meinberg, StandardString) {
  constexpr auto kTelegram =
      "\x02"
      "D:25.11.26;T:3;U:13.04.05;    \x03"sv;
  const auto decoded = decode_meinberg(kTelegram);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(moment(decoded), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(decoded->lock, Lock::Locked);
  EXPECT_EQ(decoded->leap, Leap::None);
  expect_no_beginning_decodes(decode_meinberg, kTelegram);
}

TEST(Meinberg, SignsOfTheStandardString) {
  const auto with = [](std::string_view signs) {
    return decode_meinberg(
        "\x02"
        "D:01.07.26;T:3;U:13.04.05;" +
        std::string(signs) + "\x03");
  };
  EXPECT_EQ(with("#   ")->lock, Lock::Invalid);
  EXPECT_EQ(with(" *  ")->lock, Lock::Coasting);
  EXPECT_EQ(with("#*  ")->lock, Lock::Invalid);
  EXPECT_TRUE(with("  S ")->daylight);
  EXPECT_EQ(moment(with("  S ")), utc(2026, 7, 1, 11, 4, 5));
  EXPECT_EQ(moment(with("  U ")), utc(2026, 7, 1, 13, 4, 5));
  EXPECT_TRUE(with("   !")->zone_change);
  EXPECT_EQ(with("   A")->leap, Leap::Insert);
  EXPECT_EQ(with("   a")->leap, Leap::Delete);
  EXPECT_EQ(problem(with("  X ")), Problem::BadFormat);
}

TEST(Meinberg, ExtendedString) {
  const auto decoded = decode_meinberg(
      "\x02"
      "25.11.26; 3; 12:04:05; U  S!AR\x03");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(moment(decoded), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_TRUE(decoded->utc);
  EXPECT_TRUE(decoded->zone_change);
  EXPECT_TRUE(decoded->call_bit);
  EXPECT_EQ(decoded->leap, Leap::Insert);
}

TEST(Meinberg, StringOfGpsReceivers) {
  // From NTPsec's documentation of the format; the date lies before any rollover.
  const auto decoded = decode_meinberg(
      "\x02"
      "09.07.93; 5; 08:48:26; +00:00; #*S!A L; 49.5736N  11.0280E  373m\x03");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->lock, Lock::Invalid);
  EXPECT_TRUE(decoded->daylight);
  EXPECT_TRUE(decoded->leap_second);
  EXPECT_EQ(decoded->leap, Leap::Insert);
  const auto east = decode_meinberg(
      "\x02"
      "25.11.26; 3; 14:04:05; +02:00;        ; 49.5736N  11.0280E  373m\x03");
  ASSERT_TRUE(east);
  EXPECT_EQ(moment(east), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_TRUE(east->position);
  const auto west = decode_meinberg(
      "\x02"
      "25.11.26; 3; 07:04:05; -05:00;        ; 40.0N\x03");
  EXPECT_EQ(moment(west), utc(2026, 11, 25, 12, 4, 5));
}

TEST(Meinberg, RefusesImpossibleDates) {
  EXPECT_EQ(problem(decode_meinberg("\x02"
                                    "D:31.11.26;T:3;U:13.04.05;    \x03")),
            Problem::BadDate);
  EXPECT_EQ(problem(decode_meinberg("\x02"
                                    "D:25.11.26;T:4;U:13.04.05;    \x03")),
            Problem::BadDate);
  EXPECT_EQ(problem(decode_meinberg("\x02"
                                    "D:25.11.26;T:3;U:24.04.05;    \x03")),
            Problem::BadTime);
  EXPECT_EQ(problem(decode_meinberg("\x02"
                                    "D:25.11.26;T:3;U:1x.04.05;    \x03")),
            Problem::BadFormat);
}

std::string word(unsigned value) {
  return {static_cast<char>(value & 0xff), static_cast<char>(value >> 8 & 0xff)};
}
std::string double_word(std::uint32_t value) { return word(value & 0xffff) + word(value >> 16); }
std::string real(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  std::string octets;
  for (int shift = 48; shift >= 0; shift -= 16) {
    octets += word(static_cast<unsigned>(bits >> shift & 0xffff));
  }
  return octets;
}
/// 2026-11-25 12:00:01.25, two hours east.
std::string moment_of_state() {
  return word(2026) + "\x0b\x19" + word(329) + "\x03\x0c" + std::string("\0\x01", 2) +
         double_word(2'500'000) + double_word(7200) + word(0);
}
std::string only(const std::vector<Told>& told) { return told.size() == 1 ? told[0].text : "?"; }

TEST(MeinbergState, TellsOfItselfInTheWordsOfNtpsec) {
  std::string name = "GPS167";
  name.resize(17, '\0');
  EXPECT_EQ(only(decode_meinberg_state(2, word(0x0402) + name)), "4.02 GPS167");
  EXPECT_EQ(only(decode_meinberg_state(3, word(0))), "[0x0000] <all buffered data complete>");
  EXPECT_EQ(only(decode_meinberg_state(3, word(0x11))),
            "[0x0011] incomplete buffered data: Configuration/Health, Receiver Position");
  EXPECT_EQ(only(decode_meinberg_state(5, real(4'000'000.04) + real(-1.25) + real(0))),
            "4000000.0 m, -1.2 m, 0.0 m");
  EXPECT_EQ(only(decode_meinberg_state(6, real(std::numbers::pi / 4) + real(0.2) + real(545.44))),
            "45.0000 deg, 11.4592 deg, 545.4 m");
  const std::string when = "2026-11-25 12:00:01.2500000 (+0200) ";
  const auto antenna = [](unsigned status) {
    return only(decode_meinberg_state(10, word(status) + moment_of_state() + moment_of_state() +
                                              double_word(static_cast<std::uint32_t>(-12'345))));
  };
  EXPECT_EQ(antenna(0), "<OK>");
  EXPECT_EQ(antenna(1), "DISCONNECTED since " + when);
  EXPECT_EQ(antenna(2), "SYNC AFTER RECONNECT on " + when +
                            ", clock offset at reconnect -1.0002345 s, disconnect time " + when);
  EXPECT_EQ(antenna(9), "bad status 0x0009");
  EXPECT_EQ(only(decode_meinberg_state(0x105, word(0) + word(1) + std::string(23, 'x'))),
            std::string(23, 'x'));
  EXPECT_EQ(only(decode_meinberg_state(0x105, word(0) + word(0) + std::string(23, 'x'))), "<None>");
}

TEST(MeinbergState, CorrectionOfUtc) {
  const auto told = [](int valid, unsigned week, unsigned day, int before, int after) {
    return only(decode_meinberg_state(
        0x103, word(0) + word(static_cast<unsigned>(valid)) + word(0) + double_word(0) +
                   double_word(0) + real(1e-9) + real(0) + word(week) + word(day) +
                   std::string{static_cast<char>(before), static_cast<char>(after)}));
  };
  EXPECT_EQ(told(0, 0, 0, 0, 0), "<NO UTC DATA>");
  EXPECT_EQ(told(1, 1929, 7, 18, 18), "UTC offset parameter: 18s, no leap second announced.");
  const std::string leap =
      "UTC offset transition from 17s to 18s due to leap second insertion at UTC midnight at the "
      "end "
      "of 2016-12-31";
  EXPECT_EQ(told(1, 1929, 7, 17, 18), leap);
  EXPECT_EQ(told(1, 1929 - 1024, 7, 17, 18), leap);
}

TEST(MeinbergState, SatellitesAndTheirHealth) {
  std::string data = word(0) + word(1);
  for (int i = 0; i < 3; ++i) data += word(2185) + double_word(2 * 86400 + 7) + double_word(5);
  for (int i = 0; i < 32; ++i) data += word(i == 0 ? 0x0b : 1);
  for (int i = 0; i < 32; ++i) data += word(i == 0 ? 0x3c : i == 1 ? 0x3f : 0);
  const auto told = decode_meinberg_state(0x100, data);
  ASSERT_EQ(told.size(), 35U);
  EXPECT_EQ(told[0].text, "week 2185 + 2 days + 7.0000005 sec");
  EXPECT_EQ(told[3].name, "sv_info[0]");
  EXPECT_EQ(told[3].text,
            "PRN32; health=0x3c (DATA BAD, SV IS TEMP OUT); cfg=0x0b (BLOCK IIF, A-S on)");
  EXPECT_EQ(told[4].text, "PRN33; health=0x3f (SV UNAVAILABLE); cfg=0x01 (BLOCK II/IIA/IIR)");
  EXPECT_FALSE(told[3].listed);
}

TEST(MeinbergState, WhatIsTooShortOrUnknownTellsNothing) {
  for (const unsigned command : {2U, 3U, 5U, 6U, 10U, 0x100U, 0x103U, 0x105U, 99U}) {
    for (std::size_t size = 0; size < 20; ++size) {
      const auto told = decode_meinberg_state(command, std::string(size, '\x7f'));
      EXPECT_TRUE(told.empty() || (command == 3 && size >= 2) || (command == 2 && size >= 19));
    }
  }
}

TEST(MeinbergState, IsAskedForInTurns) {
  EXPECT_EQ(meinberg_state_request(0), std::string("\x01\x02\0\0\0\0\0\x02\0", 9));
  EXPECT_EQ(meinberg_state_request(5), std::string("\x01\0\x01\0\0\0\0\x01\0", 9));
  EXPECT_EQ(meinberg_state_request(8), meinberg_state_request(0));
}

TEST(MeinbergReceiver, IsOnTimeWithTheStartAndPassesGarbageOver) {
  const auto receiver = make_meinberg();
  const auto at = utc(2026, 11, 25, 12);
  const auto heard = feed(*receiver,
                          "4.05;  \x03xx\x02"
                          "D:25\x02"
                          "D:25.11.26;T:3;U:13.00.00;    \x03",
                          at);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at, at + milliseconds(15));
  EXPECT_EQ(heard[0].text, "\\x02D:25.11.26;T:3;U:13.00.00;    \\x03");
  EXPECT_TRUE(*heard[0].time);
}

TEST(MeinbergReceiver, AStreamWithoutAnEndIsOneBadTelegram) {
  const auto receiver = make_meinberg();
  const auto heard = feed(*receiver, "\x02" + std::string(65536, 'x'));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(problem(*heard[0].time), Problem::BadFormat);
  EXPECT_LE(heard[0].text.size(), 512U);
  EXPECT_EQ(feed(*receiver,
                 "\x02"
                 "D:25.11.26;T:3;U:13.00.00;    \x03")
                .size(),
            1U);
}

TEST(MeinbergReceiver, PassesOverBinaryMessages) {
  const auto receiver = make_meinberg_gps();
  // Command 5, two bytes of data that look like the beginning of a string, sums of both.
  const std::string data = "\x02\x03";
  std::string message = "\x01\x05" + std::string("\0\x02\0\x05\0", 5);
  unsigned sum = 0;
  for (std::size_t i = 1; i < 7; ++i) sum += static_cast<std::uint8_t>(message[i]);
  message += {static_cast<char>(sum), static_cast<char>(sum >> 8)};
  EXPECT_TRUE(feed(*receiver, message + data).empty());
  const auto good = feed(*receiver,
                         "\x02"
                         "25.11.26; 3; 12:00:00; +00:00;        ; 1N\x03");
  ASSERT_EQ(good.size(), 1U);
  EXPECT_TRUE(*good[0].time);
  auto wrong_sum = message;
  wrong_sum[7] ^= 1;
  EXPECT_EQ(problem(*feed(*receiver, wrong_sum).at(0).time), Problem::BadFormat);
  EXPECT_EQ(problem(*feed(*receiver, message + "xy").at(0).time), Problem::BadFormat);
}

TEST(Hopf, DecodesStatusAndWeekday) {
  constexpr auto kTelegram =
      "\x02\x43\x42"
      "120405251126\n\r\x03"sv;
  const auto decoded = decode_hopf(kTelegram);
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded->utc);
  EXPECT_EQ(decoded->lock, Lock::Locked);
  EXPECT_EQ(moment(decoded), utc(2026, 11, 25, 12, 4, 5));
  expect_no_beginning_decodes(decode_hopf, kTelegram);
  const auto of = [](std::string_view status) {
    return decode_hopf("\x02" + std::string(status) + "130405251126\n\r\x03");
  };
  EXPECT_EQ(moment(of("83")), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(moment(of("A3")), utc(2026, 11, 25, 11, 4, 5));
  EXPECT_TRUE(of("A3")->daylight);
  EXPECT_TRUE(of("93")->zone_change);
  EXPECT_EQ(of("43")->lock, Lock::Coasting);
  EXPECT_EQ(of("03")->lock, Lock::Invalid);
  EXPECT_EQ(problem(of("G3")), Problem::BadFormat);
  EXPECT_EQ(problem(of("84")), Problem::BadDate);
}

TEST(Elv, DecodesFlags) {
  constexpr auto kTelegram = "26-11-25-03-13-04-05-00\r"sv;
  EXPECT_EQ(moment(decode_elv(kTelegram)), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(moment(decode_elv("26-11-25-03-13-04-05-01\r")), utc(2026, 11, 25, 11, 4, 5));
  EXPECT_TRUE(decode_elv("26-11-25-03-13-04-05-02\r")->zone_change);
  EXPECT_EQ(decode_elv("26-11-25-03-13-04-05-04\r")->lock, Lock::Coasting);
  EXPECT_EQ(problem(decode_elv("26-02-30-03-13-04-05-00\r")), Problem::BadDate);
  expect_no_beginning_decodes(decode_elv, kTelegram);
}

TEST(Schmid, DecodesBinaryNumbers) {
  const auto of = [](char zone, char status) {
    return decode_schmid(std::string{13, 4, 5, 7, 25, 11, 26, status, zone, 0, '\xfd'});
  };
  EXPECT_EQ(moment(of(0x08, 3)), utc(2026, 11, 25, 12, 4, 5) + milliseconds(700));
  EXPECT_TRUE(of(0x04, 3)->daylight);
  EXPECT_EQ(of(0x08, 1)->lock, Lock::Coasting);
  EXPECT_EQ(of(0x08, 0)->lock, Lock::Invalid);
  EXPECT_EQ(of(0x18, 3)->leap, Leap::Insert);
  EXPECT_EQ(of(0x18, 1)->leap, Leap::None);
  EXPECT_EQ(problem(of(0x0c, 3)), Problem::BadFormat);
  EXPECT_EQ(problem(decode_schmid(std::string{24, 4, 5, 7, 25, 11, 26, 3, 8, 0, '\xfd'})),
            Problem::BadTime);
  EXPECT_EQ(problem(decode_schmid(std::string{13, 4, 5, 7, 25, 13, 26, 3, 8, 0, '\xfd'})),
            Problem::BadDate);
  EXPECT_EQ(problem(decode_schmid("\xfd")), Problem::BadFormat);
}

TEST(Computime, IsUtc) {
  constexpr auto kTelegram = "T:26:11:25:03:12:04:05\r\n"sv;
  EXPECT_EQ(moment(decode_computime(kTelegram)), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(problem(decode_computime("T:26:11:25:03:12:60:05\r\n")), Problem::BadTime);
  expect_no_beginning_decodes(decode_computime, kTelegram);
}

TEST(Varitext, ReadsTheStatusBehindTheTime) {
  const auto of = [](char status) {
    return decode_varitext("T:26:11:25:03:12:04:05\r\n" + std::string(1, status) + "xxx");
  };
  EXPECT_EQ(moment(of('c')), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(of('c')->lock, Lock::Locked);
  EXPECT_EQ(moment(of('k')), utc(2026, 11, 25, 11, 4, 5));
  EXPECT_EQ(of('a')->lock, Lock::Coasting);
  EXPECT_EQ(of('b')->lock, Lock::Invalid);
  const auto receiver = make_framed(kVaritextFraming, decode_varitext);
  EXPECT_EQ(feed(*receiver, "xT:26:11:25:03:12:04:05\r\ncTTTT:").size(), 1U);
}

TEST(Rcc8000, TellsMilliseconds) {
  // From NTPsec's documentation of the format.
  constexpr auto kTelegram = "15:50:36.534 30/09/94 273 5 A\r\n"sv;
  const auto decoded = decode_rcc8000(kTelegram);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->civil.fraction, milliseconds(534));
  EXPECT_EQ(decoded->civil.day, 30);
  EXPECT_EQ(decoded->lock, Lock::Locked);
  EXPECT_EQ(decode_rcc8000("15:50:36.534 30/09/94 273 5 2\r\n")->lock, Lock::Invalid);
  EXPECT_EQ(moment(decode_rcc8000("12:04:05.250 25/11/26 329 3 A\r\n")),
            utc(2026, 11, 25, 12, 4, 5) + milliseconds(250));
  EXPECT_EQ(problem(decode_rcc8000("12:04:05.250 25/11/26 329 5 A\r\n")), Problem::BadDate);
  expect_no_beginning_decodes(decode_rcc8000, kTelegram);
}

TEST(Wharton, HasItsUnitsFirst) {
  constexpr auto kTelegram =
      "\x02"
      "504031521162"
      "5\x03"sv;  // 05 04 13 25 11 26
  EXPECT_EQ(moment(decode_wharton(kTelegram)), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(decode_wharton(kTelegram)->lock, Lock::Locked);
  EXPECT_EQ(decode_wharton("\x02"
                           "5040315211621\x03")
                ->lock,
            Lock::Coasting);
  EXPECT_EQ(moment(decode_wharton("\x02"
                                  "5040315211624\x03")),
            utc(2026, 11, 25, 13, 4, 5));
  EXPECT_EQ(problem(decode_wharton("\x02"
                                   "5040315211 25\x03")),
            Problem::BadFormat);
  EXPECT_EQ(problem(decode_wharton("\x02"
                                   "504031522162"
                                   "5\x03")),
            std::nullopt);
  EXPECT_EQ(problem(decode_wharton("\x02"
                                   "504031523162"
                                   "5\x03")),
            Problem::BadDate);
  expect_no_beginning_decodes(decode_wharton, kTelegram);
}

TEST(Sel240x, TellsItsQuality) {
  constexpr auto kTelegram =
      "\x01"
      "2026:329:12:04:05 \r\n"sv;
  EXPECT_EQ(moment(decode_sel240x(kTelegram)), utc(2026, 11, 25, 12, 4, 5));
  const auto of = [](char quality) {
    return decode_sel240x(
        "\x01"
        "2026:329:12:04:05" +
        std::string(1, quality) + "\r\n");
  };
  EXPECT_EQ(of('.')->lock, Lock::Coasting);
  EXPECT_DOUBLE_EQ(*of('#')->error_bound, 1e-4);
  EXPECT_EQ(of('?')->lock, Lock::Invalid);
  EXPECT_EQ(problem(of('x')), Problem::BadFormat);
  EXPECT_EQ(problem(decode_sel240x("\x01"
                                   "2026:366:12:04:05 \r\n")),
            Problem::BadDate);
  expect_no_beginning_decodes(decode_sel240x, kTelegram);
}

std::string taip(std::string body) {
  int sum = 0;
  for (const char c : body) sum ^= static_cast<std::uint8_t>(c);
  char digits[3];
  std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned>(sum));
  return body + digits + "<";
}

TEST(Taip, ChecksItsSum) {
  const std::string telegram = taip(">RTM1204052502511202618007100000;*");
  ASSERT_EQ(telegram.size(), 37U);
  const auto decoded = decode_taip(telegram);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(moment(decoded), utc(2026, 11, 25, 12, 4, 5) + milliseconds(250));
  auto wrong = telegram;
  wrong[5] = '1';
  EXPECT_EQ(problem(decode_taip(wrong)), Problem::BadTime);
  // 9: nobody knows how the receiver came by the time.
  EXPECT_EQ(decode_taip(taip(">RTM1204052502511202618907100000;*"))->lock, Lock::Invalid);
  // Written 1024 weeks too early.
  EXPECT_EQ(moment(decode_taip(taip(">RTM1204052501104200718007100000;*"))),
            utc(2026, 11, 25, 12, 4, 5) + milliseconds(250));
  expect_no_beginning_decodes(decode_taip, telegram);
}

// DCF77, bit by bit.

void put(std::vector<bool>& bits, std::size_t first, std::size_t count, int value) {
  const int coded = value % 10 | value / 10 << 4;
  for (std::size_t i = 0; i < count; ++i) bits[first + i] = (coded >> i & 1) != 0;
}

std::vector<bool> minute_of(int hour, int minute, int day = 25, int weekday = 3, int month = 11,
                            int year = 26) {
  std::vector<bool> bits(59);
  bits[18] = true;  // winter
  bits[20] = true;
  put(bits, 21, 7, minute);
  put(bits, 29, 6, hour);
  put(bits, 36, 6, day);
  put(bits, 42, 3, weekday);
  put(bits, 45, 5, month);
  put(bits, 50, 8, year);
  for (const auto& [first, last] : {std::pair(21, 28), {29, 35}, {36, 58}}) {
    bool odd = false;
    for (int i = first; i < last; ++i) odd ^= bits[static_cast<std::size_t>(i)];
    bits[static_cast<std::size_t>(last)] = odd;
  }
  return bits;
}

Result<Decoded, Problem> decode(const std::vector<bool>& bits) {
  bool plain[64] = {};
  std::copy(bits.begin(), bits.end(), plain);
  return decode_dcf77({plain, bits.size()});
}

TEST(Dcf77, DecodesAMinute) {
  auto bits = minute_of(13, 4);
  EXPECT_EQ(moment(decode(bits)), utc(2026, 11, 25, 12, 4));
  bits[19] = true;
  EXPECT_EQ(decode(bits)->leap, Leap::Insert);
  bits.push_back(false);  // the leap second's
  EXPECT_TRUE(decode(bits));
}

TEST(Dcf77, EachBitOfTheCodeIsGuarded) {
  for (std::size_t i = 17; i < 59; ++i) {
    if (i == 19) continue;
    auto bits = minute_of(13, 4);
    bits[i] = !bits[i];
    EXPECT_EQ(problem(decode(bits)), Problem::BadFormat) << i;
  }
  EXPECT_EQ(problem(decode(minute_of(13, 4, 25, 4))), Problem::BadDate);
  EXPECT_EQ(problem(decode(minute_of(25, 4))), Problem::BadTime);
  EXPECT_FALSE(decode(std::vector<bool>(58)));
  EXPECT_FALSE(decode(std::vector<bool>(61)));
}

/// Sends a minute of pulses, the first at `at`.
void send_minute(Receiver& receiver, const std::vector<bool>& bits, WallTime at,
                 std::vector<Heard>& heard, std::uint8_t zero = 0xf0, std::uint8_t one = 0x00) {
  for (const bool bit : bits) {
    if (auto h = receiver.push(bit ? one : zero, at)) heard.push_back(*h);
    at += seconds(1);
  }
}

TEST(RawDcf77, TwoMinutesThatAgreeGiveEachSecond) {
  for (const auto& [zero, one] :
       {std::pair<std::uint8_t, std::uint8_t>(0xf0, 0x00), {0xfc, 0xf0}}) {
    const auto receiver = make_raw_dcf77();
    std::vector<Heard> heard;
    const WallTime start = utc(2026, 11, 25, 12, 0);
    for (int minute = 0; minute < 4; ++minute) {
      send_minute(*receiver, minute_of(13, minute + 1), start + std::chrono::minutes(minute), heard,
                  zero, one);
    }
    // The telegram of the first minute ends when the second begins, and has no one to agree with.
    ASSERT_GE(heard.size(), 2U);
    EXPECT_FALSE(heard[0].time);
    EXPECT_EQ(heard[0].text.size(), 59U);
    ASSERT_TRUE(heard[1].time);
    EXPECT_EQ(moment(*heard[1].time), start + std::chrono::minutes(2));
    EXPECT_EQ(heard[1].at, start + std::chrono::minutes(2));
    EXPECT_EQ(moment(*heard[2].time), start + std::chrono::minutes(2) + seconds(1));
    for (const Heard& each : heard) {
      if (each.time) {
        EXPECT_EQ(moment(*each.time), each.at);
      }
    }
    EXPECT_EQ(heard.size(), 1U + 2 * 59);
  }
}

TEST(RawDcf77, AMinuteThatDoesNotFollowIsNotBelieved) {
  const auto receiver = make_raw_dcf77();
  std::vector<Heard> heard;
  const WallTime start = utc(2026, 11, 25, 12, 0);
  int index = 0;
  for (const auto& bits :
       {minute_of(13, 1), minute_of(17, 2), minute_of(13, 3), minute_of(13, 4)}) {
    send_minute(*receiver, bits, start + std::chrono::minutes(index++), heard);
  }
  for (const Heard& each : heard) EXPECT_FALSE(each.time) << each.text;
}

TEST(RawDcf77, DisturbedMinutesAreBadFormat) {
  const auto receiver = make_raw_dcf77();
  std::vector<Heard> heard;
  const WallTime start = utc(2026, 11, 25, 12, 0);
  send_minute(*receiver, minute_of(13, 1), start, heard);
  auto short_one = minute_of(13, 2);
  short_one.pop_back();
  send_minute(*receiver, short_one, start + seconds(60), heard);
  send_minute(*receiver, minute_of(13, 3), start + seconds(120), heard);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(problem(*heard[1].time), Problem::BadFormat);
  // A pulse that was torn in two.
  (void)receiver->push(0x55, start + seconds(178) + milliseconds(400));
  send_minute(*receiver, minute_of(13, 4), start + seconds(180), heard);
  EXPECT_EQ(problem(*heard[2].time), Problem::BadFormat);
}

TEST(RawDcf77, KeepsNoMoreThanAMinute) {
  const auto receiver = make_raw_dcf77();
  WallTime at = utc(2026, 11, 25);
  int heard = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (receiver->push(static_cast<std::uint8_t>(i), at)) ++heard;
    at += milliseconds(900);
  }
  EXPECT_EQ(heard, 0);
}

}  // namespace
}  // namespace ntp::refclock::telegram
