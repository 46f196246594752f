// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// The sets of variables that commands show with a legend each, in NTPsec's order and words.
namespace ntp::ntpq {

enum class Shape : std::uint8_t {
  Number,
  Text,     // as received; left out if empty
  Address,  // as a name, if names are shown
  Time,     // a timestamp
  Leap,
  Mode,
  Uptime,   // whole seconds; those of packets below count by it
  Packets,  // with a rate
};

struct Legend {
  /// With its blanks: the legends of a set are of one width.
  std::string_view text;
  std::string_view variable;
  Shape shape;
};

std::span<const Legend> authinfo_legends();
std::span<const Legend> iostats_legends();
std::span<const Legend> kerninfo_legends();
std::span<const Legend> monstats_legends();
std::span<const Legend> mssntpinfo_legends();
std::span<const Legend> ntsinfo_legends();
std::span<const Legend> ntskeinfo_legends();
std::span<const Legend> pstats_legends();
std::span<const Legend> sysinfo_legends();
/// The first two lines, and then those whose variables have a twin with `_r`.
std::span<const Legend> sysstats_head_legends();
std::span<const Legend> sysstats_legends();
std::span<const Legend> timerstats_legends();

}  // namespace ntp::ntpq
