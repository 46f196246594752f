// SPDX-License-Identifier: BSD-2-Clause
#include <bit>

#include "ntpd/refclock/telegram/arbiter.h"
#include "ntpd/refclock/telegram/hp.h"
#include "ntpd/refclock/telegram/oncore.h"
#include "ntpd/refclock/telegram/palisade.h"
#include "ntpd/refclock/telegram/spectracom.h"
#include "ntpd/refclock/telegram/truetime.h"
#include "ntpd/refclock/telegram/tsip.h"
#include "ntpd/refclock/telegram/zyfer.h"
#include "tests/unit/ntpd/refclock/telegram/feeding.h"

namespace ntp::refclock::telegram {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;

std::string bytes(std::uint64_t value, int count) {
  std::string text;
  for (int i = count; i-- > 0;) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}
std::string single(float value) { return bytes(std::bit_cast<std::uint32_t>(value), 4); }
std::string twice(double value) { return bytes(std::bit_cast<std::uint64_t>(value), 8); }

std::string hp(const std::string& body) {
  unsigned sum = 0;
  for (const char c : body) sum += static_cast<std::uint8_t>(c);
  char digits[3];
  std::snprintf(digits, sizeof digits, "%02X", sum & 0xff);
  return body + digits;
}

TEST(Hp, DecodesTheTimeCode) {
  const std::string telegram =
      hp("T220261125120405"
         "30000");
  ASSERT_EQ(telegram.size(), 23U);
  EXPECT_EQ(moment(decode_hp(telegram)), utc(2026, 11, 25, 12, 4, 5));
  auto wrong = telegram;
  wrong[9] = '8';
  EXPECT_EQ(problem(decode_hp(wrong)), Problem::BadFormat);
  EXPECT_EQ(problem(decode_hp(hp("T220261131120405"
                                 "30000"))),
            Problem::BadDate);
  expect_no_beginning_decodes(decode_hp, telegram);
}

TEST(Hp, JudgesMeritLeapAndValidity) {
  EXPECT_EQ(problem(decode_hp(hp("T220261125120405"
                                 "50000"))),
            Problem::BadFormat);
  EXPECT_EQ(decode_hp(hp("T220261125120405"
                         "30001"))
                ->lock,
            Lock::Invalid);
  EXPECT_EQ(decode_hp(hp("T220261125120405"
                         "30+00"))
                ->leap,
            Leap::None);
  EXPECT_EQ(decode_hp(hp("T220261225120405"
                         "30+00"))
                ->leap,
            Leap::Insert);
  EXPECT_EQ(decode_hp(hp("T220270625120405"
                         "30-00"))
                ->leap,
            Leap::Delete);
  EXPECT_EQ(problem(decode_hp(hp("T220261225120405"
                                 "30x00"))),
            Problem::BadTime);
}

TEST(Hp, RepairsTheRolloverOfZ3801A) {
  EXPECT_EQ(moment(decode_hp(hp("T220070411120405"
                                "30000"))),
            utc(2026, 11, 25, 12, 4, 5));
}

TEST(Hp, StripsPrompts) {
  EXPECT_EQ(strip_hp_prompts("scpi > T2").text, "T2");
  EXPECT_EQ(strip_hp_prompts("scpi > scpi > T2").text, "T2");
  const auto refused = strip_hp_prompts("E-230> T2");
  EXPECT_TRUE(refused.refused);
  EXPECT_EQ(refused.text, "T2");
  EXPECT_EQ(strip_hp_prompts("scpi > ").text, "");
  EXPECT_EQ(strip_hp_prompts("E-1").text, "E-1");
}

TEST(Spectracom, TellsFormatsByTheirLength) {
  EXPECT_EQ(moment(decode_spectracom("   329 12:04:05 DTZ=05")), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(moment(decode_spectracom("  26 329 12:04:05.250  S")),
            utc(2026, 11, 25, 12, 4, 5) + milliseconds(250));
  EXPECT_EQ(moment(decode_spectracom("0003  20261125 120405+0000S #")),
            utc(2026, 11, 25, 12, 4, 5));
  expect_no_beginning_decodes(decode_spectracom, "0003  20261125 120405+0000S #");
}

TEST(Spectracom, ReadsSynchronizationQualityAndLeap) {
  EXPECT_EQ(decode_spectracom("?  329 12:04:05 DTZ=05")->lock, Lock::Invalid);
  EXPECT_EQ(decode_spectracom("  26 329 12:04:05.250 LS")->leap, Leap::Insert);
  EXPECT_DOUBLE_EQ(*decode_spectracom(" B26 329 12:04:05.250  S")->error_bound, 0.1);
  EXPECT_EQ(problem(decode_spectracom(" X26 329 12:04:05.250  S")), Problem::BadFormat);
  EXPECT_EQ(problem(decode_spectracom("  26 367 12:04:05.250  S")), Problem::BadDate);
  EXPECT_EQ(problem(decode_spectracom("   329 19:04:05 DTZ=05")), Problem::BadTime);
}

TEST(Zyfer, HasNoEnd) {
  constexpr auto kTelegram = "!TIME,2026,329,12,04,05,2,4,1"sv;
  EXPECT_EQ(moment(decode_zyfer(kTelegram)), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(problem(decode_zyfer("!TIME,2026,329,12,04,05,1,4,1")), Problem::BadTime);
  EXPECT_EQ(decode_zyfer("!TIME,2026,329,12,04,05,2,4,2")->lock, Lock::Invalid);
  EXPECT_DOUBLE_EQ(*decode_zyfer("!TIME,2026,329,12,04,05,2,7,1")->error_bound, 1e-3);
  EXPECT_EQ(problem(decode_zyfer("!TIME,2026,367,12,04,05,2,4,1")), Problem::BadDate);
  expect_no_beginning_decodes(decode_zyfer, kTelegram);

  const auto receiver = make_zyfer();
  const auto at = utc(2026, 11, 25, 12, 4, 5);
  const auto heard =
      feed(*receiver, ",1xx!TIME,20!" + std::string(kTelegram.substr(1)) + "\r\n", at);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].at, at + milliseconds(12));
  EXPECT_TRUE(feed(*receiver, std::string(65536, 'x')).empty());
}

TEST(Arbiter, TakesItsQualityFromAnotherAnswer) {
  constexpr auto kTelegram = "  26 329 12:04:05.000   "sv;
  EXPECT_EQ(moment(decode_arbiter(kTelegram, '0')), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_DOUBLE_EQ(*decode_arbiter(kTelegram, '7')->error_bound, 1e-3);
  EXPECT_EQ(decode_arbiter("? 26 329 12:04:05.000", '0')->lock, Lock::Invalid);
  EXPECT_EQ(problem(decode_arbiter(kTelegram, 'F')), Problem::Fault);
  EXPECT_EQ(problem(decode_arbiter(kTelegram, 'x')), Problem::BadFormat);
  EXPECT_EQ(problem(decode_arbiter("  26 329 12:04:05.000 x", '0')), Problem::BadFormat);
  EXPECT_EQ(problem(decode_arbiter("", '0')), Problem::BadFormat);
  EXPECT_EQ(problem(decode_arbiter("  26 000 12:04:05.000", '0')), Problem::BadDate);
}

TEST(TrueTime, KnowsTimesAndAnswers) {
  const auto time = decode_truetime("329:12:04:05 ");
  ASSERT_TRUE(time);
  EXPECT_EQ(moment(std::get<Decoded>(*time)), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(std::get<Decoded>(*decode_truetime("329:12:04:05?")).lock, Lock::Invalid);
  EXPECT_EQ(std::get<Decoded>(*decode_truetime("329:12:04:05*")).lock, Lock::Locked);
  const auto event = [](std::string_view line) {
    return std::get<TrueTimeEvent>(*decode_truetime(line));
  };
  EXPECT_EQ(event("?"), TrueTimeEvent::NotUnderstood);
  EXPECT_EQ(event("ERROR 05 NO SUCH FUNCTION"), TrueTimeEvent::NotUnderstood);
  EXPECT_EQ(event(" TRUETIME XL"), TrueTimeEvent::F18);
  EXPECT_EQ(event("F50"), TrueTimeEvent::F50);
  EXPECT_EQ(event("F51 x"), TrueTimeEvent::F51);
  EXPECT_EQ(event("F08"), TrueTimeEvent::OtherFunction);
  EXPECT_EQ(event("N03726428W12209421+000033"), TrueTimeEvent::Location);
  for (const auto line : {"", "F", "F99", "N", "329:12:04:05", "329-12-04-05 ", "abc:de:fg:hi "}) {
    EXPECT_FALSE(decode_truetime(line)) << line;
  }
}

TEST(Tsip, FramesDoubledEscapes) {
  TsipFramer framer;
  std::vector<TsipPacket> packets;
  int broken = 0;
  const auto push = [&](std::string_view text) {
    for (const std::uint8_t byte : as_bytes(text)) {
      auto step = framer.push(byte, utc(2026, 11, 25));
      if (step.packet) packets.push_back(*step.packet);
      broken += step.broken;
    }
  };
  push("xx\x10\x03" + tsip_message("\x41\x10\x01\x10"sv) + "junk" + tsip_message("\x46"sv));
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].id, 0x41);
  EXPECT_EQ(packets[0].data, "\x10\x01\x10");
  EXPECT_EQ(packets[1].id, 0x46);
  EXPECT_EQ(broken, 0);
  push("\x10\x41" + std::string(65536, 'x'));
  EXPECT_EQ(broken, 1);
  push(
      "\x10\x03"
      "\x10\x41"
      "ab\x10" +
      std::string("\x46\x10\x03"));
  EXPECT_EQ(broken, 2);
  EXPECT_EQ(packets.back().id, 0x46);
}

constexpr double kSecondOfWeek = 3 * 86400 + 43200 + 18;  // 2026-11-25 12:00:00, 18 s ahead
const std::string kUtcParameters = "\x4f" + std::string(12, '\0') + bytes(18, 2) + single(4096) +
                                   bytes(2446, 2) + bytes(2448, 2) + bytes(7, 2);

TEST(TrimbleTsip, NeedsUtcAndHealth) {
  const auto receiver = make_trimble_tsip();
  const std::string time = tsip_message("\x41" + single(static_cast<float>(kSecondOfWeek)) +
                                        bytes(2446, 2) + single(18));
  EXPECT_EQ((*feed(*receiver, time).at(0).time)->lock, Lock::Invalid);
  EXPECT_TRUE(feed(*receiver, tsip_message(kUtcParameters + bytes(19, 2))).empty());
  EXPECT_TRUE(feed(*receiver, tsip_message("\x46" + bytes(0, 2))).empty());
  const auto heard = feed(*receiver, time);
  const auto& decoded = *heard.at(0).time;
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->lock, Lock::Locked);
  EXPECT_EQ(decoded->leap, Leap::Insert);
  EXPECT_EQ(moment(decoded), utc(2026, 11, 25, 12));
  EXPECT_TRUE(feed(*receiver, tsip_message("\x46" + bytes(0x0900, 2))).empty());
  EXPECT_EQ((*feed(*receiver, time).at(0).time)->lock, Lock::Coasting);
  EXPECT_EQ(problem(*feed(*receiver, tsip_message("\x41"
                                                  "abc"sv))
                         .at(0)
                         .time),
            Problem::BadFormat);
  EXPECT_EQ(problem(*feed(*receiver, tsip_message("\x4f"
                                                  "abc"sv))
                         .at(0)
                         .time),
            Problem::BadFormat);
  EXPECT_EQ(problem(*feed(*receiver, tsip_message("\x41" + std::string(10, '\xff'))).at(0).time),
            Problem::BadFormat);
}

TsipPacket packet(std::uint8_t id, std::string data) {
  return {.id = id, .data = std::move(data), .at = utc(2026, 11, 25, 12)};
}
TsipPacket ad(std::uint8_t tracking, std::uint8_t flags, int event = 1) {
  return packet(0x8f, "\xad" + bytes(static_cast<unsigned>(event), 2) + twice(0.25) +
                          std::string{12, 4, 5, 25, 11} + bytes(2026, 2) +
                          static_cast<char>(tracking) + static_cast<char>(flags) +
                          std::string(2, '\0'));
}
TsipPacket zero_b(double seconds = 43445.25) {
  return packet(0x8f, "\x0b" + bytes(1, 2) + twice(seconds) + std::string{25, 11} + bytes(2026, 2) +
                          bytes(0, 1) + bytes(18, 2) + std::string(71 - 15, '\0'));
}

TEST(Trimble, PalisadeNeedsBothMessages) {
  TrimbleDecoder decoder(TrimbleModel::Palisade);
  EXPECT_EQ(decoder.take(zero_b(), 0)->time->lock, Lock::Invalid);
  EXPECT_FALSE(decoder.take(ad(0, 1), 0));
  const auto report = decoder.take(zero_b(), 0);
  ASSERT_TRUE(report);
  EXPECT_EQ(moment(report->time), utc(2026, 11, 25, 12, 4, 5) + milliseconds(250));
  // Its verdict is used once.
  EXPECT_EQ(decoder.take(zero_b(), 0)->time->lock, Lock::Invalid);
  EXPECT_FALSE(decoder.take(ad(5, 1), 0));
  EXPECT_EQ(decoder.take(zero_b(), 0)->time->lock, Lock::Invalid);
  EXPECT_FALSE(decoder.take(ad(0, 1), 0));
  EXPECT_EQ(problem(decoder.take(zero_b(-1), 0)->time), Problem::BadTime);
  EXPECT_EQ(problem(decoder.take(packet(0x8f, "\x0b" + bytes(1, 2)), 0)->time), Problem::BadFormat);
  // Not asked for.
  EXPECT_FALSE(decoder.take(ad(0, 1, 0), 0));
}

TEST(Trimble, PraecisTellsAllInOne) {
  TrimbleDecoder decoder(TrimbleModel::Praecis);
  EXPECT_EQ(moment(decoder.take(ad(0, 1), 0)->time),
            utc(2026, 11, 25, 12, 4, 5) + milliseconds(250));
  EXPECT_EQ(decoder.take(ad(0, 0), 0)->time->lock, Lock::Invalid);
}

TsipPacket ab(std::uint8_t flags = 0x03) {
  return packet(0x8f, "\xab" + bytes(static_cast<std::uint64_t>(kSecondOfWeek), 4) +
                          bytes(2446 - 2048, 2) + bytes(18, 2) + static_cast<char>(flags) +
                          std::string(7, '\0'));
}
TsipPacket ac(std::uint8_t decoding, std::uint8_t mode = 0, std::uint32_t held = 0,
              std::uint16_t alarms = 0) {
  return packet(0x8f, "\xac" + std::string(1, '\x07') + static_cast<char>(mode) +
                          std::string(1, '\0') + bytes(held, 4) + bytes(0, 2) + bytes(alarms, 2) +
                          static_cast<char>(decoding) + std::string(67 - 12, '\0'));
}

TEST(Trimble, ThunderboltSendsTimeThenQuality) {
  TrimbleDecoder decoder(TrimbleModel::Thunderbolt);
  EXPECT_FALSE(decoder.take(ac(0), 0));  // before any time
  EXPECT_FALSE(decoder.take(ab(), 0));
  EXPECT_EQ(moment(decoder.take(ac(0), 0)->time), utc(2026, 11, 25, 12));
  EXPECT_FALSE(decoder.take(ab(), 0));
  EXPECT_EQ(decoder.take(ac(8), 0)->time->lock, Lock::Invalid);
  EXPECT_FALSE(decoder.take(ab(), 0));
  EXPECT_EQ(decoder.take(ac(8, 2, 100), 600)->time->lock, Lock::Coasting);
  EXPECT_FALSE(decoder.take(ab(), 0));
  EXPECT_EQ(decoder.take(ac(8, 2, 700), 600)->time->lock, Lock::Invalid);
  EXPECT_FALSE(decoder.take(ab(), 0));
  EXPECT_EQ(decoder.take(ac(0, 0, 0, 0x200), 0)->time->lock, Lock::Invalid);
  EXPECT_EQ(problem(decoder.take(ab(0x01), 0)->time), Problem::BadTime);
  EXPECT_EQ(decoder.take(ab(0x07), 0)->time->lock, Lock::Invalid);
  EXPECT_EQ(problem(decoder.take(packet(0x8f, "\xac"), 0)->time), Problem::BadFormat);
  EXPECT_FALSE(decoder.take(packet(0x8f, ""), 0));
}

TEST(Trimble, CopernicusSendsGpsTime) {
  TrimbleDecoder decoder(TrimbleModel::Copernicus);
  const auto time = [](float second, float offset) {
    return packet(0x41, single(second) + bytes(1422, 2) + single(offset));
  };
  EXPECT_EQ(moment(decoder.take(time(static_cast<float>(kSecondOfWeek), 18), 0)->time),
            utc(2026, 11, 25, 12));
  EXPECT_EQ(decoder.take(time(-1, 18), 0)->time->lock, Lock::Invalid);
  EXPECT_EQ(decoder.take(time(5, 0), 0)->time->lock, Lock::Invalid);
  EXPECT_EQ(problem(decoder.take(time(1e30F, 18), 0)->time), Problem::BadTime);
  EXPECT_EQ(problem(decoder.take(packet(0x41, "x"), 0)->time), Problem::BadFormat);
}

std::string ea(std::uint8_t receiver = 0) {
  std::string body = "Ea" + std::string{11, 25} + bytes(2026, 2) + std::string{12, 4, 5};
  body.resize(2 + 69, '\0');
  body[38 - 2] = 9;
  body[39 - 2] = 8;
  body[72 - 2] = static_cast<char>(receiver);
  return oncore_message(body);
}

std::vector<OncoreMessage> frame(std::string_view text, int* broken = nullptr) {
  OncoreFramer framer;
  std::vector<OncoreMessage> messages;
  for (const std::uint8_t byte : as_bytes(text)) {
    auto step = framer.push(byte);
    if (step.message) messages.push_back(*step.message);
    if (broken != nullptr) *broken += step.broken;
  }
  return messages;
}

TEST(Oncore, FramesByLengthAndSum) {
  ASSERT_EQ(ea().size(), 76U);
  const auto messages = frame("@x@@@Zz@@E" + ea() + "\n@" + oncore_message("Bj\x01"));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].name, "Ea");
  EXPECT_EQ(decode_oncore_leap(messages[1]), Leap::Insert);
  int broken = 0;
  auto wrong = ea();
  wrong[20] = 1;
  EXPECT_TRUE(frame(wrong, &broken).empty());
  EXPECT_EQ(broken, 1);
  EXPECT_TRUE(frame(std::string(65536, '@')).empty());
}

TEST(Oncore, DecodesStatusAndIntegrity) {
  const auto status = decode_oncore_status(frame(ea()).at(0));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->channels, 8);
  EXPECT_EQ(status->visible, 9);
  EXPECT_EQ(status->tracked, 8);
  EXPECT_EQ(moment(status->decoded), utc(2026, 11, 25, 12, 4, 5));
  EXPECT_EQ(decode_oncore_status(frame(ea(1)).at(0))->decoded.lock, Lock::Invalid);
  EXPECT_FALSE(decode_oncore_status({.name = "Ea", .data = "x"}));
  EXPECT_FALSE(decode_oncore_status({.name = "Bj", .data = "x"}));

  std::string en(69 - 7, '\0');
  en[25 - 4] = -7;
  EXPECT_TRUE(decode_oncore_integrity({.name = "En", .data = en})->good);
  EXPECT_EQ(decode_oncore_integrity({.name = "En", .data = en})->sawtooth, -7);
  en[21 - 4] = 1;
  EXPECT_FALSE(decode_oncore_integrity({.name = "En", .data = en})->good);
  EXPECT_FALSE(decode_oncore_integrity({.name = "En", .data = "x"}));
}

}  // namespace
}  // namespace ntp::refclock::telegram
