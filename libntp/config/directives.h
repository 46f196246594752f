// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/config/draft.h"
#include "libntp/config/line.h"

namespace ntp::config {

/// Reads the rest of a directive whose first word, `directive`, is taken, and writes it to the
/// draft. False if the directive is void, which has then been reported; words that are left over
/// after a complete directive are the caller's affair.
using Directive = bool (*)(Keyword directive, Line& line, Draft& draft);

// parse_sources.cpp, parse_fudge.cpp
bool parse_server(Keyword directive, Line& line, Draft& draft);
bool parse_refclock(Keyword directive, Line& line, Draft& draft);
bool parse_unpeer(Keyword directive, Line& line, Draft& draft);
bool parse_fudge(Keyword directive, Line& line, Draft& draft);

// parse_access.cpp, parse_limits.cpp
bool parse_restrict(Keyword directive, Line& line, Draft& draft);
bool parse_limit(Keyword directive, Line& line, Draft& draft);
bool parse_mru(Keyword directive, Line& line, Draft& draft);

// parse_clock.cpp
bool parse_tos(Keyword directive, Line& line, Draft& draft);
bool parse_tinker(Keyword directive, Line& line, Draft& draft);
bool parse_switches(Keyword directive, Line& line, Draft& draft);
bool parse_driftfile(Keyword directive, Line& line, Draft& draft);

// parse_keys.cpp
bool parse_keys(Keyword directive, Line& line, Draft& draft);
bool parse_trustedkey(Keyword directive, Line& line, Draft& draft);
bool parse_controlkey(Keyword directive, Line& line, Draft& draft);
bool parse_nts(Keyword directive, Line& line, Draft& draft);

// parse_logging.cpp
bool parse_statistics(Keyword directive, Line& line, Draft& draft);
bool parse_filegen(Keyword directive, Line& line, Draft& draft);
bool parse_logconfig(Keyword directive, Line& line, Draft& draft);
bool parse_statsdir(Keyword directive, Line& line, Draft& draft);

// parse_system.cpp
bool parse_path(Keyword directive, Line& line, Draft& draft);
bool parse_number(Keyword directive, Line& line, Draft& draft);
bool parse_interface(Keyword directive, Line& line, Draft& draft);
bool parse_extra(Keyword directive, Line& line, Draft& draft);
bool parse_hwtimestamp(Keyword directive, Line& line, Draft& draft);
bool parse_setvar(Keyword directive, Line& line, Draft& draft);
bool parse_phone(Keyword directive, Line& line, Draft& draft);
bool parse_rlimit(Keyword directive, Line& line, Draft& draft);
bool parse_reset(Keyword directive, Line& line, Draft& draft);

/// One item or more: `matches(token)` knows an item's first word, `reads(token)` reads the rest of
/// it. False if there is none or one is bad, which is then reported.
template <class Matches, class Reads>
bool read_items(Line& line, std::string_view expected, Matches matches, Reads reads) {
  if (!matches(line.peek())) {
    line.reject(expected);
    return false;
  }
  line.expect(expected);
  while (matches(line.peek())) {
    if (!reads(line.take())) return false;
  }
  return true;
}

/// Whether a token is one of these keywords.
template <class... Keywords>
bool is_any(const Token& token, Keywords... keywords) {
  return (token.is(keywords) || ...);
}

/// A UDP port of the word just read: its low 16 bits (NTPsec), with a warning if that matters.
std::uint16_t to_port(double value, Line& line);

/// A number cut to an int, at the ends of the range if need be.
int to_int(double value);

}  // namespace ntp::config
