// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ntpd/refclock/telegram/telegram.h"

namespace ntp::refclock::telegram {

/// Receivers of JJY and GPS of Japanese make. All show Japan Standard Time, 9 hours ahead of UTC.

/// C-DEX JST2000, the answer to ENQ 1J ETX: `JYYMMDDWHHMMSSf` between STX and ETX.
Result<Decoded, Problem> decode_jst2000(std::string_view text);
/// Echo Keisokuki LT-2000: `YYMMDDWHHMMSS` and two characters of check in the mode of requests,
/// four of status in the continuous mode, where it comes kLt2000Early before the time it tells.
Result<Decoded, Problem> decode_lt2000(std::string_view line);
inline constexpr std::chrono::milliseconds kLt2000Early{500};
/// CITIZEN T.I.C JJY-200: `'OK YY/MM/DD W HH:MM:SS`; NG and ER are Invalid.
Result<Decoded, Problem> decode_jjy200(std::string_view line);
/// SEIKO TIME SYSTEMS TDC-300, between STX and ETX: `HH:MM:SS` (its date is empty),
/// `YYMMDDHHMMSSWLSCU`, or `YYMMDDWHHMMSS`, whose second a mark begins.
Result<Decoded, Problem> decode_tdc300(std::string_view text);
/// Tristate TS-JJY01 and TS-GPS01 answer in pieces: `YYYY/MM/DD`, a weekday behind it or not, and
/// `HH:MM:SS`. Both give the fields that they tell.
Result<Civil, Problem> decode_tristate_date(std::string_view line);
Result<Civil, Problem> decode_tristate_time(std::string_view line);

/// The telephone service answers in pieces, too: `YYYYMMDD`, `HHMMSS` as each second begins, and
/// what comes of leap seconds, ` 0`, `+1` or `-1`.
Result<Civil, Problem> decode_teljjy_date(std::string_view text);
Result<Civil, Problem> decode_teljjy_time(std::string_view text);
Result<Leap, Problem> decode_teljjy_leap(std::string_view text);

/// A line of clockstats: the sign of its kind, and a text whose control characters have their names
/// (as NTPsec).
std::string marked(std::string_view sign, std::string_view text);
/// `2026/11/25 21:04:05.000 JST   ( 2026/329 12:04:05.000 UTC )`.
std::string japanese_time(WallTime time);

/// Ahead of UTC.
inline constexpr std::chrono::minutes kJapan{540};

}  // namespace ntp::refclock::telegram
