// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/feed.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace ntp::refclock {
namespace {

// News that wait for the next second; a device that causes more is cut short.
constexpr std::size_t kMostNews = 64;
constexpr std::size_t kLongestTimecode = 127;
// Of a clock that is heard, if badly, so many silences in a row are news.
constexpr int kSilences = 8;
constexpr double kLargestOffset = 68.0 * 365 * 86400;

}  // namespace

std::string_view event_text(ClockEvent event) {
  constexpr std::array<std::string_view, 7> kTexts{
      "clk_unspec",     "clk_no_reply", "clk_bad_format", "clk_fault",
      "clk_bad_signal", "clk_bad_date", "clk_bad_time"};
  return kTexts[static_cast<std::size_t>(event)];
}

std::optional<WallTime> wall_time(std::int64_t seconds, std::int64_t nanoseconds) {
  constexpr std::int64_t kLast = 8'589'934'592;  // 2^33 s: 2242
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  if (seconds < 0 || seconds > kLast || nanoseconds < 0 || nanoseconds >= kNanoseconds) {
    return std::nullopt;
  }
  return WallTime(std::chrono::seconds(seconds) + Duration(nanoseconds));
}

void Feed::tell(News news) {
  if (news_.size() < kMostNews) news_.push_back(std::move(news));
}

void Feed::set_usual_time1(double seconds) {
  usual_time1_ = seconds;
  if (configured_time1_ == 0) settings_.time1 = seconds;
}

void Feed::reconfigure(const config::SourceSettings& settings) {
  const bool same_time1 = settings.time1 == configured_time1_;
  const double time1 = same_time1 ? settings_.time1 : settings.time1;
  if (!same_time1 || settings.time2 != settings_.time2) forget();
  settings_ = settings;
  configured_time1_ = settings.time1;
  settings_.time1 = time1 == 0 ? usual_time1_ : time1;
}

void Feed::sample(WallTime reference, WallTime received, double fudge) {
  offset(to_seconds(reference - received) + fudge, received);
}

void Feed::offset(double offset, WallTime received) {
  if (std::isfinite(offset) && std::abs(offset) < kLargestOffset) {
    filter_.add(offset, received);
    ends_in_trouble_ = false;
  } else {
    report(ClockEvent::BadDate);
  }
}

void Feed::report(ClockEvent event) {
  switch (event) {
    case ClockEvent::Timeout:
      ++counters_.no_reply;
      break;
    case ClockEvent::BadFormat:
      ++counters_.bad_format;
      break;
    case ClockEvent::BadDate:
    case ClockEvent::BadTime:
      ++counters_.bad_data;
      break;
    case ClockEvent::Nominal:
    case ClockEvent::Fault:
    case ClockEvent::BadSignal:
      break;
  }
  counters_.reports = std::min(counters_.reports + 1, 15);
  fault_ = fault_ || event == ClockEvent::Fault;
  ends_in_trouble_ = event != ClockEvent::Nominal;
  // NTPsec goes to and fro between bad and no replies of a clock in trouble, with an event each
  // time.
  const bool in_trouble = status_ != ClockEvent::Nominal && status_ != ClockEvent::Timeout;
  silences_ = event == ClockEvent::Timeout ? silences_ + 1 : 0;
  if (in_trouble && event == ClockEvent::Timeout && silences_ < kSilences) return;
  if (status_ == event) return;
  status_ = event;
  tell(StateChange{event});
}

// The next poll may come before the clock could say anything.
void Feed::device_is_back() { silences_ = kSilences - 2; }

void Feed::timecode(std::string_view text) {
  timecode_.assign(text.substr(0, kLongestTimecode));
  std::replace_if(
      timecode_.begin(), timecode_.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
}

void Feed::stats(std::string text) { tell(StatsLine{std::move(text)}); }

void Feed::log(LogLevel level, std::string_view key, std::string text) {
  const auto known = [key](const News& each) {
    const auto* line = std::get_if<LogLine>(&each);
    return line != nullptr && line->key == key;
  };
  if (std::none_of(news_.begin(), news_.end(), known)) {
    tell(LogLine{level, std::string(key), std::move(text)});
  }
}

void Feed::set_precision(int precision) { precision_ = std::clamp(precision, -31, 0); }

void Feed::lost(const std::string& reason) {
  if (!loss_) loss_ = reason;
}

}  // namespace ntp::refclock
