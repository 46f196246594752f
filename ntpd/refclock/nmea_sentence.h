// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/time.h"

namespace ntp::refclock {

/// The sentences that have the time.
enum class NmeaKind : std::uint8_t { Rmc, Gga, Gll, Zda, Zdg, Pgrmf, Other };
inline constexpr std::size_t kNmeaKinds = 6;

/// An NMEA 0183 sentence, taken apart.
struct NmeaSentence {
  NmeaKind kind = NmeaKind::Other;
  /// It had a checksum, and that was right.
  bool checksummed = false;
  /// The first is the tag, as `GPRMC`.
  std::vector<std::string_view> fields;
};

/// Takes a line apart that has to be a sentence: `$`, a tag of five characters or more, at most 32
/// fields and 80 characters before the checksum, which has to be right if it is there.
std::optional<NmeaSentence> parse_nmea(std::string_view line);

/// What a sentence says of the time.
struct NmeaTime {
  std::optional<Duration> time_of_day;
  /// Midnight of the day; nothing if it is bad, or there is none in the sentence (has_date).
  std::optional<WallTime> day;
  bool has_date = true;
  /// The receiver itself trusts it.
  bool valid = true;
};
NmeaTime read_nmea_time(const NmeaSentence& sentence);

/// The sentence with its position, and its checksum, made unreadable.
std::string without_position(const NmeaSentence& sentence, std::string_view line);

}  // namespace ntp::refclock
