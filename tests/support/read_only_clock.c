// SPDX-License-Identifier: BSD-2-Clause
// For LD_PRELOAD: a daemon that ends where it may not set the clock believes that it does. The clock
// is only read.
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

int clock_adjtime(clockid_t clock, struct timex *wanted) {
  struct timex now;
  int state;
  memset(&now, 0, sizeof now);
  state = (int)syscall(SYS_clock_adjtime, clock, &now);
  if (state < 0) return state;
  *wanted = now;
  wanted->status &= ~STA_UNSYNC;
  return TIME_OK;
}

int adjtimex(struct timex *wanted) { return clock_adjtime(CLOCK_REALTIME, wanted); }
int ntp_adjtime(struct timex *wanted) { return clock_adjtime(CLOCK_REALTIME, wanted); }

int clock_settime(clockid_t clock, const struct timespec *wanted) {
  (void)clock;
  (void)wanted;
  return 0;
}
