// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/dialup.h"

#include "ntpd/refclock/telegram/pattern.h"
#include "ntpd/refclock/telegram/spectracom.h"

namespace ntp::refclock::telegram {

namespace {

using Answer = Result<DialupTime, Problem>;

Answer nist(std::string_view line) {
  //                                 MJD, date, time, DST, leap, DUT1, advance in ms, on-time mark
  const auto civil = match(line, "_____ yy-oo-dd hh:mm:ss __ _ ___ _____ UTC(NIST) _");
  if (!civil) return fail(Problem::BadFormat);
  const char mark = line.back(), leap = line[27];
  if ((mark != '*' && mark != '#') || leap < '0' || leap > '9') return fail(Problem::BadFormat);
  DialupTime time{.decoded = {.civil = *civil, .utc = true},
                  .refid = RefId::from_text("NIST"),
                  .corrected = mark == '#',
                  .measures = true};
  if (leap == '1') time.decoded.leap = Leap::Insert;
  if (leap == '2') time.decoded.leap = Leap::Delete;
  return time;
}

Answer usno(std::string_view line) {
  // The modified Julian day, which tells the year.
  constexpr int kMjdOf1970 = 40'587;
  const auto civil = match(line, "_____ jjj hhmmss UTC");
  const auto day = number(line.substr(0, 5));
  if (!civil || !day) return fail(Problem::BadFormat);
  if (*day < kMjdOf1970) return fail(Problem::BadDate);
  DialupTime time{.decoded = {.civil = *civil, .utc = true}, .refid = RefId::from_text("USNO")};
  time.decoded.civil.year = civil_of(WallTime(std::chrono::days(*day - kMjdOf1970))).year;
  return time;
}

Answer ptb(std::string_view line) {
  // Local time and zone, codes of zone changes, then UTC with its seconds in the local time alone,
  // MJD, DUT1, leap second with sign and month, transmit advance in ms, free, on-time mark.
  const auto local = match(line.substr(0, 20), "____-__-__ __:__:ss ");
  const auto utc = match(line.substr(37, 12), "yyyyooddhhmm");
  const char sign = line[56];
  const auto month = number(line.substr(57, 2));
  const char mark = line[77];
  if (!local || !utc || !month || (mark != '*' && mark != '#' && mark != ' ')) {
    return fail(Problem::BadFormat);
  }
  DialupTime time{.decoded = {.civil = *utc, .utc = true}, .refid = RefId::from_text("PTB")};
  time.decoded.civil.second = local->second;
  if (utc->month == *month) {
    if (sign == '+') time.decoded.leap = Leap::Insert;
    if (sign == '-') time.decoded.leap = Leap::Delete;
  }
  return time;
}

Answer spectracom(std::string_view line) {
  const auto decoded = decode_spectracom(line);
  if (!decoded) return fail(decoded.error());
  return DialupTime{.decoded = *decoded, .refid = RefId::from_text("GPS")};
}

}  // namespace

std::optional<Result<DialupTime, Problem>> decode_dialup(std::string_view line) {
  switch (line.size()) {
    case 50:
      return nist(line);
    case 20:
      return usno(line);
    case 78:
      return ptb(line);
    case 22:
    case 24:
      return spectracom(line);
    default:
      return std::nullopt;
  }
}

}  // namespace ntp::refclock::telegram
