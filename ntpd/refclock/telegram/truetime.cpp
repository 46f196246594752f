// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/truetime.h"

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

namespace {

bool is_location(std::string_view line) {
  constexpr std::size_t kEast = 9, kHeight = 18;
  return line.size() > kHeight && (line[0] == 'N' || line[0] == 'S') &&
         (line[kEast] == 'W' || line[kEast] == 'E') && line[kHeight] == '+';
}

}  // namespace

Result<TrueTimeLine, Problem> decode_truetime(std::string_view line) {
  if (line.starts_with('?') || line == "ERROR 05 NO SUCH FUNCTION") {
    return TrueTimeLine(TrueTimeEvent::NotUnderstood);
  }
  if (line.starts_with(" TRUETIME Mk III") || line.starts_with(" TRUETIME XL")) {
    return TrueTimeLine(TrueTimeEvent::F18);
  }
  if (line.size() >= 3 && line[0] == 'F') {
    const auto function = number(line.substr(1, 2));
    if (function && *function > 0 && *function < 80) {
      if (*function == 50) return TrueTimeLine(TrueTimeEvent::F50);
      if (*function == 51) return TrueTimeLine(TrueTimeEvent::F51);
      return TrueTimeLine(TrueTimeEvent::OtherFunction);
    }
  }
  if (is_location(line)) return TrueTimeLine(TrueTimeEvent::Location);
  constexpr std::string_view kForm = "jjj:hh:mm:ss_";
  const auto civil = match(line.substr(0, kForm.size()), kForm);
  if (!civil) return fail(Problem::BadFormat);
  Decoded decoded{.civil = *civil, .utc = true};
  switch (line[kForm.size() - 1]) {
    case ' ':
    case '.':
      decoded.error_bound = 1e-6;
      break;
    case '*':
      decoded.error_bound = 1e-5;
      break;
    case '#':
    case '?':
    case '>':
    case 'X':
      decoded.lock = Lock::Invalid;
      break;
    default:
      break;
  }
  return TrueTimeLine(decoded);
}

}  // namespace ntp::refclock::telegram
