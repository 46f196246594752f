// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/linux_clock.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>

#include "ntpd/os/timex_fields.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::os {
namespace {

Duration read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

bool same_state(const timex& a, const timex& b) {
  return a.freq == b.freq && a.tick == b.tick && a.status == b.status && a.maxerror == b.maxerror &&
         a.esterror == b.esterror;
}

}  // namespace

WallTime wall_now() { return WallTime(read_clock(CLOCK_REALTIME)); }
MonoTime mono_now() { return MonoTime(read_clock(CLOCK_MONOTONIC)); }
Duration suspended_so_far() {
  // In this order the time between the two readings is no suspension.
  const Duration boot = read_clock(CLOCK_BOOTTIME);
  return boot - read_clock(CLOCK_MONOTONIC);
}

double ReadOnlyClock::frequency() const {
  timex state{};
  return adjtimex(&state) < 0 ? 0 : rate_of(state);
}

Result<std::unique_ptr<LinuxClock>> LinuxClock::take_over() {
  std::unique_ptr<LinuxClock> clock(new LinuxClock);

  // A loop's pending offset is dropped only while STA_PLL is set; the first command clears that.
  timex loop{};
  loop.modes = ADJ_OFFSET | ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR | ADJ_NANO;
  loop.status = STA_PLL | STA_UNSYNC;
  loop.maxerror = loop.esterror = 16'000'000;
  if (const auto done = clock->adjust(loop); !done) return Failure<Error>{done.error()};

  if (const auto done = clock->adjust(slew_fields({})); !done) return Failure<Error>{done.error()};

  timex state{};
  if (adjtimex(&state) >= 0 && state.tick != nominal_tick()) {
    timex tick{};
    tick.modes = ADJ_TICK;
    tick.tick = nominal_tick();
    if (const auto done = clock->adjust(tick); !done) return Failure<Error>{done.error()};
  }
  return clock;
}

Result<void> LinuxClock::apply(const ClockCommand& command) {
  if (command.step && *command.step != Duration::zero()) {
    if (auto done = step(*command.step); !done) return done;
  }
  const timex fields = state_fields(command);
  // The kernel lets maxerror grow, so a synchronized state is written every time.
  const bool unchanged =
      command.leap == Leap::Unsynchronized && last_ && same_state(*last_, fields);
  if (!unchanged) {
    last_.reset();
    if (auto done = adjust(fields); !done) return done;
    last_ = fields;
  }
  if (command.residue) {
    if (auto done = adjust(slew_fields(*command.residue)); !done) return done;
  }
  if (command.tai_offset && command.tai_offset != tai_offset_) {
    if (auto done = adjust(tai_fields(*command.tai_offset)); !done) return done;
    tai_offset_ = command.tai_offset;
  }
  return {};
}

Result<void> LinuxClock::step(Duration by) {
  last_.reset();  // a step resets the kernel's status and errors
  auto done = adjust(step_fields(by));
  if (done || !permitted_) return done;
  const Duration target = wall_now().time_since_epoch() + by;
  const auto whole = std::chrono::floor<std::chrono::seconds>(target);
  const timespec time{whole.count(), (target - whole).count()};
  if (clock_settime(CLOCK_REALTIME, &time) == 0) return {};
  return fail("clock_settime: " + error_text(errno));
}

Result<void> LinuxClock::adjust(timex fields) {
  // Any state from TIME_OK to TIME_ERROR means that the call was obeyed.
  if (adjtimex(&fields) >= 0) return {};
  const int code = errno;
  if (code == EPERM) permitted_ = false;
  return fail("adjtimex: " + error_text(code));
}

void HostClock::discipline(bool on) {
  if (!on) {
    kernel_.reset();
    return;
  }
  if (kernel_) return;
  auto clock = LinuxClock::take_over();
  if (clock) {
    kernel_ = std::move(*clock);
    return;
  }
  log_.error("CLOCK: the system clock can't be set and will only be read: " +
             clock.error().message);
}

Result<void> HostClock::apply(const ClockCommand& command) {
  return kernel_ ? kernel_->apply(command) : Result<void>{};
}

std::optional<KernelClock> kernel_clock() {
  timex state{};
  if (adjtimex(&state) < 0) return std::nullopt;
  return clock_of(state);
}

int measure_precision() {
  constexpr int kReadings = 2000;
  Duration least = std::chrono::milliseconds(1);
  WallTime previous = wall_now();
  for (int i = 0; i < kReadings; ++i) {
    const WallTime now = wall_now();
    if (now > previous) least = std::min(least, now - previous);
    previous = now;
  }
  const int exponent = static_cast<int>(std::lround(std::log2(to_seconds(least))));
  return std::clamp(exponent, -30, -20);
}

}  // namespace ntp::os
