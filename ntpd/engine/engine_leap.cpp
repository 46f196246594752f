// SPDX-License-Identifier: BSD-2-Clause
#include <chrono>
#include <cstdio>

#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

constexpr auto kDay = std::chrono::days(1);
constexpr int kWarnDays = 28;

std::string minutes_of(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time.time_since_epoch() - day);
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(minutes.count() / 60), static_cast<int>(minutes.count() % 60));
  return text;
}

}  // namespace

void Engine::load_leap_file() {
  leaps_.reset();
  leap_text_.reset();
  leap_file_missing_ = false;
  leap_warned_ = host_.clock.mono() - kDay;
  check_leap_file();
}

void Engine::check_leap_file() {
  const MonoTime now = host_.clock.mono();
  if (settings_.leap_file.empty()) return;
  const std::string prefix = "CLOCK: leapsecond file ('" + settings_.leap_file + "'): ";
  const auto text = host_.files.load(settings_.leap_file);
  if (!text && !leap_file_missing_) host_.log.error(prefix + text.error().message);
  leap_file_missing_ = !text;
  if (text && *text != leap_text_) {
    leap_text_ = *text;
    auto read = leap::parse_leap_file(*text);
    if (!read) {
      host_.log.error(prefix + read.error().message);
    } else {
      if (read->signature == leap::Signature::Good) {
        host_.log.notice(prefix + "good hash signature");
      } else {
        host_.log.error(prefix + "no hash signature");
      }
      leaps_ = std::move(read->table);
      std::string news = "loaded, expire=" + minutes_of(leaps_->expires);
      if (const leap::Transition* last = leaps_->last()) {
        news += " last=" + minutes_of(last->at) + " ofs=" + std::to_string(last->tai_offset);
      }
      host_.log.notice(prefix + news);
    }
  }
  if (!leaps_) return;
  const bool daily = now - leap_warned_ >= kDay;
  if (daily) leap_warned_ = now;
  warn_of_leap_expiry(daily);
}

void Engine::warn_of_leap_expiry(bool daily) {
  const std::string prefix = "CLOCK: leapsecond file ('" + settings_.leap_file + "'): ";
  const auto days = static_cast<int>(
      std::chrono::floor<std::chrono::days>(leaps_->expires - host_.clock.wall()).count());
  if (days == 0) {
    host_.log.warning(prefix + "will expire in less than one day");
  } else if (daily && days < 0) {
    host_.log.error(prefix + "expired less than " + std::to_string(-days) +
                    (days == -1 ? " day ago" : " days ago"));
  } else if (daily && days < kWarnDays) {
    host_.log.warning(prefix + "will expire in less than " + std::to_string(days + 1) + " days");
  }
}

void Engine::update_leap(MonoTime now) {
  const WallTime wall = host_.clock.wall();
  // The jump that the kernel has made is told from others by the flag, which falls now.
  if (leap_watch_.is_over(wall)) watch_clock();
  const auto news = leap_watch_.look({leaps_ ? &*leaps_ : nullptr, leap_votes_insert_,
                                      leap_votes_delete_, survivors_, follows_smeared_},
                                     wall, now);
  if (news.done) report(control::SystemEvent::LeapEvent);
  if (news.armed) report(control::SystemEvent::LeapArmed);
  if (news.disarmed) report(control::SystemEvent::LeapDisarmed);
  if (state_.leap == Leap::Unsynchronized || leap_watch_.flag() == state_.leap) {
    // The moment of the leap second is known ever better.
    if (leap_watch_.second().change != 0) publish(now);
    return;
  }
  state_.leap = leap_watch_.flag();
  update_clock_status(now);
  publish(now);
}

}  // namespace ntp::engine
