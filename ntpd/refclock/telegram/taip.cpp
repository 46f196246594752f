// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/taip.h"

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

Result<Decoded, Problem> decode_taip(std::string_view telegram) {
  // Time to the millisecond, day, month, year, GPS - UTC, kind of fix, satellites and what else.
  const auto civil = match(telegram, ">RTMhhmmssfffddooyyyy_____1_____;*__<");
  if (!civil) return fail(Problem::BadFormat);
  constexpr std::size_t kSum = 34;
  const auto high = hex_digit(telegram[kSum]), low = hex_digit(telegram[kSum + 1]);
  int sum = 0;
  for (const char c : telegram.substr(0, kSum)) sum ^= static_cast<std::uint8_t>(c);
  if (!high || !low || *high * 16 + *low != sum) return fail(Problem::BadTime);
  const auto fix = number(telegram.substr(23, 1));
  if (!fix) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil, .utc = true};
  decoded.civil.week_rolls = true;
  constexpr int kUnknown = 9;
  if (*fix == kUnknown) decoded.lock = Lock::Invalid;
  return decoded;
}

}  // namespace ntp::refclock::telegram
