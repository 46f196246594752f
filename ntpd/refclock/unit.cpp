// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/unit.h"

#include <algorithm>
#include <cmath>

namespace ntp::refclock {
namespace {

// s, NTPsec's panic threshold. Once there is a time, a clock that is so far off has lost its own;
// to believe it would end the daemon.
constexpr double kBeyondBelief = 1000;
// Ticks after a step of the clock, by the end of which devices and the programs that feed sockets
// and segments have told all that they stamped before it. None of it is used.
constexpr int kUnsettled = 2;

}  // namespace

Unit::Unit(const DriverInfo& info, const config::SourceSettings& settings, Devices& devices)
    : info_(info), devices_(devices), feed_(settings), driver_(info.make(feed_)) {}

std::string Unit::name() const {
  return clock_name() + '(' + std::to_string(settings().unit) + ')';
}

std::string Unit::clock_name() const {
  return feed_.name().empty() ? std::string(info_.name) : feed_.name();
}

std::string Unit::description() const {
  return feed_.description().empty() ? std::string(info_.description) : feed_.description();
}

void Unit::open(MonoTime now) {
  const auto trouble = trouble_with(info_, settings());
  const auto opened = trouble ? Result<void>(fail(*trouble)) : driver_->open(devices_);
  // A driver whose device fails while it is being opened is not open.
  const auto loss = feed_.take_loss();
  if (opened && !loss) {
    if (!failure_.empty()) {
      feed_.device_is_back();
      feed_.log(LogLevel::Notice, "open", "REFCLOCK: " + name() + ": the device is open again");
    }
    open_ = true;
    failure_.clear();
    return;
  }
  driver_->close();
  retry_later(now);
  const std::string reason = opened ? *loss : opened.error().message;
  feed_.report(ClockEvent::Fault);
  if (reason != failure_) {
    feed_.log(LogLevel::Error, reason,
              "REFCLOCK: " + name() + ": " + reason + "; it is tried again");
  }
  failure_ = reason;
}

void Unit::retry_later(MonoTime now) {
  retry_at_ = now + retry_after_;
  retry_after_ = std::min(2 * retry_after_, kLastRetry);
}

void Unit::see_to_device(MonoTime now) {
  if (const auto loss = feed_.take_loss(); loss && open_) {
    open_ = false;
    driver_->close();
    feed_.drop_samples();
    feed_.set_pulse(false);
    feed_.report(ClockEvent::Fault);
    feed_.log(LogLevel::Error, *loss, "REFCLOCK: " + name() + ": " + *loss);
    failure_ = *loss;
    retry_later(now);
  }
  if (!open_ && now >= retry_at_) open(now);
}

void Unit::tick(const Moment& now) {
  see_to_device(now.mono);
  if (open_) driver_->tick(now);
  see_to_device(now.mono);
  if (unsettled_ == 0) return;
  --unsettled_;
  feed_.drop_samples();
}

std::optional<Unit::Batch> Unit::poll(const Moment& now) {
  see_to_device(now.mono);
  if (!open_) {
    feed_.count_poll();
    feed_.report(ClockEvent::Fault);
    (void)feed_.take_health(false, now.mono);
    return std::nullopt;
  }
  const auto trouble = driver_->poll(now);
  // That a step has taken the samples away is nobody's fault.
  const bool is_spoilt = unsettled_ > 0 || (stepped_ && !feed_.has_samples());
  if (trouble && unsettled_ == 0) stepped_ = false;
  if (!trouble || is_spoilt) {
    feed_.drop_samples();
    feed_.begin_interval(now.mono);
    return std::nullopt;
  }
  feed_.count_poll();
  if (!feed_.has_samples()) {
    feed_.report(*trouble);
    (void)feed_.take_health(false, now.mono);
    return std::nullopt;
  }
  return take_batch(now);
}

std::optional<Unit::Batch> Unit::take_handed_in(const Moment& now) {
  if (!feed_.take_hand_in() || !open_) return std::nullopt;
  return take_batch(now);
}

std::optional<Unit::Batch> Unit::take_batch(const Moment& now) {
  const auto median = feed_.filter().take();
  if (!median) return std::nullopt;
  retry_after_ = kFirstRetry;
  const bool is_credible = !now.synchronized || std::abs(median->offset) <= kBeyondBelief;
  if (!is_credible) feed_.report(ClockEvent::BadDate);
  // A clock can give time though its device fails in part, such as one that can't be written to.
  const bool well = feed_.take_health(is_credible, now.mono);
  if (!is_credible) {
    feed_.log(LogLevel::Error, "date",
              "REFCLOCK: " + name() + ": the time is known, and it says another one, by " +
                  std::to_string(std::llround(median->offset)) + " s: not used");
    return std::nullopt;
  }
  if (feed_.leap() == Leap::Unsynchronized) return std::nullopt;
  if (well && feed_.status() != ClockEvent::Nominal) feed_.report(ClockEvent::Nominal);
  return Batch{.offset = median->offset,
               .jitter = median->jitter,
               .root_dispersion = feed_.root_dispersion(),
               .leap = feed_.leap(),
               .received = std::min(median->received, now.wall)};
}

void Unit::clock_stepped() {
  feed_.drop_samples();
  driver_->clock_stepped();
  stepped_ = true;
  if (info_.ticks) unsettled_ = kUnsettled;
}

Result<std::unique_ptr<Unit>> make_unit(const config::SourceSettings& settings, Devices* devices) {
  const DriverInfo* info = find_driver(settings.driver);
  if (info == nullptr) {
    return fail("reference clock driver " + settings.driver + " is not built in");
  }
  if (devices == nullptr) return fail("there are no devices for reference clocks here");
  return std::make_unique<Unit>(*info, settings, *devices);
}

}  // namespace ntp::refclock
