// SPDX-License-Identifier: BSD-2-Clause
#include <optional>

#include "libntp/config/directives.h"

namespace ntp::config {
namespace {

constexpr std::uint32_t kEntryBytes = 96;  // of NTPsec's list, so that a file means the same here

std::uint32_t entries_in(std::int32_t kibibytes) {
  return static_cast<std::uint32_t>(kibibytes) * 1024U / kEntryBytes;
}

bool set_mru(Keyword item, std::int32_t value, MruSettings& mru) {
  const auto count = static_cast<std::uint32_t>(value);
  switch (item) {
    case Keyword::MaxAge:
      mru.max_age = value;
      return true;
    case Keyword::MinAge:
      mru.min_age = value;
      return true;
    case Keyword::MaxDepth:
      mru.max_depth = value < 0 ? MruSettings::kUnlimited : count;
      return true;
    case Keyword::MaxMem:
      mru.max_depth = value < 0 ? MruSettings::kUnlimited : entries_in(value);
      return true;
    default:
      break;
  }
  if (value < 0) return false;
  switch (item) {
    case Keyword::MinDepth:
      mru.min_depth = count;
      break;
    // NTPsec: initalloc 0 aborts at the first packet.
    case Keyword::InitAlloc:
      mru.initial = count;
      break;
    case Keyword::InitMem:
      mru.initial = entries_in(value);
      break;
    case Keyword::IncAlloc:
      mru.increment = count;
      break;
    default:
      mru.increment = entries_in(value);
      break;
  }
  return true;
}

}  // namespace

bool parse_limit(Keyword, Line& line, Draft& draft) {
  LimitSettings limit = draft.settings.limit;
  const auto matches = [](const Token& token) {
    return is_any(token, Keyword::Average, Keyword::Burst, Keyword::Kod);
  };
  const auto reads = [&](const Token& item) {
    const auto value = line.number();
    if (!value) return false;
    if (item.is(Keyword::Average)) limit.average = *value;
    if (item.is(Keyword::Burst)) limit.burst = *value;
    if (item.is(Keyword::Kod)) limit.kod = *value;
    return true;
  };
  if (!read_items(line, "average, burst or kod", matches, reads)) return false;
  limit.where = line.start();
  draft.settings.limit = limit;
  return true;
}

bool parse_mru(Keyword, Line& line, Draft& draft) {
  MruSettings mru = draft.settings.mru;
  const auto matches = [](const Token& token) {
    return is_any(token, Keyword::MaxAge, Keyword::MinAge, Keyword::MaxDepth, Keyword::MaxMem,
                  Keyword::MinDepth, Keyword::InitAlloc, Keyword::InitMem, Keyword::IncAlloc,
                  Keyword::IncMem);
  };
  const auto reads = [&](const Token& item) {
    const Location where = line.here();
    const auto value = line.integer();
    if (!value) return false;
    if (!set_mru(item.keyword, *value, mru)) {
      line.report().error(
          where, "mru " + item.text + " " + std::to_string(*value) + " out of range, ignored");
    }
    return true;
  };
  if (!read_items(line,
                  "maxdepth, maxmem, mindepth, maxage, minage, initalloc, initmem, incalloc or "
                  "incmem",
                  matches, reads)) {
    return false;
  }
  draft.settings.mru = mru;
  return true;
}

}  // namespace ntp::config
