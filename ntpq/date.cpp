// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/date.h"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "ntpq/text.h"

namespace ntp::ntpq {
namespace {

std::optional<std::uint32_t> parse_word(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, 16);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

std::string decimal(std::int64_t value, std::size_t digits) {
  const std::string text = std::to_string(value);
  return std::string(digits > text.size() ? digits - text.size() : 0, '0') + text;
}

}  // namespace

std::optional<NtpTimestamp> parse_timestamp(std::string_view text) {
  if (text.substr(0, 2) != "0x") return std::nullopt;
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto seconds = parse_word(text.substr(2, point - 2));
  const auto fraction = parse_word(text.substr(point + 1));
  if (!seconds || !fraction) return std::nullopt;
  return NtpTimestamp(std::uint64_t{*seconds} << 32U | *fraction);
}

std::string utc_text(NtpTimestamp stamp, WallTime now, std::size_t digits) {
  using namespace std::chrono;
  constexpr std::size_t kMostDigits = 9;
  // The date from the seconds and the digits from the fraction, so that rounding to nanoseconds
  // never moves a date.
  const NtpTimestamp whole(std::uint64_t{stamp.seconds()} << 32U);
  const auto since_epoch = floor<seconds>(whole.to_wall(now).time_since_epoch());
  const sys_seconds moment(since_epoch);
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  const std::uint64_t nanoseconds = std::uint64_t{stamp.fraction()} * 1'000'000'000 >> 32U;
  return decimal(static_cast<int>(date.year()), 4) + "-" +
         decimal(static_cast<unsigned>(date.month()), 2) + "-" +
         decimal(static_cast<unsigned>(date.day()), 2) + "T" + decimal(time.hours().count(), 2) +
         ":" + decimal(time.minutes().count(), 2) + ":" + decimal(time.seconds().count(), 2) + "." +
         decimal(static_cast<std::int64_t>(nanoseconds), kMostDigits).substr(0, digits) + "Z";
}

std::string pretty_date(NtpTimestamp stamp, WallTime now) {
  constexpr std::size_t kMilliseconds = 3;
  return to_hex(stamp.seconds(), 8) + "." + to_hex(stamp.fraction(), 8) + " " +
         utc_text(stamp, now, kMilliseconds);
}

}  // namespace ntp::ntpq
