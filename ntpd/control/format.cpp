// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ntp::control {

std::string whole_seconds(double seconds) {
  constexpr double kLimit = 9e15;
  if (!(seconds > 0)) return "0";
  return std::to_string(static_cast<std::int64_t>(seconds < kLimit ? seconds : kLimit));
}

std::string hexadecimal(std::uint64_t value) { return fmt::format("{:#x}", value); }

std::string fixed(double value, int decimals) {
  return fmt::format("{:.{}f}", std::isfinite(value) ? value : 0.0, decimals);
}

std::string milliseconds(double seconds, int decimals) { return fixed(seconds * 1e3, decimals); }

std::string parts_per_million(double rate, int decimals) { return fixed(rate * 1e6, decimals); }

std::string timestamp(NtpTimestamp stamp) {
  return fmt::format("{:#010x}.{:08x}", stamp.seconds(), stamp.fraction());
}

std::string date(WallTime time) {
  const std::chrono::sys_time<Duration> utc(time.time_since_epoch());
  const auto day = std::chrono::floor<std::chrono::days>(utc);
  const std::chrono::year_month_day calendar(day);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(utc - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}Z", static_cast<int>(calendar.year()),
                     static_cast<unsigned>(calendar.month()), static_cast<unsigned>(calendar.day()),
                     minutes / 60, minutes % 60);
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) result += c >= 0x20 && c < 0x7f && c != '"' ? c : '.';
  result += '"';
  return result;
}

std::string address(const Address& address) {
  return address.is_set() ? address.to_string() : "0.0.0.0";
}

std::string reference_text(RefId id) {
  std::string text = id.to_text();
  std::ranges::replace_if(
      text, [](char c) { return c == ',' || c == '"'; }, '.');
  return text;
}

std::string reference_text(RefId id, int stratum) {
  return stratum >= 2 && stratum <= 15 ? id.to_quad() : reference_text(id);
}

std::string filter_array(const std::array<double, 8>& seconds) {
  std::string result;
  for (const double value : seconds) {
    result += ' ';
    result += milliseconds(value, 2);
  }
  return result;
}

}  // namespace ntp::control
