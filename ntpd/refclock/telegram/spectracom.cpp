// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/spectracom.h"

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

namespace {

constexpr double kUnknownError = 1.5;  // s

std::optional<double> bound_of(char quality) {
  switch (quality) {
    case ' ':
      return 0.001;
    case 'A':
      return 0.01;
    case 'B':
      return 0.1;
    case 'C':
      return 0.5;
    case 'D':
      return kUnknownError;
    default:
      return std::nullopt;
  }
}

Decoded from(const Civil& civil, char synchronized, char leap) {
  Decoded decoded{.civil = civil, .utc = true};
  decoded.civil.week_rolls = true;
  if (synchronized != ' ') {
    decoded.lock = Lock::Invalid;
  } else if (leap == 'L') {
    decoded.leap = Leap::Insert;
  }
  return decoded;
}

}  // namespace

Result<Decoded, Problem> decode_spectracom(std::string_view line) {
  if (const auto civil = match(line, "_  jjj hh:mm:ss _TZ=__")) {
    Decoded decoded = from(*civil, line[0], ' ');
    decoded.error_bound = 0.001;
    decoded.daylight = line[16] == 'D';
    return decoded;
  }
  if (const auto civil = match(line, "__yy jjj hh:mm:ss.fff __")) {
    Decoded decoded = from(*civil, line[0], line[22]);
    decoded.error_bound = bound_of(line[1]);
    if (!decoded.error_bound) return fail(Problem::BadFormat);
    decoded.daylight = line[23] == 'D';
    return decoded;
  }
  if (const auto civil = match(line, "0003_ yyyyoodd hhmmss+0000__#")) {
    Decoded decoded = from(*civil, line[4], line[27]);
    decoded.error_bound = 0.001;
    return decoded;
  }
  return fail(Problem::BadFormat);
}

}  // namespace ntp::refclock::telegram
