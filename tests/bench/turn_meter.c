// SPDX-License-Identifier: BSD-2-Clause
// turn_meter: measures what a daemon on epoll does between two waits, its turns, by LD_PRELOAD. When the
// process ends it writes into the file of TURN_METER: `turns N`, and in us of processor time the longest
// turn and the one that 1 in 1000 exceeds. Of the main thread only, and not in its first seconds.
//   cc -O2 -fPIC -shared -o turn_meter.so turn_meter.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { BUCKETS = 1 << 16, START = 5 };
static unsigned long turns, bucket[BUCKETS]; // us; the last one holds all that is longer
static double began = -1, longest;
static time_t start;

static double busy(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static time_t seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec;
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
  static int (*next)(int, struct epoll_event *, int, int);
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "epoll_wait");
  if (gettid() != getpid()) return next(epoll, events, most, timeout);
  if (began >= 0) {
    const double took = busy() - began;
    ++turns;
    ++bucket[took < BUCKETS - 1 ? (int)took : BUCKETS - 1];
    if (took > longest) longest = took;
  }
  const int found = next(epoll, events, most, timeout);
  if (!start) start = seconds();
  if (seconds() - start >= START) began = busy();
  return found;
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("TURN_METER");
  FILE *out = path ? fopen(path, "w") : NULL;
  if (!out) return;
  unsigned long seen = 0;
  int us = 0;
  while (us < BUCKETS - 1 && (seen += bucket[us]) < turns - turns / 1000) ++us;
  fprintf(out, "turns %lu\nlongest_us %.0f\nthousandth_us %d\n", turns, longest, us);
  fclose(out);
}
