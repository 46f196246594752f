// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/arbiter.h"

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

Result<Decoded, Problem> decode_arbiter(std::string_view line, char quality) {
  constexpr std::string_view kForm = "_ yy jjj hh:mm:ss.fff";
  const std::string_view head = line.substr(0, kForm.size());
  if (line.find_last_not_of(' ') >= kForm.size()) return fail(Problem::BadFormat);
  const auto civil = match(head, kForm);
  if (!civil) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil, .utc = true};
  decoded.civil.week_rolls = true;
  switch (quality) {
    case '0':
      decoded.error_bound = 1e-7;
      break;
    case '4':
      decoded.error_bound = 1e-6;
      break;
    case '5':
      decoded.error_bound = 1e-5;
      break;
    case '6':
      decoded.error_bound = 1e-4;
      break;
    case '7':
      decoded.error_bound = 1e-3;
      break;
    case '8':
      decoded.error_bound = 1e-2;
      break;
    case '9':
      decoded.error_bound = 0.1;
      break;
    case 'A':
      decoded.error_bound = 1;
      break;
    case 'B':
      decoded.error_bound = 10;
      break;
    case 'F':
      return fail(Problem::Fault);
    default:
      return fail(Problem::BadFormat);
  }
  if (line[0] != ' ') decoded.lock = Lock::Invalid;
  return decoded;
}

}  // namespace ntp::refclock::telegram
