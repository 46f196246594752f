// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/telegram/dcf77.h"

#include <array>
#include <bit>
#include <vector>

namespace ntp::refclock::telegram {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kBits = 59;  // of a minute without a leap second
constexpr std::size_t kMostBits = 60;
constexpr auto kGap = milliseconds(1500);
constexpr auto kHalf = milliseconds(500);

/// Bits of a minute (PTB): first of each field, and how many.
struct Field {
  std::size_t first, count;
};
constexpr std::size_t kCall = 15, kZoneChange = 16, kSummer = 17, kWinter = 18, kLeap = 19,
                      kStart = 20;
constexpr Field kMinute{21, 7}, kHour{29, 6}, kDay{36, 6}, kWeekday{42, 3}, kMonth{45, 5},
    kYear{50, 8};
constexpr std::array<Field, 3> kParities{{{21, 8}, {29, 7}, {36, 23}}};

/// By which minutes are compared with each other.
constexpr WallTime kIn2020(
    std::chrono::sys_days(std::chrono::year(2020) / 1 / 1).time_since_epoch());
constexpr Near kAnyYear{.now = kIn2020, .pivot = kIn2020};

/// Binary coded decimals, least significant bit first.
int value(std::span<const bool> bits, Field field) {
  constexpr std::array<int, 8> kWeights{1, 2, 4, 8, 10, 20, 40, 80};
  int sum = 0;
  for (std::size_t i = 0; i < field.count; ++i) {
    if (bits[field.first + i]) sum += kWeights[i];
  }
  return sum;
}

bool even(std::span<const bool> bits, Field field) {
  bool odd = false;
  for (const bool bit : bits.subspan(field.first, field.count)) odd ^= bit;
  return !odd;
}

class RawDcf77 final : public Receiver {
 public:
  std::optional<Heard> push(std::uint8_t byte, WallTime at) override {
    const auto gap = at - last_;
    last_ = at;
    if (started_ && gap > kGap) return begin_minute(byte, at);
    // The first character, a second one for the same pulse, or a stepped clock.
    if (!started_ || gap < kHalf) {
      started_ = true;
      spoiled_ |= !pulses_.empty() && gap < kHalf;
      if (!pulses_.empty()) return std::nullopt;
    }
    if (pulses_.size() > kMostBits) {
      spoiled_ = true;
      current_.reset();
      return std::nullopt;
    }
    pulses_.push_back(byte);
    return synthesize(at);
  }

 private:
  /// Ones in the character that the pulse left; nothing if they are not in one run at its end.
  static std::optional<int> length(std::uint8_t byte) {
    const unsigned low = byte ^ 0xffU;
    if ((low & (low + 1)) != 0) return std::nullopt;
    return std::popcount(low);
  }

  [[nodiscard]] std::optional<std::vector<int>> lengths() const {
    std::vector<int> found;
    for (const std::uint8_t pulse : pulses_) {
      const auto one = length(pulse);
      if (!one) return std::nullopt;
      found.push_back(*one);
    }
    return found;
  }

  /// Long pulses are ones: the mean of all lies between the two kinds, and the mean of the two
  /// kinds' means tells them apart.
  [[nodiscard]] std::optional<std::vector<bool>> bits() const {
    const auto found = lengths();
    if (!found || found->empty()) return std::nullopt;
    double sum = 0;
    for (const int one : *found) sum += one;
    const double mean = sum / static_cast<double>(found->size());
    double low = 0, high = 0;
    int lows = 0, highs = 0;
    for (const int one : *found) {
      (one <= mean ? low : high) += one;
      ++(one <= mean ? lows : highs);
    }
    if (lows == 0 || highs == 0) return std::nullopt;
    const double cut = (low / lows + high / highs) / 2;
    std::vector<bool> result;
    for (const int one : *found) result.push_back(one > cut);
    return result;
  }

  std::optional<Heard> begin_minute(std::uint8_t byte, WallTime at) {
    const auto found = spoiled_ ? std::nullopt : bits();
    const std::size_t heard_pulses = pulses_.size();
    const bool first = !complete_;
    pulses_.assign(1, byte);
    spoiled_ = false;
    complete_ = true;
    current_.reset();
    // What was heard before the first gap is not a whole minute, and no fault of the clock.
    if (first && heard_pulses < kBits) return std::nullopt;
    if (!found) return failed(Problem::BadFormat, at);

    std::array<bool, kMostBits> plain{};
    const std::size_t count = std::min(found->size(), kMostBits);
    for (std::size_t i = 0; i < count; ++i) plain[i] = (*found)[i];
    const std::span<const bool> minute(plain.data(), count);
    auto decoded = decode_dcf77(minute);
    Heard heard{.time = std::nullopt, .at = at, .text = dcf77_text(minute)};
    if (!decoded) {
      previous_.reset();
      heard.time = decoded;
      return heard;
    }
    const auto begins = utc_of(decoded->civil, kAnyYear);
    if (!begins) {
      previous_.reset();
      heard.time = fail(begins.error());
      return heard;
    }
    const bool agrees = previous_ && *begins - *previous_ == minutes(1);
    previous_ = *begins;
    if (!agrees) return heard;
    current_ = *decoded;
    begun_ = at;
    heard.time = *decoded;
    return heard;
  }

  std::optional<Heard> failed(Problem problem, WallTime at) {
    previous_.reset();
    return Heard{.time = Result<Decoded, Problem>(fail(problem)), .at = at, .text = {}};
  }

  /// The pulse of each second of a minute whose beginning is known.
  std::optional<Heard> synthesize(WallTime at) {
    if (!current_ || pulses_.size() < 2 || pulses_.size() > kMostBits) return std::nullopt;
    const auto second = static_cast<int>(pulses_.size()) - 1;
    const auto off = at - begun_ - seconds(second);
    if (off > kHalf || off < -kHalf) {
      current_.reset();
      return std::nullopt;
    }
    Decoded decoded = *current_;
    decoded.civil.second = second;
    return Heard{.time = decoded, .at = at, .text = {}};
  }

  std::vector<std::uint8_t> pulses_;
  std::optional<WallTime> previous_;
  std::optional<Decoded> current_;
  WallTime last_{}, begun_{};
  bool started_ = false, complete_ = false, spoiled_ = false;
};

}  // namespace

Result<Decoded, Problem> decode_dcf77(std::span<const bool> bits) {
  if (bits.size() < kBits || bits.size() > kMostBits) return fail(Problem::BadFormat);
  if (bits[0] || !bits[kStart] || bits[kSummer] == bits[kWinter]) return fail(Problem::BadFormat);
  for (const Field& field : kParities) {
    if (!even(bits, field)) return fail(Problem::BadFormat);
  }
  Decoded decoded;
  decoded.civil.minute = value(bits, kMinute);
  decoded.civil.hour = value(bits, kHour);
  decoded.civil.day = value(bits, kDay);
  decoded.civil.weekday = value(bits, kWeekday);
  decoded.civil.month = value(bits, kMonth);
  decoded.civil.year = value(bits, kYear);
  if (decoded.civil.weekday == 0 || *decoded.civil.year > 99) return fail(Problem::BadDate);
  decoded.daylight = bits[kSummer];
  decoded.civil.east = minutes(decoded.daylight ? 120 : 60);
  decoded.zone_change = bits[kZoneChange];
  // The direction is not said; no second was ever left out.
  if (bits[kLeap]) decoded.leap = Leap::Insert;
  decoded.call_bit = bits[kCall];
  return decoded;
}

std::string dcf77_text(std::span<const bool> bits) {
  constexpr std::string_view kOnes = "###############RADMLS1248124P124812P1248121241248112481248P?";
  std::string text;
  for (std::size_t i = 0; i < bits.size() && i < kOnes.size(); ++i) {
    if (bits[i]) {
      text.push_back(kOnes[i]);
    } else if (i == kStart) {
      text.push_back('s');
    } else {
      text.push_back(i == 28 || i == 35 || i == 58 ? 'p' : i == 59 ? '_' : '-');
    }
  }
  return text;
}

std::unique_ptr<Receiver> make_raw_dcf77() { return std::make_unique<RawDcf77>(); }

}  // namespace ntp::refclock::telegram
