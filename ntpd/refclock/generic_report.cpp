// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/generic_report.h"

#include <cstdio>

namespace ntp::refclock {

namespace {

using telegram::Lock;

/// As NTPsec prints a stamp: hexadecimal, then to the millisecond.
std::string pretty(WallTime time) {
  const auto stamp = NtpTimestamp::from_wall(time);
  const auto civil = telegram::civil_of(time);
  char text[80];
  std::snprintf(text, sizeof text, "%08x.%08x %04d-%02d-%02dT%02d:%02d:%02d.%03d", stamp.seconds(),
                stamp.fraction(), civil.year.value_or(0), civil.month.value_or(0),
                civil.day.value_or(0), civil.hour, civil.minute, civil.second,
                static_cast<int>(civil.fraction.count() / 1'000'000));
  return text;
}

std::string span(Duration time) {
  const auto seconds = static_cast<long long>(to_seconds(time));
  char text[64];
  const long long days = seconds / 86400, rest = seconds % 86400;
  std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", rest / 3600, rest / 60 % 60, rest % 60);
  return (days != 0 ? std::to_string(days) + "d+" : "") + text;
}

void append(std::string& list, std::string_view item) {
  if (!list.empty()) list += "; ";
  list += item;
}

}  // namespace

void GenericReport::pass(MonoTime now, ClockEvent state) {
  if (last_) spent_[static_cast<std::size_t>(state)] += now - *last_;
  last_ = now;
}

std::string GenericReport::status(const GenericClock& clock) const {
  std::string text;
  if (decoded_) {
    const telegram::Decoded& d = *decoded_;
    if (d.zone_change) append(text, "DST SWITCH WARNING");
    if (d.lock == Lock::Invalid) append(text, "NOT SYNCHRONIZED");
    if (d.lock == Lock::Coasting) append(text, "TIME CODE NOT CONFIRMED");
    if (d.daylight) append(text, "DST");
    if (d.utc) append(text, "UTC DISPLAY");
    if (d.leap == Leap::Insert) append(text, "LEAP ADD WARNING");
    if (d.leap == Leap::Delete) append(text, "LEAP DELETE WARNING");
    if (d.leap_second) append(text, "LEAP SECOND");
    if (d.call_bit) append(text, "CALL BIT");
    append(text, "TIME CODE");
    if (pulse_) append(text, "PPS");
    if (d.position) append(text, "POSITION");
  }
  std::string features(decoded_ ? clock.features : std::string_view{});
  if (pulse_) append(features, "PPS SIGNAL");
  if (!features.empty()) append(text, '(' + features + ')');
  return text;
}

std::string GenericReport::states(ClockEvent state) const {
  constexpr std::array<std::string_view, 7> kNames{
      "NOMINAL",           "NO RESPONSE",  "BAD FORMAT",  "FAULT",
      "PROPAGATION DELAY", "ILLEGAL DATE", "ILLEGAL TIME"};
  Duration sum{};
  for (const Duration each : spent_) sum += each;
  std::string text;
  for (std::size_t i = 0; i < spent_.size(); ++i) {
    if (spent_[i] < std::chrono::seconds(1)) continue;
    char share[24];
    std::snprintf(share, sizeof share, " (%.2f%%)", 100 * to_seconds(spent_[i]) / to_seconds(sum));
    append(text, (i == static_cast<std::size_t>(state) ? "*" : "") + std::string(kNames[i]) + ": " +
                     span(spent_[i]) + share);
  }
  return text + "; running time: " + span(sum);
}

std::vector<Variable> GenericReport::variables(const GenericClock& clock, ClockEvent state,
                                               bool with_pulse) const {
  std::vector<Variable> all;
  if (with_pulse && pulse_) {
    char skew[32];
    std::snprintf(skew, sizeof skew, "%.6f", 1e3 * to_seconds(skew_));
    all.push_back({.name = "refclock_ppsskew", .text = skew, .quoted = false, .listed = false});
    all.push_back({.name = "refclock_ppstime", .text = pretty(*pulse_)});
  }
  all.push_back({.name = "refclock_time", .text = utc_ ? pretty(*utc_) : "<UNDEFINED>"});
  all.push_back({.name = "refclock_status", .text = status(clock)});
  all.push_back({.name = "refclock_format", .text = std::string(clock.format)});
  all.push_back({.name = "refclock_states", .text = states(state)});
  all.push_back({.name = "refclock_id", .text = std::string(clock.refid), .listed = false});
  all.push_back({.name = "refclock_iomode", .text = "normal", .listed = false});
  for (const auto& [name, told] : told_) {
    all.push_back({.name = name, .text = told.text, .listed = told.listed});
  }
  return all;
}

}  // namespace ntp::refclock
