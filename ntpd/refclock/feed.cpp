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
// Polls without the trouble that was told, until another is; twice as many after each, but no
// longer than the most of a probation, which is fewer even if they come each second. Silence is
// news of a clock that is heard, if badly, only after more.
constexpr int kPatience = 2, kMostPatience = 8192, kSilences = 8;
// A clock that was well for less has relapsed: it has to be without trouble for longer each time
// before it is called well again.
constexpr Duration kSettled = std::chrono::hours(4);
constexpr Duration kProbation = std::chrono::minutes(4), kMostProbation = std::chrono::hours(2);

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
  if (event != ClockEvent::Nominal) {
    recent_ |= bit(event);
    clean_since_.reset();
  }
  if (status_ == event || is_told_by_status(event)) return;
  if (event == ClockEvent::Nominal) {
    well_since_ = now_;
  } else if (status_ != ClockEvent::Nominal) {
    patience_ = std::min(2 * patience_, kMostPatience);
  } else if (well_since_ && now_ - *well_since_ < kSettled) {
    probation_ = std::clamp(2 * probation_, kProbation, kMostProbation);
  } else {
    probation_ = Duration::zero();
    patience_ = kPatience;
  }
  status_ = event;
  absent_ = 0;
  seen_at_ = now_;
  news_.emplace_back(StateChange{event});
}

bool Feed::is_told_by_status(ClockEvent event) const {
  if (status_ == ClockEvent::Nominal || event == ClockEvent::Nominal) return false;
  if ((recent_ & bit(status_)) != 0) return true;
  // What ends a first silence is told at once.
  if (status_ == ClockEvent::Timeout && patience_ == kPatience) return false;
  if (now_ - seen_at_ >= kMostProbation) return false;
  // A silence is told at the end of its interval.
  return event == ClockEvent::Timeout ? absent_ + 1 < std::max(patience_, kSilences)
                                      : absent_ < patience_;
}

bool Feed::take_health(bool has_samples, MonoTime now) {
  if (!has_samples || recent_ != 0) {
    clean_since_.reset();
  } else if (!clean_since_) {
    clean_since_ = now;
  }
  begin_interval(now);
  return clean_since_ && now - *clean_since_ >= probation_;
}

void Feed::begin_interval(MonoTime now) {
  now_ = now;
  const bool was_seen = (recent_ & bit(status_)) != 0;
  recent_ = 0;
  if (was_seen) seen_at_ = now;
  // The next poll may come before a device that is back could say anything.
  const bool is_back = std::exchange(is_back_, false);
  absent_ = !was_seen ? std::min(absent_ + 1, kMostPatience) : is_back ? kSilences - 2 : 0;
}

void Feed::device_is_back() {
  is_back_ = true;
  absent_ = std::max(absent_, kSilences - 2);
}

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
