// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/radio_clocks.h"

#include <algorithm>
#include <array>
#include <string>

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

/// Central European Time, with or without daylight saving.
void set_central_europe(Decoded& decoded, bool daylight) {
  decoded.daylight = daylight;
  decoded.civil.east = minutes(daylight ? 120 : 60);
}

}  // namespace

Result<Decoded, Problem> decode_elv(std::string_view telegram) {
  // Year, month, day, weekday, hour, minute, second and flags. The weekday counts from a day that
  // no document names.
  const auto civil = match(telegram, "yy-oo-dd-__-hh-mm-ss-__\r");
  if (!civil) return fail(Problem::BadFormat);
  const auto high = number(telegram.substr(21, 1)), low = number(telegram.substr(22, 1));
  if (!high || !low) return fail(Problem::BadFormat);
  const int flags = *high * 10 + *low;
  Decoded decoded{.civil = *civil};
  set_central_europe(decoded, (flags & 1) != 0);
  decoded.zone_change = (flags & 2) != 0;
  if ((flags & 4) != 0) decoded.lock = Lock::Coasting;
  return decoded;
}

Result<Decoded, Problem> decode_schmid(std::string_view telegram) {
  constexpr std::size_t kSize = 11;
  constexpr int kDaylight = 0x04, kWinter = 0x08;
  if (telegram.size() != kSize || telegram.back() != '\xfd') return fail(Problem::BadFormat);
  std::array<int, kSize> byte{};
  for (std::size_t i = 0; i < kSize; ++i) byte[i] = static_cast<std::uint8_t>(telegram[i]);
  if (byte[0] > 23 || byte[1] > 59 || byte[2] > 59 || byte[3] > 9) return fail(Problem::BadTime);
  if (byte[4] < 1 || byte[4] > 31 || byte[5] < 1 || byte[5] > 12 || byte[6] > 99) {
    return fail(Problem::BadDate);
  }
  Decoded decoded;
  decoded.civil = {.year = byte[6],
                   .month = byte[5],
                   .day = byte[4],
                   .hour = byte[0],
                   .minute = byte[1],
                   .second = byte[2],
                   .fraction = milliseconds(100 * byte[3])};
  const int zone = byte[8] & (kDaylight | kWinter);
  if (zone != kDaylight && zone != kWinter) return fail(Problem::BadFormat);
  set_central_europe(decoded, zone == kDaylight);
  const bool valid = (byte[7] & 1) != 0, signal = (byte[7] & 2) != 0;
  decoded.lock = !valid ? Lock::Invalid : signal ? Lock::Locked : Lock::Coasting;
  if (signal) {
    decoded.call_bit = (byte[8] & 0x01) != 0;
    decoded.zone_change = (byte[8] & 0x02) != 0;
    if ((byte[8] & 0x10) != 0) decoded.leap = Leap::Insert;
  }
  return decoded;
}

Result<Decoded, Problem> decode_hopf(std::string_view telegram) {
  const auto civil = match(telegram, "\x02__hhmmssddooyy\n\r\x03");
  if (!civil) return fail(Problem::BadFormat);
  const auto status = hex_digit(telegram[1]), day = hex_digit(telegram[2]);
  if (!status || !day) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil};
  decoded.civil.weekday = *day & 7;
  decoded.utc = (*day & 8) != 0;
  if (!decoded.utc) set_central_europe(decoded, (*status & 2) != 0);
  decoded.zone_change = (*status & 1) != 0;
  constexpr std::array<Lock, 4> kModes{Lock::Invalid, Lock::Coasting, Lock::Locked, Lock::Locked};
  decoded.lock = kModes[static_cast<std::size_t>(*status >> 2 & 3)];
  return decoded;
}

Result<Decoded, Problem> decode_computime(std::string_view telegram) {
  const auto civil = match(telegram, "T:yy:oo:dd:__:hh:mm:ss\r\n");
  if (!civil) return fail(Problem::BadFormat);
  return Decoded{.civil = *civil, .utc = true};
}

Result<Decoded, Problem> decode_varitext(std::string_view telegram) {
  const auto civil = match(telegram, "T:yy:oo:dd:__:hh:mm:ss\r\n____");
  if (!civil) return fail(Problem::BadFormat);
  // NTPsec: of the status byte it looks at summer time only, so that a clock that says nothing of
  // itself is used. The bits below say when it knows better.
  const auto status = static_cast<std::uint8_t>(telegram[24]);
  constexpr int kInitialized = 0x01, kSynchronized = 0x02, kSummer = 0x08, kChange = 0x10,
                kAlways = 0x40;
  Decoded decoded{.civil = *civil};
  decoded.daylight = (status & kSummer) != 0;
  if (decoded.daylight) decoded.civil.east = minutes(60);
  if ((status & kAlways) == 0) return decoded;
  decoded.zone_change = (status & kChange) != 0;
  if ((status & kInitialized) == 0) {
    decoded.lock = Lock::Invalid;
  } else if ((status & kSynchronized) == 0) {
    decoded.lock = Lock::Coasting;
  }
  return decoded;
}

Result<Decoded, Problem> decode_rcc8000(std::string_view telegram) {
  const auto civil = match(telegram, "hh:mm:ss.fff dd/oo/yy ___ w _\r\n");
  if (!civil) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil, .utc = true};
  constexpr int kValid = 8;
  const auto status = hex_digit(telegram[28]);
  if (!status) return fail(Problem::BadFormat);
  if ((*status & kValid) == 0) decoded.lock = Lock::Invalid;
  return decoded;
}

Result<Decoded, Problem> decode_wharton(std::string_view telegram) {
  constexpr std::size_t kSize = 15;
  if (telegram.size() != kSize) return fail(Problem::BadFormat);
  // Each number has its units first.
  std::string turned(telegram);
  for (std::size_t i = 1; i < 13; i += 2) std::swap(turned[i], turned[i + 1]);
  const auto civil = match(turned, "\x02ssmmhhddooyy_\x03");
  if (!civil || turned.find(' ') != std::string::npos) return fail(Problem::BadFormat);
  const int status = telegram[13] - '0';
  if (status < 0 || status > 15) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil};
  decoded.daylight = (status & 2) != 0;
  decoded.civil.east = minutes(((status & 1) != 0 ? 60 : 0) + (decoded.daylight ? 60 : 0));
  decoded.lock = (status & 4) != 0 ? Lock::Locked : Lock::Coasting;
  decoded.zone_change = (status & 8) != 0;
  return decoded;
}

Result<Decoded, Problem> decode_sel240x(std::string_view telegram) {
  const auto civil = match(telegram, "\x01yyyy:jjj:hh:mm:ss_\r\n");
  if (!civil) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil, .utc = true};
  decoded.civil.week_rolls = true;
  switch (telegram[18]) {
    case ' ':
      break;
    case '.':
      decoded.lock = Lock::Coasting;
      decoded.error_bound = 1e-6;
      break;
    case '*':
      decoded.lock = Lock::Coasting;
      decoded.error_bound = 1e-5;
      break;
    case '#':
      decoded.lock = Lock::Coasting;
      decoded.error_bound = 1e-4;
      break;
    case '?':
      decoded.lock = Lock::Invalid;
      break;
    default:
      return fail(Problem::BadFormat);
  }
  return decoded;
}

}  // namespace ntp::refclock::telegram
