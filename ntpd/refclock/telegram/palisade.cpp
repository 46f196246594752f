// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/palisade.h"

#include <cmath>
#include <utility>

namespace ntp::refclock::telegram {

namespace {

constexpr std::uint8_t kUtcKnown = 0x01, kLeapAhead = 0x10;
constexpr int kSecondsOfDay = 86'400, kSecondsOfWeek = 604'800;

/// Doing fixes, a good single satellite, or more than are needed for the clock alone.
bool is_usable(std::uint8_t tracking) { return tracking == 0 || tracking == 1 || tracking == 13; }

Decoded invalid() { return {.civil = {}, .lock = Lock::Invalid, .utc = true}; }

/// Leap seconds come at the end of June or December; earlier notice of one is not passed on.
Leap leap_ahead(bool ahead, const Civil& civil) {
  return ahead && civil.in_month_of_leap_second() ? Leap::Insert : Leap::None;
}

/// A second of the day with its fraction, into hours to nanoseconds. False if it is none.
bool set_time_of_day(Civil& civil, double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds >= kSecondsOfDay + 1) return false;
  const double whole = std::floor(seconds);
  const int second = static_cast<int>(whole) % kSecondsOfDay;
  civil.hour = second / 3600;
  civil.minute = second / 60 % 60;
  civil.second = second % 60;
  civil.fraction = std::min(from_seconds(seconds - whole), Duration(999'999'999));
  return true;
}

}  // namespace

std::optional<Result<Decoded, Problem>> TrimbleDecoder::event_time(ByteReader reader) {
  constexpr std::size_t kSize = 71;  // behind the event
  if (reader.remaining() != kSize) return fail(Problem::BadFormat);
  const std::uint8_t tracking = std::exchange(tracking_, kNoTracking);
  const std::uint8_t flags = std::exchange(utc_flags_, 0);
  const double seconds = read_double(reader);
  Civil civil;
  civil.day = reader.u8();
  civil.month = reader.u8();
  civil.year = reader.u16();
  reader.skip(1);  // receiver status
  const int leap_seconds = static_cast<std::int16_t>(reader.u16());
  if (!is_usable(tracking) || (flags & kUtcKnown) == 0 || leap_seconds == 0) return invalid();
  if (!set_time_of_day(civil, seconds)) return fail(Problem::BadTime);
  civil.week_rolls = true;
  Decoded decoded{.civil = civil, .utc = true};
  decoded.leap = leap_ahead((flags & kLeapAhead) != 0, civil);
  return decoded;
}

std::optional<Result<Decoded, Problem>> TrimbleDecoder::utc_time(ByteReader reader) {
  constexpr std::size_t kSize = 19;  // behind the event
  if (reader.remaining() != kSize) return fail(Problem::BadFormat);
  const double fraction = read_double(reader);
  Civil civil;
  civil.hour = reader.u8();
  civil.minute = reader.u8();
  civil.second = reader.u8();
  civil.day = reader.u8();
  civil.month = reader.u8();
  civil.year = reader.u16();
  const std::uint8_t tracking = reader.u8(), flags = reader.u8();
  if (model_ != TrimbleModel::Praecis) {
    tracking_ = std::min(tracking, kNoTracking);
    utc_flags_ = flags;
    return std::nullopt;
  }
  if (!is_usable(tracking) || (flags & kUtcKnown) == 0) return invalid();
  if (!std::isfinite(fraction) || fraction < 0 || fraction >= 1) return fail(Problem::BadTime);
  civil.fraction = std::min(from_seconds(fraction), Duration(999'999'999));
  civil.week_rolls = true;
  Decoded decoded{.civil = civil, .utc = true};
  decoded.leap = leap_ahead((flags & kLeapAhead) != 0, civil);
  return decoded;
}

std::optional<Result<Decoded, Problem>> TrimbleDecoder::pulse_time(ByteReader reader, WallTime at) {
  constexpr std::size_t kSize = 16;
  constexpr std::uint8_t kUtcTime = 0x01, kUtcPulse = 0x02, kNotSet = 0x04, kNoUtc = 0x08,
                         kTest = 0x10;
  pulse_.reset();
  if (reader.remaining() != kSize) return fail(Problem::BadFormat);
  const std::uint32_t second = reader.u32();
  const int week = reader.u16();
  const int leap_seconds = static_cast<std::int16_t>(reader.u16());
  const std::uint8_t flags = reader.u8();
  if ((flags & (kNotSet | kNoUtc)) != 0 || leap_seconds == 0) return invalid();
  // It was told to use UTC, and forgets that without power.
  if ((flags & kUtcTime) == 0 || (flags & kUtcPulse) == 0 || (flags & kTest) != 0) {
    return fail(Problem::BadTime);
  }
  if (second >= kSecondsOfWeek) return fail(Problem::BadTime);
  pulse_ = civil_of_gps(week, second, leap_seconds);
  pulse_at_ = at;
  return std::nullopt;
}

std::optional<Result<Decoded, Problem>> TrimbleDecoder::pulse_quality(ByteReader reader,
                                                                      double holdover) {
  constexpr std::size_t kSize = 67;
  constexpr std::uint16_t kLeapPending = 0x80, kPositionQuestionable = 0x200;
  if (reader.remaining() != kSize) return fail(Problem::BadFormat);
  const auto pulse = std::exchange(pulse_, std::nullopt);
  reader.skip(1);  // receiver mode
  const std::uint8_t discipline = reader.u8();
  reader.skip(1);  // survey
  const std::uint32_t held = reader.u32();
  reader.skip(2);  // critical alarms
  const std::uint16_t alarms = reader.u16();
  const std::uint8_t decoding = reader.u8();
  if ((alarms & kPositionQuestionable) != 0) return invalid();
  const bool in_holdover = discipline == 2 || discipline == 3;
  constexpr double kOff = 0.5;
  if (decoding != 0 && (holdover < kOff || !in_holdover || held > holdover)) return invalid();
  if (!pulse) return std::nullopt;
  Decoded decoded{.civil = *pulse, .utc = true};
  if (decoding != 0) decoded.lock = Lock::Coasting;
  decoded.leap = leap_ahead((alarms & kLeapPending) != 0, *pulse);
  return decoded;
}

Result<Decoded, Problem> TrimbleDecoder::gps_time(ByteReader reader) const {
  constexpr std::size_t kSize = 10;
  if (reader.remaining() != kSize) return fail(Problem::BadFormat);
  const float second = read_single(reader);
  const int week = reader.u16();
  const float offset = read_single(reader);
  if (!std::isfinite(second) || !std::isfinite(offset)) return fail(Problem::BadFormat);
  // Before the receiver knows the time the second is negative, the offset zero.
  if (second < 0 || std::fabs(offset) < 1) return invalid();
  if (second >= kSecondsOfWeek || std::fabs(offset) > 1000) return fail(Problem::BadTime);
  return Decoded{
      .civil = civil_of_gps(week, static_cast<std::int64_t>(second), static_cast<int>(offset)),
      .utc = true};
}

std::optional<TrimbleDecoder::Report> TrimbleDecoder::take(const TsipPacket& packet,
                                                           double holdover) {
  constexpr std::uint8_t kSuper = 0x8f, kGpsTime = 0x41;
  ByteReader reader(as_bytes(packet.data));
  std::optional<Result<Decoded, Problem>> time;
  WallTime at = packet.at;
  if (packet.id == kGpsTime) {
    if (model_ != TrimbleModel::AceIII && model_ != TrimbleModel::Copernicus) return std::nullopt;
    return Report{gps_time(reader), at};
  }
  if (packet.id != kSuper) return std::nullopt;
  const bool by_pulse =
      model_ == TrimbleModel::Thunderbolt || model_ == TrimbleModel::ResolutionSmt;
  const std::uint8_t kind = reader.u8();
  if (by_pulse) {
    if (kind == 0xab) time = pulse_time(reader, at);
    if (kind == 0xac) {
      at = pulse_at_;
      time = pulse_quality(reader, holdover);
    }
  } else {
    // Event 0 is a report that nobody asked for.
    if (const std::uint16_t event = reader.u16(); event == 0 || !reader.ok()) return std::nullopt;
    if (kind == 0x0b) time = event_time(reader);
    if (kind == 0xad) time = utc_time(reader);
  }
  if (!time) return std::nullopt;
  return Report{*time, at};
}

}  // namespace ntp::refclock::telegram
