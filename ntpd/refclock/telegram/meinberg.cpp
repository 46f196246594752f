// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/meinberg.h"

#include "libntp/core/bytes.h"
#include "ntpd/refclock/telegram/meinberg_state.h"
#include "ntpd/refclock/telegram/pattern.h"

namespace ntp::refclock::telegram {

namespace {

using std::chrono::minutes;

constexpr char kStart = '\x02';
constexpr char kEnd = '\x03';
constexpr std::uint8_t kBinary = 0x01;
constexpr std::size_t kStandard = 32;
constexpr std::size_t kGpsHead = 39;
constexpr std::size_t kGpsLongest = 128;

/// The two signs that all forms share.
Lock lock_of(char never_set, char free_running) {
  if (never_set == '#') return Lock::Invalid;
  return free_running == '*' ? Lock::Coasting : Lock::Locked;
}

bool set_zone(Decoded& decoded, char zone) {
  switch (zone) {
    case ' ':
      decoded.civil.east = minutes(60);
      return true;
    case 'S':
      decoded.civil.east = minutes(120);
      decoded.daylight = true;
      return true;
    case 'U':
      decoded.utc = true;
      return true;
    default:
      return false;
  }
}

/// A small 'a' announces a second that is left out; no sender of DCF77 can say so.
Leap leap_of(char sign) {
  if (sign == 'A') return Leap::Insert;
  return sign == 'a' ? Leap::Delete : Leap::None;
}

Result<Decoded, Problem> standard(std::string_view text, Civil civil) {
  Decoded decoded{.civil = civil};
  if (!set_zone(decoded, text[29])) return fail(Problem::BadFormat);
  decoded.lock = lock_of(text[27], text[28]);
  decoded.zone_change = text[30] == '!';
  decoded.leap = leap_of(text[30]);
  decoded.leap_second = civil.second == 60;
  return decoded;
}

Result<Decoded, Problem> extended(std::string_view text, Civil civil) {
  Decoded decoded{.civil = civil};
  if (text[24] == 'U') {
    decoded.utc = true;
  } else if (!set_zone(decoded, text[27])) {
    return fail(Problem::BadFormat);
  }
  decoded.lock = lock_of(text[25], text[26]);
  decoded.zone_change = text[28] == '!';
  if (text[29] == 'A') decoded.leap = Leap::Insert;
  decoded.call_bit = text[30] == 'R';
  decoded.leap_second = civil.second == 60;
  return decoded;
}

Result<Decoded, Problem> gps(std::string_view text, Civil civil) {
  Decoded decoded{.civil = civil};
  const auto hours = number(text.substr(25, 2));
  const auto rest = number(text.substr(28, 2));
  if (!hours || !rest || *hours > 15 || *rest > 59) return fail(Problem::BadFormat);
  const minutes east(*hours * 60 + *rest);
  decoded.civil.east = text[24] == '-' ? -east : east;
  decoded.utc = east == minutes(0);
  decoded.lock = lock_of(text[32], text[33]);
  decoded.position = decoded.lock == Lock::Locked;
  decoded.daylight = text[34] == 'S';
  decoded.zone_change = text[35] == '!';
  decoded.leap = leap_of(text[36]);
  decoded.leap_second = text[38] == 'L' || civil.second == 60;
  decoded.civil.week_rolls = true;
  return decoded;
}

class MeinbergGps final : public Receiver {
 public:
  std::optional<Heard> push(std::uint8_t byte, WallTime at) override {
    if (binary_.empty()) {
      if (!within_string_ && byte == kBinary) {
        binary_.push_back(static_cast<char>(byte));
        at_ = at;
        return std::nullopt;
      }
      if (byte == static_cast<std::uint8_t>(kStart)) within_string_ = true;
      if (byte == static_cast<std::uint8_t>(kEnd)) within_string_ = false;
      auto heard = strings_->push(byte, at);
      if (heard) within_string_ = false;
      return heard;
    }
    binary_.push_back(static_cast<char>(byte));
    return finish_binary();
  }

 private:
  static constexpr std::size_t kHeader = 9;  // with SOH
  static constexpr std::size_t kMost = 1024;

  [[nodiscard]] unsigned word(std::size_t at) const {
    return static_cast<std::uint8_t>(binary_[at]) |
           static_cast<unsigned>(static_cast<std::uint8_t>(binary_[at + 1])) << 8;
  }
  [[nodiscard]] unsigned sum(std::size_t from, std::size_t count) const {
    unsigned total = 0;
    for (const char c : std::string_view(binary_).substr(from, count)) {
      total += static_cast<std::uint8_t>(c);
    }
    return total & 0xffff;
  }

  std::optional<Heard> bad() {
    binary_.clear();
    return Heard{.time = Result<Decoded, Problem>(fail(Problem::BadFormat)), .at = at_, .text = {}};
  }

  std::optional<Heard> finish_binary() {
    if (binary_.size() < kHeader) return std::nullopt;
    const std::size_t length = word(3);
    if (binary_.size() == kHeader && (sum(1, 6) != word(7) || length > kMost)) return bad();
    if (binary_.size() < kHeader + length) return std::nullopt;
    if (length > 0 && sum(kHeader, length) != word(5)) return bad();
    auto told = decode_meinberg_state(word(1), std::string_view(binary_).substr(kHeader));
    binary_.clear();
    if (told.empty()) return std::nullopt;
    return Heard{.time = std::nullopt, .at = at_, .text = {}, .told = std::move(told)};
  }

  std::unique_ptr<Receiver> strings_ =
      make_framed({.first = kStart, .last = kEnd, .longest = kGpsLongest}, decode_meinberg);
  std::string binary_;
  WallTime at_{};
  bool within_string_ = false;
};

}  // namespace

Result<Decoded, Problem> decode_meinberg(std::string_view telegram) {
  if (const auto civil = match(telegram,
                               "\x02"
                               "D:dd.oo.yy;T:w;U:hh.mm.ss;____\x03")) {
    return standard(telegram, *civil);
  }
  if (const auto civil = match(telegram,
                               "\x02"
                               "dd.oo.yy; w; hh:mm:ss; _______\x03")) {
    return extended(telegram, *civil);
  }
  if (telegram.size() > kGpsHead && telegram.size() <= kGpsLongest && telegram.back() == kEnd) {
    const auto head = telegram.substr(0, kGpsHead);
    if (const auto civil = match(head,
                                 "\x02"
                                 "dd.oo.yy; w; hh:mm:ss; ___:__; _______")) {
      return gps(telegram, *civil);
    }
  }
  return fail(Problem::BadFormat);
}

std::unique_ptr<Receiver> make_meinberg() {
  return make_framed({.first = kStart, .last = kEnd, .longest = kStandard + 1}, decode_meinberg);
}

std::unique_ptr<Receiver> make_meinberg_gps() { return std::make_unique<MeinbergGps>(); }

}  // namespace ntp::refclock::telegram
