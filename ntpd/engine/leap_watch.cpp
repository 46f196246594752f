// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/leap_watch.h"

#include <chrono>

namespace ntp::engine {
namespace {

using std::chrono::days;

constexpr auto kDay = days(1);
constexpr auto kLastMinute = std::chrono::minutes(1);
// After it. Servers that are told late, or by a source of theirs, need some minutes.
constexpr auto kLate = std::chrono::minutes(10);

std::chrono::sys_days day_of(WallTime time) {
  return std::chrono::sys_days(std::chrono::floor<days>(time.time_since_epoch()));
}

/// The first moment of the next month. A leap second comes right before one.
WallTime end_of_month(WallTime time) {
  const std::chrono::year_month_day today(day_of(time));
  const std::chrono::sys_days first(today.year() / today.month() / std::chrono::day(1) +
                                    std::chrono::months(1));
  return WallTime(first.time_since_epoch());
}

}  // namespace

std::optional<LeapWatch::Plan> LeapWatch::by_votes(const Evidence& evidence, WallTime wall) const {
  const WallTime end = end_of_month(wall);
  // The kernel would insert one at the end of any day.
  if (end - wall > kDay) return std::nullopt;
  if (evidence.survivors == 0) {
    return plan_ && plan_->by_votes ? plan_ : std::nullopt;
  }
  const int majority = evidence.survivors / 2;
  if (evidence.votes_insert > evidence.votes_delete && evidence.votes_insert > majority) {
    return Plan{end, 1, true};
  }
  if (evidence.votes_delete > evidence.votes_insert && evidence.votes_delete > majority) {
    return Plan{end, -1, true};
  }
  return std::nullopt;
}

std::optional<LeapWatch::Plan> LeapWatch::wanted(const Evidence& evidence, WallTime wall) const {
  if (evidence.smeared) return std::nullopt;
  if (evidence.table == nullptr || evidence.table->expired(wall)) return by_votes(evidence, wall);
  const leap::Transition* next = evidence.table->next_after(wall);
  if (next == nullptr || next->at != end_of_month(wall)) return std::nullopt;
  const int change = next->tai_offset - evidence.table->tai_at(wall);
  if (change == 0) return std::nullopt;
  return Plan{next->at, change > 0 ? 1 : -1, false};
}

LeapWatch::News LeapWatch::look(const Evidence& evidence, WallTime wall, MonoTime mono) {
  News news;
  if (is_over(wall)) {
    news.done = true;
    last_ = {mono, plan_->change};
    plan_.reset();
  }
  const bool decided = plan_ && plan_->at - wall <= kLastMinute;
  if (!decided) {
    const auto plan = wanted(evidence, wall);
    news.armed = plan && plan != plan_;
    news.disarmed = plan_ && !plan;
    plan_ = plan;
  }
  flag_ = !plan_ || plan_->at - wall > kDay ? Leap::None
          : plan_->change > 0               ? Leap::Insert
                                            : Leap::Delete;
  if (!plan_) {
    // The time right after it is still told by the moment it happened at.
    if (!second_.disturbs(mono)) second_ = {};
  } else if (!decided || second_.change == 0) {
    second_ = leap::LeapSecond::before(plan_->at, plan_->change, wall, mono);
  }
  return news;
}

bool LeapWatch::is_near(MonoTime now) const {
  if (second_.change != 0 && std::chrono::abs(second_.moment - now) <= kDay) return true;
  return last_.change != 0 && now - last_.moment <= kDay;
}

int LeapWatch::yet_to_be_done(MonoTime now) const {
  // look() may not have seen yet that it is over.
  const leap::LeapSecond& latest = second_.change != 0 && now >= second_.moment ? second_ : last_;
  return now - latest.moment <= kLate ? latest.change : 0;
}

}  // namespace ntp::engine
