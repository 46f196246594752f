// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/tsip.h"

#include <bit>
#include <cmath>
#include <utility>

namespace ntp::refclock::telegram {

namespace {

constexpr std::uint8_t kEscape = 0x10, kEnd = 0x03;
constexpr int kSecondsOfWeek = 604'800;

class TrimbleTsip final : public Receiver {
 public:
  std::optional<Heard> push(std::uint8_t byte, WallTime at) override {
    const auto step = framer_.push(byte, at);
    if (step.broken) return heard(at, fail(Problem::BadFormat));
    if (!step.packet) return std::nullopt;
    ByteReader reader(as_bytes(step.packet->data));
    switch (step.packet->id) {
      case 0x41:
        return heard(step.packet->at, time(reader));
      case 0x46:
        health(reader);
        break;
      case 0x4f:
        utc_parameters(reader);
        break;
      default:
        break;
    }
    if (!reader.ok()) return heard(step.packet->at, fail(Problem::BadFormat));
    return std::nullopt;
  }

 private:
  static Heard heard(WallTime at, const Result<Decoded, Problem>& time) {
    return {.time = time, .at = at, .text = {}};
  }

  Result<Decoded, Problem> time(ByteReader& reader) const {
    const float second = read_single(reader);
    const int week = reader.u16();
    const float offset = read_single(reader);
    if (!reader.ok() || reader.remaining() != 0) return fail(Problem::BadFormat);
    if (!std::isfinite(second) || !std::isfinite(offset)) return fail(Problem::BadFormat);
    if (second >= kSecondsOfWeek || std::fabs(offset) > 1000) return fail(Problem::BadTime);
    Decoded decoded{.civil = {}, .utc = true};
    if (second <= 0 || !utc_known_) {
      decoded.lock = Lock::Invalid;
      return decoded;
    }
    const double utc = static_cast<double>(second) - static_cast<double>(offset);
    const double whole = std::floor(utc);
    decoded.civil = civil_of_gps(week, static_cast<std::int64_t>(whole), 0);
    decoded.civil.fraction = from_seconds(utc - whole);
    if (decoded.civil.fraction >= std::chrono::seconds(1))
      decoded.civil.fraction = Duration(999'999'999);
    decoded.lock = lock_;
    decoded.position = fixes_;
    decoded.leap = leap_;
    return decoded;
  }

  void health(ByteReader& reader) {
    const std::uint8_t status = reader.u8();
    if (!reader.ok()) return;
    fixes_ = status == 0;
    // 9 to 11: one to three satellites.
    lock_ = fixes_                             ? Lock::Locked
            : status >= 0x09 && status <= 0x0b ? Lock::Coasting
                                               : Lock::Invalid;
  }

  void utc_parameters(ByteReader& reader) {
    reader.skip(12);  // A0, A1
    const int now = reader.u16();
    const float reference = read_single(reader);
    const int week = reader.u16();
    const int leap_week = reader.u16();
    reader.skip(2);  // day of that week
    const int then = reader.u16();
    if (!reader.ok()) return;
    utc_known_ = std::isfinite(reference) && reference >= 1;
    const int weeks = (leap_week - week) & 0xff;
    leap_ = Leap::None;
    if (utc_known_ && now != then && weeks < 5) leap_ = then > now ? Leap::Insert : Leap::Delete;
  }

  TsipFramer framer_;
  Lock lock_ = Lock::Invalid;
  bool fixes_ = false, utc_known_ = false;
  Leap leap_ = Leap::None;
};

}  // namespace

TsipFramer::Step TsipFramer::push(std::uint8_t byte, WallTime at) {
  switch (state_) {
    case State::Outside:
      if (byte == kEscape) state_ = State::Begun;
      return {};
    case State::Begun:
      if (byte == kEscape || byte == kEnd || byte == 0) {
        // The second half of a doubled escape, or the end of what began before us.
        state_ = State::Outside;
        return {};
      }
      packet_ = {.id = byte, .data = {}, .at = at};
      state_ = State::Data;
      return {};
    case State::Data:
      if (byte == kEscape) {
        state_ = State::Escape;
        return {};
      }
      break;
    case State::Escape:
      if (byte == kEnd) {
        state_ = State::Outside;
        return {.packet = std::exchange(packet_, {})};
      }
      if (byte != kEscape) {
        // A message that lacks its end: this byte names the next.
        packet_ = {.id = byte, .data = {}, .at = at};
        state_ = State::Data;
        return {.packet = std::nullopt, .broken = true};
      }
      state_ = State::Data;
      break;
  }
  if (packet_.data.size() >= kMost) {
    state_ = State::Outside;
    packet_ = {};
    return {.packet = std::nullopt, .broken = true};
  }
  packet_.data.push_back(static_cast<char>(byte));
  return {};
}

float read_single(ByteReader& reader) { return std::bit_cast<float>(reader.u32()); }
double read_double(ByteReader& reader) { return std::bit_cast<double>(reader.u64()); }

std::string tsip_message(std::string_view body) {
  std::string message(1, static_cast<char>(kEscape));
  for (std::size_t i = 0; i < body.size(); ++i) {
    message.push_back(body[i]);
    if (i > 0 && body[i] == static_cast<char>(kEscape)) message.push_back(body[i]);
  }
  message.push_back(static_cast<char>(kEscape));
  message.push_back(static_cast<char>(kEnd));
  return message;
}

std::unique_ptr<Receiver> make_trimble_tsip() { return std::make_unique<TrimbleTsip>(); }

}  // namespace ntp::refclock::telegram
