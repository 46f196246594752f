// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/timex.h>

#include "libntp/core/clock_command.h"
#include "libntp/core/seams.h"

/// The kernel's `struct timex` as values in and out: no system call here.
namespace ntp::os {

/// The call that brings rate, leap flags, synchronization status and error bounds to what the
/// command says; the step is not in it. The tick takes what is beyond the 500 ppm of the
/// frequency, up to a tenth; the errors are held
/// within its 16 s. Unsynchronized sets STA_UNSYNC with both errors at 16 s, whatever the command
/// gives: the kernel and timedated judge synchronization by maxerror. ADJ_NANO goes with every
/// status, because clearing STA_PLL would else fall back to microseconds. ADJ_TAI is left out.
timex state_fields(const ClockCommand& command);

/// The call that adds `step` to the clock: whole seconds plus a fraction that is never negative.
timex step_fields(Duration step);

/// The call that has the kernel slew `offset` away by itself, as adjtime(3) does; rounded to µs.
timex slew_fields(Duration offset);

/// The call that tells TAI - UTC.
timex tai_fields(int offset);

/// The rate correction the kernel applies, in s/s: its frequency plus what its tick length adds.
double rate_of(const timex& state);

/// All of it, by the units that its status says.
KernelClock clock_of(const timex& state);

/// The kernel's tick length for no correction, in µs.
long nominal_tick();

}  // namespace ntp::os
