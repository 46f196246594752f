// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/jjy.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

namespace {

/// The date and time that are well formed, or what is wrong.
Result<Decoded, Problem> checked(std::optional<Civil> civil) {
  if (!civil) return fail(Problem::BadFormat);
  civil->east = kJapan;
  if (civil->hour > 23 || civil->minute > 59 || civil->second > 60) return fail(Problem::BadTime);
  return Decoded{.civil = *civil};
}

/// NTPsec's bounds.
bool is_date(const Civil& civil) {
  return *civil.year >= 2000 && *civil.year <= 2098 && *civil.month >= 1 && *civil.month <= 12 &&
         *civil.day >= 1 && *civil.day <= 31;
}

}  // namespace

Result<Decoded, Problem> decode_jst2000(std::string_view text) {
  return checked(match(text, "Jyyoodd_hhmmssf"));
}

Result<Decoded, Problem> decode_lt2000(std::string_view line) {
  constexpr std::size_t kRequested = 15, kContinuous = 17, kTime = 13;
  if (line.size() == kRequested) {
    int sum = 0;
    for (const char c : line.substr(0, kTime)) sum ^= static_cast<std::uint8_t>(c);
    if (line[13] != (0x30 | (sum >> 4 & 0xf)) || line[14] != (0x30 | (sum & 0xf))) {
      return fail(Problem::BadFormat);
    }
  } else if (line.size() != kContinuous) {
    return fail(Problem::BadFormat);
  }
  return checked(match(line.substr(0, kTime), "yyoodd_hhmmss"));
}

Result<Decoded, Problem> decode_jjy200(std::string_view line) {
  auto decoded = checked(match(line, "'__ yy/oo/dd _ hh:mm:ss"));
  if (!decoded) return decoded;
  const std::string_view status = line.substr(1, 2);
  if (status == "NG" || status == "ER") {
    decoded->lock = Lock::Invalid;
  } else if (status != "OK") {
    return fail(Problem::BadFormat);
  }
  return decoded;
}

Result<Decoded, Problem> decode_tdc300(std::string_view text) {
  constexpr std::size_t kTimeOnly = 8, kFull = 17, kBefore = 13;
  // Its bytes carry a parity of their own.
  std::string plain(text.substr(0, kFull + 1));
  for (char& c : plain) c = static_cast<char>(c & 0x7f);
  if (plain.size() == kTimeOnly) return checked(match(plain, "hh:mm:ss"));
  if (plain.size() == kFull) return checked(match(plain, "yyooddhhmmssw____"));
  if (plain.size() == kBefore) return checked(match(plain, "yyooddwhhmmss"));
  return fail(Problem::BadFormat);
}

Result<Civil, Problem> decode_tristate_date(std::string_view line) {
  constexpr std::string_view kForm = "yyyy/oo/dd";
  auto civil = match(line.substr(0, kForm.size()), kForm);
  if (!civil || (line.size() > kForm.size() && line[kForm.size()] != ' ')) {
    return fail(Problem::BadFormat);
  }
  if (!is_date(*civil)) return fail(Problem::BadDate);
  return *civil;
}

Result<Civil, Problem> decode_tristate_time(std::string_view line) {
  const auto decoded = checked(match(line, "hh:mm:ss"));
  if (!decoded) return fail(decoded.error());
  return decoded->civil;
}

Result<Civil, Problem> decode_teljjy_date(std::string_view text) {
  const auto civil = match(text, "yyyyoodd");
  if (!civil) return fail(Problem::BadFormat);
  if (!is_date(*civil)) return fail(Problem::BadDate);
  return *civil;
}

Result<Civil, Problem> decode_teljjy_time(std::string_view text) {
  const auto decoded = checked(match(text, "hhmmss"));
  if (!decoded) return fail(decoded.error());
  return decoded->civil;
}

Result<Leap, Problem> decode_teljjy_leap(std::string_view text) {
  if (text == " 0") return Leap::None;
  if (text == "+1") return Leap::Insert;
  if (text == "-1") return Leap::Delete;
  return fail(Problem::BadFormat);
}

std::string marked(std::string_view sign, std::string_view text) {
  constexpr std::array<std::string_view, 32> kControl{
      "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS",  "HT",  "LF",
      "VT",  "FF",  "CR",  "SO",  "SI",  "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
      "SYN", "ETB", "CAN", "EM",  "SUB", "ESC", "FS",  "GS",  "RS",  "US"};
  std::string line(sign);
  for (const char c : text) {
    const auto value = static_cast<std::uint8_t>(c);
    if (c >= ' ' && c <= '~') {
      line.push_back(c);
    } else if (value < kControl.size()) {
      line += '<' + std::string(kControl[value]) + '>';
    } else {
      char code[8];
      std::snprintf(code, sizeof code, "<x%02X>", value);
      line += code;
    }
  }
  return line;
}

std::string japanese_time(WallTime time) {
  const Civil local = civil_of(time + kJapan);
  const Civil zulu = civil_of(time);
  const std::chrono::year year(*zulu.year);
  const auto day =
      std::chrono::sys_days(year / *zulu.month / *zulu.day) - std::chrono::sys_days(year / 1 / 1);
  const auto milliseconds = [](const Civil& civil) {
    return static_cast<int>(civil.fraction / std::chrono::milliseconds(1));
  };
  char text[128];
  std::snprintf(text, sizeof text,
                "%04d/%02d/%02d %02d:%02d:%02d.%03d JST   ( %04d/%03d %02d:%02d:%02d.%03d UTC )",
                *local.year, *local.month, *local.day, local.hour, local.minute, local.second,
                milliseconds(local), *zulu.year, static_cast<int>(day.count()) + 1, zulu.hour,
                zulu.minute, zulu.second, milliseconds(zulu));
  return text;
}

}  // namespace ntp::refclock::telegram
