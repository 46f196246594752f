// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/engine/clock_loop.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

namespace ntp::engine {
namespace {

constexpr int kReadings = 3;
constexpr Duration kUndisturbed = std::chrono::microseconds(10);
// A leap second is a jump of one second, give or take what may have been slewed meanwhile.
constexpr Duration kLeapSlack = std::chrono::milliseconds(100);
// So much longer a slew may last, if an answer is to end it; the ticks of reference clocks, a
// second apart, have none.
constexpr Duration kAnswer = std::chrono::milliseconds(250);
constexpr Duration kTick = std::chrono::milliseconds(1500);
constexpr Duration kSaveInterval = std::chrono::hours(1);
// s/s; less is not worth a write at the end.
constexpr double kLastSaveChange = 1e-9;
constexpr double kPpm = 1e-6;
// s/s: by so much an oscillator may have changed while nobody watched it.
constexpr double kStoredDeviation = 1e-6;
constexpr double kUnknownDeviation = 50e-6;
// s/s: a frequency that is known worse would only mislead the next start.
constexpr double kWorthKeeping = 5e-6;

/// Takes the next number off the text.
std::optional<double> take_ppm(std::string_view& text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start);
  if (text.front() == '+') text.remove_prefix(1);
  double ppm = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ppm);
  if (error != std::errc{} || !std::isfinite(ppm)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return ppm * kPpm;
}

/// The frequency, and behind it how well it was known; NTPsec writes, and reads, the first alone.
std::optional<sync::FrequencyPrior> parse_drift(std::string_view text) {
  const auto frequency = take_ppm(text);
  if (!frequency) return std::nullopt;
  const double deviation = take_ppm(text).value_or(0);
  return sync::FrequencyPrior{*frequency,
                              std::clamp(deviation, kStoredDeviation, kUnknownDeviation)};
}

}  // namespace

ClockLoop::ClockLoop(Settings settings, const Host& host)
    : settings_(std::move(settings)),
      host_(host),
      controller_(settings_.controller),
      drift_threshold_(settings_.drift_threshold) {}

ClockLoop::~ClockLoop() { host_.timers.cancel(tick_timer_); }

Duration ClockLoop::wall_ahead_of_mono() const {
  // A reading during which the daemon had to wait is taken again.
  Duration least = Duration::max();
  Duration lead{};
  for (int i = 0; i < kReadings && least > kUndisturbed; ++i) {
    const MonoTime before = host_.clock.mono();
    const WallTime wall = host_.clock.wall();
    const Duration took = host_.clock.mono() - before;
    if (took >= least) continue;
    least = took;
    lead = wall.time_since_epoch() - before.time_since_epoch() - took / 2;
  }
  return lead;
}

bool ClockLoop::start() {
  std::optional<sync::FrequencyPrior> frequency;
  if (settings_.frequency) frequency = sync::FrequencyPrior{*settings_.frequency, kStoredDeviation};
  if (!settings_.drift_file.empty()) {
    // A missing file is how every host starts: NTPsec says nothing either.
    if (const auto text = host_.files.load(settings_.drift_file)) {
      const auto drift = parse_drift(*text);
      if (drift) {
        frequency = drift;
      } else {
        host_.log.error("CLOCK: " + settings_.drift_file +
                        ": not a frequency in PPM; it is measured anew");
      }
    }
  }
  if (frequency) controller_.set_initial_frequency(*frequency);
  frequency_loaded_ = frequency.has_value();
  last_save_ = host_.clock.mono();
  expected_lead_ = wall_ahead_of_mono();
  apply(last_save_);
  return frequency_loaded_;
}

void ClockLoop::stop() {
  end_slew();
  save_drift(kLastSaveChange);
}

void ClockLoop::end_slew() {
  host_.timers.cancel(tick_timer_);
  tick_timer_ = Timers::kNone;
  if (!disciplines()) return;
  const MonoTime now = host_.clock.mono();
  ClockCommand command = controller_.tick(now);
  command.slew = 0;
  command.residue = residue_;
  command.leap = status_.leap;
  command.max_error = status_.max_error;
  command.estimated_error = status_.estimated_error;
  command.tai_offset = status_.tai_offset;
  // Nobody is left to act on a failure.
  if (host_.clock.apply(command)) controller_.obeyed(now, command);
}

void ClockLoop::reconfigure(const Settings& settings) {
  const bool begins = settings.discipline && !settings_.discipline;
  if (!settings.discipline) end_slew();
  if (settings.drift_file != settings_.drift_file) {
    saved_frequency_.reset();
    save_failed_ = false;
  }
  settings_ = settings;
  drift_threshold_ = settings_.drift_threshold;
  controller_.set_limits(settings_.controller);
  // What the phase was when the clock was last steered says nothing about now.
  if (begins) restart();
}

bool ClockLoop::apply(MonoTime now, std::optional<Duration> step) {
  if (!disciplines()) return false;
  host_.timers.cancel(tick_timer_);
  const auto awake = host_.timers.next();
  ClockCommand command = controller_.tick(now, awake);
  command.step = step;
  command.leap = status_.leap;
  command.max_error = status_.max_error;
  command.estimated_error = status_.estimated_error;
  command.tai_offset = status_.tai_offset;
  const auto done = host_.clock.apply(command);
  if (!done && !apply_failed_) host_.log.error("CLOCK: " + done.error().message);
  apply_failed_ = !done;
  if (done) controller_.obeyed(now, command);
  if (step && done) expected_lead_ = wall_ahead_of_mono();

  auto next = controller_.next_tick();
  // What wakes the daemon is most often a poll, and the answer has another slew follow.
  if (next && next == awake && *next - now > kTick) *next += kAnswer;
  tick_timer_ = next ? host_.timers.at(*next, [this] { tick(); }) : Timers::kNone;
  return done.has_value();
}

void ClockLoop::tick() {
  tick_timer_ = Timers::kNone;
  apply(host_.clock.mono());
}

sync::Adjustment ClockLoop::update(const sync::Measurement& measurement) {
  const MonoTime now = host_.clock.mono();
  const auto outcome = controller_.update(now, measurement);
  if (outcome.adjustment == sync::Adjustment::Stepped) {
    const Status before = std::exchange(status_, {});
    if (!apply(now, outcome.step)) {
      status_ = before;
      restart();
      return sync::Adjustment::Ignored;
    }
  } else if (outcome.adjustment != sync::Adjustment::Panic) {
    apply(now);
  }
  return outcome.adjustment;
}

void ClockLoop::set_status(const Status& status) {
  const bool at_once = status.leap != status_.leap;
  status_ = status;
  if (at_once) apply(host_.clock.mono());
}

std::optional<Duration> ClockLoop::foreign_step(Duration least) {
  const Duration lead = wall_ahead_of_mono();
  const Duration moved = lead - expected_lead_;
  expected_lead_ = lead;
  if (std::chrono::abs(moved) < least) return std::nullopt;
  const Duration leap_second = status_.leap == Leap::Insert   ? -std::chrono::seconds(1)
                               : status_.leap == Leap::Delete ? std::chrono::seconds(1)
                                                              : std::chrono::seconds(0);
  if (leap_second != Duration::zero() && std::chrono::abs(moved - leap_second) < kLeapSlack) {
    host_.log.notice(status_.leap == Leap::Insert ? "CLOCK: leap second inserted"
                                                  : "CLOCK: leap second deleted");
    return std::nullopt;
  }
  return moved;
}

bool ClockLoop::frequency_known() const {
  return frequency_loaded_ || (controller_.state() == sync::ControllerState::Synchronized &&
                               controller_.frequency_prior().deviation < kWorthKeeping);
}

void ClockLoop::save_drift_hourly() {
  if (host_.clock.mono() - last_save_ < kSaveInterval) return;
  last_save_ = host_.clock.mono();
  save_drift(drift_threshold_);
}

void ClockLoop::save_drift(double threshold) {
  const double frequency = controller_.frequency();
  if (settings_.drift_file.empty() || !disciplines() || !frequency_known()) return;
  if (saved_frequency_ && std::abs(*saved_frequency_ - frequency) < threshold) {
    drift_threshold_ /= 2;
    return;
  }
  char text[48];
  std::snprintf(text, sizeof text, "%.6f %.6f\n", frequency / kPpm,
                controller_.frequency_prior().deviation / kPpm);
  const auto saved = host_.files.save(settings_.drift_file, text);
  if (saved) {
    saved_frequency_ = frequency;
    drift_threshold_ = settings_.drift_threshold;
  } else if (!save_failed_) {
    host_.log.error("CLOCK: " + saved.error().message);
  }
  save_failed_ = !saved;
}

}  // namespace ntp::engine
