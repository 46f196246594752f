// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/directives.h"
#include "libntp/config/text.h"

namespace ntp::config {
namespace {

/// Reads the factor whose keyword, `factor`, is taken. False if its argument is bad.
bool read_factor(Keyword factor, Line& line, FudgeSettings& fudge) {
  switch (factor) {
    case Keyword::Time1:
      return (fudge.time1 = line.number()).has_value();
    case Keyword::Time2:
      return (fudge.time2 = line.number()).has_value();
    case Keyword::Stratum: {
      const Location where = line.here();
      const auto stratum = line.integer();
      if (!stratum) return false;
      if (*stratum >= 0 && *stratum <= 16) {
        fudge.stratum = *stratum;
      } else {
        line.report().error(where, "stratum has to be 0 to 16 (it is ignored)");
      }
      return true;
    }
    case Keyword::Refid: {
      const auto refid = line.string();
      if (!refid) return false;
      fudge.refid = refid->substr(0, 4);
      return true;
    }
    default: {
      const unsigned bit =
          1U << (static_cast<unsigned>(factor) - static_cast<unsigned>(Keyword::Flag1));
      const auto value = line.boolean();
      if (!value) return false;
      fudge.flags_set |= bit;
      fudge.flags = *value ? fudge.flags | bit : fudge.flags & ~bit;
      return true;
    }
  }
}

bool is_factor(const Token& token) {
  return is_any(token, Keyword::Time1, Keyword::Time2, Keyword::Stratum, Keyword::Refid,
                Keyword::Flag1, Keyword::Flag2, Keyword::Flag3, Keyword::Flag4);
}

}  // namespace

bool parse_fudge(Keyword, Line& line, Draft& draft) {
  FudgeSettings fudge;
  fudge.where = line.start();
  const bool v6 = line.accept(Keyword::Ipv6Flag);
  if (!v6) line.accept(Keyword::Ipv4Flag);
  const Location address_at = line.here();
  const auto host = line.string();
  if (!host) return false;
  const auto reads = [&](const Token& factor) { return read_factor(factor.keyword, line, fudge); };
  if (!read_items(line, "time1, time2, stratum, refid or flag1 to flag4", is_factor, reads)) {
    return false;
  }
  const auto clock = parse_clock_address(*host);
  if (!clock || v6) {
    line.report().error(address_at,
                        "inappropriate address " + quote(*host) +
                            " for the fudge command, expected 127.127.t.u (the line is ignored)");
    return true;
  }
  fudge.driver_type = clock->type;
  fudge.unit = clock->unit;
  const Location where = fudge.where;
  Draft::append(draft.settings.fudges, std::move(fudge), where, line.report());
  return true;
}

}  // namespace ntp::config
