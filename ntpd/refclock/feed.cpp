// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/feed.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace ntp::refclock {
namespace {

// Lines of clockstats, and of the log, that wait for the next second; a device that causes more is
// cut short. Events are few by themselves.
constexpr std::size_t kMostLines = 64, kMostNotes = 16;
constexpr std::size_t kLongestTimecode = 127;
// Of a clock that is heard, if badly, so many silences in a row are news.
constexpr int kSilences = 8;
// A clock that was well for fewer polls has relapsed: it has to be without trouble for twice as
// many before it is called well again, up to the most.
constexpr int kSettled = 16, kMostProbation = 64;

constexpr unsigned bit(ClockEvent event) { return 1U << static_cast<unsigned>(event); }
constexpr double kLargestOffset = 68.0 * 365 * 86400;

}  // namespace

std::string_view event_text(ClockEvent event) {
  constexpr std::array<std::string_view, 7> kTexts{
      "clk_unspec",     "clk_no_reply", "clk_bad_format", "clk_fault",
      "clk_bad_signal", "clk_bad_date", "clk_bad_time"};
  return kTexts[static_cast<std::size_t>(event)];
}

WallTime earlier(WallTime at, double seconds) {
  constexpr double kMost = 1024.0 * 7 * 86400;
  return at - from_seconds(std::clamp(seconds, -kMost, kMost));
}

std::optional<WallTime> wall_time(std::int64_t seconds, std::int64_t nanoseconds) {
  constexpr std::int64_t kLast = 8'589'934'592;  // 2^33 s: 2242
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  if (seconds < 0 || seconds > kLast || nanoseconds < 0 || nanoseconds >= kNanoseconds) {
    return std::nullopt;
  }
  return WallTime(std::chrono::seconds(seconds) + Duration(nanoseconds));
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
  if (event != ClockEvent::Nominal) recent_ |= bit(event);
  silences_ = event == ClockEvent::Timeout ? silences_ + 1 : 0;
  if (status_ == event || is_told_by_status(event)) return;
  if (event == ClockEvent::Nominal) {
    well_for_ = 0;
  } else if (status_ == ClockEvent::Nominal) {
    probation_ = well_for_ < kSettled ? std::min(2 * probation_, kMostProbation) : 1;
  }
  status_ = event;
  news_.emplace_back(StateChange{event});
}

bool Feed::is_told_by_status(ClockEvent event) const {
  const bool in_trouble = status_ != ClockEvent::Nominal && status_ != ClockEvent::Timeout;
  if (!in_trouble || event == ClockEvent::Nominal) return false;
  if (event == ClockEvent::Timeout) return silences_ < kSilences;
  return ((recent_ | before_) & bit(status_)) != 0;
}

bool Feed::take_health(bool has_samples) {
  clean_ = has_samples && recent_ == 0 ? std::min(clean_ + 1, kMostProbation) : 0;
  if (status_ == ClockEvent::Nominal) well_for_ = std::min(well_for_ + 1, kSettled);
  begin_interval();
  return clean_ >= probation_;
}

// The next poll may come before the clock could say anything.
void Feed::device_is_back() { silences_ = kSilences - 2; }

void Feed::timecode(std::string_view text) {
  timecode_.assign(text.substr(0, kLongestTimecode));
  std::replace_if(
      timecode_.begin(), timecode_.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
}

void Feed::stats(std::string text) {
  if (lines_ == kMostLines) return;
  ++lines_;
  news_.emplace_back(StatsLine{std::move(text)});
}

std::vector<News> Feed::take_news() {
  lines_ = notes_ = 0;
  return std::exchange(news_, {});
}

void Feed::log(LogLevel level, std::string_view key, std::string text) {
  const auto known = [key](const News& each) {
    const auto* line = std::get_if<LogLine>(&each);
    return line != nullptr && line->key == key;
  };
  if (notes_ < kMostNotes && std::none_of(news_.begin(), news_.end(), known)) {
    ++notes_;
    news_.emplace_back(LogLine{level, std::string(key), std::move(text)});
  }
}

void Feed::set_precision(int precision) { precision_ = std::clamp(precision, -31, 0); }

void Feed::lost(const std::string& reason) {
  if (!loss_) loss_ = reason;
}

}  // namespace ntp::refclock
