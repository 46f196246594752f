// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/nmea_sentence.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "ntpd/refclock/calendar.h"

namespace ntp::refclock {
namespace {

constexpr std::size_t kShortestTag = 5;
constexpr std::size_t kLongest = 80;
constexpr std::size_t kMostFields = 32;

bool is_tag(std::string_view tag) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return tag.size() >= kShortestTag && is_upper(tag.front()) &&
         std::ranges::all_of(tag, [&](char c) { return is_upper(c) || (c >= '0' && c <= '9'); });
}

/// NTPsec: the digits are upper case.
std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

bool is_checksum_of(std::string_view body, std::string_view digits) {
  if (digits.size() != 2) return false;
  unsigned sum = 0;
  for (const char c : body) sum ^= static_cast<unsigned char>(c);
  const auto high = hex_digit(digits[0]);
  const auto low = hex_digit(digits[1]);
  return high && low && *high * 16 + *low == sum;
}

NmeaKind kind_of(std::string_view tag) {
  if (tag == "PGRMF") return NmeaKind::Pgrmf;
  // Two characters say what talks; only those of a fixed length are talkers.
  if (tag.size() != kShortestTag) return NmeaKind::Other;
  constexpr std::array<std::string_view, 5> kTypes{"RMC", "GGA", "GLL", "ZDA", "ZDG"};
  const auto* const found = std::ranges::find(kTypes, tag.substr(2));
  return static_cast<NmeaKind>(found == kTypes.end() ? static_cast<int>(NmeaKind::Other)
                                                     : static_cast<int>(found - kTypes.begin()));
}

std::string_view field(const NmeaSentence& sentence, std::size_t index) {
  return index < sentence.fields.size() ? sentence.fields[index] : std::string_view();
}

/// `ddmmyy`; up to 80 the years are of this century.
std::optional<WallTime> short_date(std::string_view text) {
  if (text.size() != 6) return std::nullopt;
  const auto day = parse_digits(text.substr(0, 2));
  const auto month = parse_digits(text.substr(2, 2));
  const auto year = parse_digits(text.substr(4, 2));
  if (!day || !month || !year) return std::nullopt;
  return midnight(*year > 80 ? 1900 + *year : 2000 + *year, *month, *day);
}

std::optional<WallTime> long_date(const NmeaSentence& sentence, std::size_t first) {
  const auto day = parse_digits(field(sentence, first));
  const auto month = parse_digits(field(sentence, first + 1));
  const auto year = parse_digits(field(sentence, first + 2));
  if (!day || !month || !year) return std::nullopt;
  return midnight(*year, *month, *day);
}

/// NTPsec: an empty field is as good as none of the good ones.
bool is(std::string_view text, char wanted) { return !text.empty() && text.front() == wanted; }
bool is_not(std::string_view text, char unwanted) {
  return !text.empty() && text.front() != unwanted;
}

}  // namespace

std::optional<NmeaSentence> parse_nmea(std::string_view line) {
  if (!line.starts_with('$')) return std::nullopt;
  line.remove_prefix(1);
  NmeaSentence sentence;
  const auto star = line.find('*');
  const std::string_view body = line.substr(0, star);
  if (body.size() >= kLongest) return std::nullopt;
  if (star != std::string_view::npos) {
    std::string_view digits = line.substr(star + 1);
    while (digits.ends_with(' ')) digits.remove_suffix(1);
    if (!is_checksum_of(body, digits)) return std::nullopt;
    sentence.checksummed = true;
  }
  std::size_t begin = 0;
  while (true) {
    const auto comma = body.find(',', begin);
    sentence.fields.push_back(body.substr(begin, comma - begin));
    if (comma == std::string_view::npos) break;
    begin = comma + 1;
    if (sentence.fields.size() >= kMostFields) return std::nullopt;
  }
  if (!is_tag(sentence.fields.front()) || sentence.fields.size() < 2) return std::nullopt;
  sentence.kind = kind_of(sentence.fields.front());
  return sentence;
}

NmeaTime read_nmea_time(const NmeaSentence& sentence) {
  NmeaTime time;
  const auto at = [&](std::size_t index) { return field(sentence, index); };
  switch (sentence.kind) {
    case NmeaKind::Rmc:
      time.time_of_day = parse_time_of_day(at(1));
      time.day = short_date(at(9));
      time.valid = is(at(2), 'A');
      break;
    case NmeaKind::Gga:
      time.time_of_day = parse_time_of_day(at(1));
      time.has_date = false;
      time.valid = is_not(at(6), '0');
      break;
    case NmeaKind::Gll:
      time.time_of_day = parse_time_of_day(at(5));
      time.has_date = false;
      time.valid = is(at(6), 'A');
      break;
    case NmeaKind::Zda:
      time.time_of_day = parse_time_of_day(at(1));
      time.day = long_date(sentence, 2);
      break;
    case NmeaKind::Zdg:
      time.time_of_day = parse_time_of_day(at(1));
      time.day = long_date(sentence, 2);
      // NTPsec looks at the field before, which is the year in part.
      time.valid = is_not(at(6), '0');
      break;
    case NmeaKind::Pgrmf:
      time.time_of_day = parse_time_of_day(at(4));
      time.day = short_date(at(3));
      time.valid = is_not(at(11), '0');
      break;
    case NmeaKind::Other:
      break;
  }
  return time;
}

std::string without_position(const NmeaSentence& sentence, std::string_view line) {
  std::string text(line);
  const auto wipe = [&](std::initializer_list<std::size_t> indices) {
    for (const std::size_t index : indices) {
      const std::string_view wiped = field(sentence, index);
      if (wiped.empty()) continue;
      const auto begin = static_cast<std::size_t>(wiped.data() - line.data());
      for (std::size_t i = begin; i < begin + wiped.size(); ++i) {
        if (text[i] != '.') text[i] = '_';
      }
    }
    if (const auto star = text.find('*'); star != std::string::npos) {
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(star) + 1, text.end(), '_');
    }
  };
  switch (sentence.kind) {
    case NmeaKind::Rmc:
      wipe({3, 4, 5, 6});
      break;
    case NmeaKind::Gga:
      wipe({2, 4});
      break;
    case NmeaKind::Gll:
      wipe({1, 3});
      break;
    case NmeaKind::Pgrmf:
      wipe({6, 8});
      break;
    case NmeaKind::Zda:
    case NmeaKind::Zdg:
    case NmeaKind::Other:
      break;
  }
  return text;
}

}  // namespace ntp::refclock
