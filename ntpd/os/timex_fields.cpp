// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/timex_fields.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace ntp::os {
namespace {

constexpr double kMaxRate = 500e-6;           // s/s, the kernel's limit
constexpr double kMaxTickShare = 0.1;         // of the nominal tick, the kernel's limit
constexpr double kScaledPpm = 65536.0 * 1e6;  // kernel units in 1 s/s
constexpr double kMaxError = 16.0;            // s, the kernel's NTP_PHASE_LIMIT
constexpr double kMicrosecondsPerSecond = 1e6;

long to_microseconds(double seconds) {
  if (!(seconds >= 0)) seconds = kMaxError;  // also NaN: nothing is known of the error
  return std::lround(std::min(seconds, kMaxError) * kMicrosecondsPerSecond);
}

int status_of(Leap leap) {
  switch (leap) {
    case Leap::None:
      return 0;
    case Leap::Insert:
      return STA_INS;
    case Leap::Delete:
      return STA_DEL;
    case Leap::Unsynchronized:
      break;
  }
  return STA_UNSYNC;
}

}  // namespace

timex state_fields(const ClockCommand& command) {
  timex fields{};
  fields.modes = ADJ_FREQUENCY | ADJ_TICK | ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR | ADJ_NANO;
  double rate = command.frequency + command.slew;
  if (!(rate == rate)) rate = 0;
  const auto nominal = static_cast<double>(nominal_tick());
  const double limit = nominal * kMaxTickShare;
  const double ticks =
      std::abs(rate) > kMaxRate ? std::clamp(std::round(rate * nominal), -limit, limit) : 0;
  fields.tick = std::lround(nominal + ticks);
  rate = std::clamp(rate - ticks / nominal, -kMaxRate, kMaxRate);
  fields.freq = std::lround(rate * kScaledPpm);
  fields.status = status_of(command.leap);
  const bool synchronized = command.leap != Leap::Unsynchronized;
  fields.maxerror = to_microseconds(synchronized ? command.max_error : kMaxError);
  fields.esterror = to_microseconds(synchronized ? command.estimated_error : kMaxError);
  return fields;
}

timex step_fields(Duration step) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(step);
  timex fields{};
  fields.modes = ADJ_SETOFFSET | ADJ_NANO;
  fields.time.tv_sec = whole.count();
  fields.time.tv_usec = (step - whole).count();  // nanoseconds under ADJ_NANO
  return fields;
}

timex slew_fields(Duration offset) {
  timex fields{};
  fields.modes = ADJ_OFFSET_SINGLESHOT;
  fields.offset = std::chrono::round<std::chrono::microseconds>(offset).count();
  return fields;
}

timex tai_fields(int offset) {
  timex fields{};
  fields.modes = ADJ_TAI;
  fields.constant = offset;
  return fields;
}

double rate_of(const timex& state) {
  const double frequency = static_cast<double>(state.freq) / kScaledPpm;
  const auto nominal = static_cast<double>(nominal_tick());
  return frequency + (static_cast<double>(state.tick) - nominal) / nominal;
}

KernelClock clock_of(const timex& state) {
  const double offset_unit = (state.status & STA_NANO) != 0 ? 1e-9 : 1e-6;  // s
  KernelClock clock;
  clock.offset = static_cast<double>(state.offset) * offset_unit;
  clock.frequency = static_cast<double>(state.freq) / kScaledPpm;
  clock.max_error = static_cast<double>(state.maxerror) / kMicrosecondsPerSecond;
  clock.estimated_error = static_cast<double>(state.esterror) / kMicrosecondsPerSecond;
  clock.status = state.status;
  clock.time_constant = state.constant;
  clock.precision = static_cast<double>(state.precision) / kMicrosecondsPerSecond;
  clock.tolerance = static_cast<double>(state.tolerance) / kScaledPpm;
  clock.pps_frequency = static_cast<double>(state.ppsfreq) / kScaledPpm;
  clock.pps_jitter = static_cast<double>(state.jitter) * offset_unit;
  clock.pps_interval = state.shift;
  clock.pps_stability = static_cast<double>(state.stabil) / kScaledPpm;
  clock.pps_jitter_exceeded = state.jitcnt;
  clock.pps_calibrations = state.calcnt;
  clock.pps_calibration_errors = state.errcnt;
  clock.pps_stability_exceeded = state.stbcnt;
  return clock;
}

long nominal_tick() {
  static const long ticks_per_second = sysconf(_SC_CLK_TCK);
  return ticks_per_second > 0 ? 1'000'000 / ticks_per_second : 10'000;
}

}  // namespace ntp::os
