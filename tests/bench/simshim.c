// SPDX-License-Identifier: BSD-2-Clause
// simshim: lets a daemon built on epoll, pselect, sendmmsg, SO_TIMESTAMPNS or monotonic timers run inside a
// simulator that stands in for select(), poll(), sendmsg() and recvmsg() by LD_PRELOAD. Preload it in FRONT of
// the simulator's library. It only rewrites the newer calls in terms of the older ones; time and packets stay
// the simulator's. Single-threaded daemons only.
//   cc -O2 -fPIC -shared -o simshim.so simshim.c -ldl
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

// looked up once: the search takes longer than most of the calls
#define NEXT(name) ({ static __typeof__(&name) next; if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name); next; })
enum { EPOLL_FD = 900, EVENT_FD = 910, TIMER_FD = 920, TIMERS = 4, WATCHES = 64, FDS = 1024, SIMULATED = 100 };

static struct { int fd; uint32_t events; epoll_data_t data; int armed; } watches[WATCHES];
static int watch_count, event_pending, event_used, timer_count;
static int64_t due[TIMERS];  // ns of the monotonic clock; 0: not set
static char stamped[FDS];

int epoll_create1(int flags) { (void)flags; return EPOLL_FD; }
int epoll_create(int size) { (void)size; return EPOLL_FD; }
int eventfd(unsigned initial, int flags) { (void)flags; event_used = 1; event_pending = initial > 0; return EVENT_FD; }

int epoll_ctl(int ep, int op, int fd, struct epoll_event *event) {
    (void)ep;
    int i = 0;
    while (i < watch_count && watches[i].fd != fd) ++i;
    if (op == EPOLL_CTL_DEL) {
        if (i == watch_count) { errno = ENOENT; return -1; }
        watches[i] = watches[--watch_count];
        return 0;
    }
    if (i == watch_count) {
        if (op == EPOLL_CTL_MOD) { errno = ENOENT; return -1; }
        if (watch_count == WATCHES) { errno = ENOSPC; return -1; }
        ++watch_count;
    }
    watches[i].fd = fd; watches[i].events = event->events; watches[i].data = event->data; watches[i].armed = 1;
    return 0;
}

static void rearm(int fd) { for (int i = 0; i < watch_count; ++i) if (watches[i].fd == fd) watches[i].armed = 1; }

static int is_timer(int fd) { return fd >= TIMER_FD && fd < TIMER_FD + TIMERS; }
static int64_t monotonic(void) {
    struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}
int timerfd_create(int clock, int flags) {
    (void)clock; (void)flags;
    if (timer_count == TIMERS) { errno = EMFILE; return -1; }
    return TIMER_FD + timer_count++;
}
int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old) {
    (void)old;
    // one that waits for the clock to be set: nobody sets it here
    if (flags & TFD_TIMER_CANCEL_ON_SET || !is_timer(fd)) { errno = EINVAL; return -1; }
    int64_t ns = value->it_value.tv_sec * INT64_C(1000000000) + value->it_value.tv_nsec;
    if (ns && !(flags & TFD_TIMER_ABSTIME)) ns += monotonic();
    due[fd - TIMER_FD] = ns;
    return 0;
}

// Until a timer of its own has run, the simulator lets its clock go on a little with each reading, for programs
// that measure how finely it can be read.
static void begin(void) {
    static int begun;
    if (begun) return;
    begun = 1;
    const int timer = NEXT(timerfd_create)(CLOCK_REALTIME, 0);
    const struct itimerspec soon = {{0, 0}, {0, 1}};
    NEXT(timerfd_settime)(timer, 0, &soon, NULL);
    fd_set wanted; FD_ZERO(&wanted); FD_SET(timer, &wanted);
    select(timer + 1, &wanted, NULL, NULL, NULL);
    NEXT(close)(timer);
}

// the timers that are watched: those that have expired, or how many ns are left until the first
static int expired(struct epoll_event *out, int max, int64_t *left) {
    int n = 0;
    *left = INT64_MAX;
    const int64_t now = monotonic();
    for (int i = 0; i < watch_count && n < max; ++i) {
        if (!is_timer(watches[i].fd) || !watches[i].armed) continue;
        int64_t *when = &due[watches[i].fd - TIMER_FD];
        if (*when && *when - now < *left) *left = *when - now;
        if (!*when || *when > now) continue;
        *when = 0;
        out[n].events = EPOLLIN; out[n++].data = watches[i].data;
        if (watches[i].events & (EPOLLET | EPOLLONESHOT)) watches[i].armed = 0;
    }
    return n;
}

int epoll_wait(int ep, struct epoll_event *out, int max, int timeout) {
    (void)ep;
    static unsigned waits;
    ++waits;
    // what needs no waiting: the event descriptor, and sockets newly watched for writing
    int n = 0;
    for (int i = 0; i < watch_count && n < max && event_pending; ++i) {
        if (!watches[i].armed) continue;
        if (watches[i].fd == EVENT_FD) {
            out[n].events = EPOLLIN; out[n++].data = watches[i].data; watches[i].armed = 0;
            if (!(watches[i].events & EPOLLET)) watches[i].armed = 1;
        }
    }
    if (n) return n;
    // only reading is waited for; the simulator's poll() would look at every descriptor three times
    fd_set wanted; FD_ZERO(&wanted);
    int top = -1;
    for (int i = 0; i < watch_count; ++i) {
        if (watches[i].fd >= EPOLL_FD || !watches[i].armed || !(watches[i].events & EPOLLIN)) continue;
        if (watches[i].fd < SIMULATED) {  // a real pipe (signals): the simulator would call it always ready
            // a system call that no real epoll makes, so it is a seldom one
            if (waits % 64 != 0) continue;
            struct pollfd real = {watches[i].fd, POLLIN, 0};
            const struct timespec none = {0, 0};
            if (ppoll(&real, 1, &none, NULL) <= 0 || n == max) continue;
            out[n].events = EPOLLIN; out[n++].data = watches[i].data;
            if (watches[i].events & (EPOLLET | EPOLLONESHOT)) watches[i].armed = 0;
            continue;
        }
        FD_SET(watches[i].fd, &wanted);
        if (watches[i].fd > top) top = watches[i].fd;
    }
    if (n) return n;
    begin();
    int64_t left;
    if ((n = expired(out, max, &left)) > 0) return n;
    if (timeout >= 0 && timeout * INT64_C(1000000) < left) left = timeout * INT64_C(1000000);
    struct timeval tv = {left / 1000000000, left % 1000000000 / 1000};  // the simulator rounds up
    int r = select(top + 1, &wanted, NULL, NULL, left == INT64_MAX ? NULL : &tv);
    if (r == 0) return expired(out, max, &left);
    if (r < 0) return r;
    for (int i = 0; i < watch_count && n < max; ++i) {
        if (watches[i].fd >= EPOLL_FD || watches[i].fd < SIMULATED || !FD_ISSET(watches[i].fd, &wanted)) continue;
        out[n].events = EPOLLIN; out[n++].data = watches[i].data;
        // edge-triggered: quiet until the program has read from it
        if (watches[i].events & (EPOLLET | EPOLLONESHOT)) watches[i].armed = 0;
    }
    return n;
}
int epoll_pwait(int ep, struct epoll_event *out, int max, int timeout, const sigset_t *mask) {
    sigset_t old;
    if (mask) sigprocmask(SIG_SETMASK, mask, &old);
    int r = epoll_wait(ep, out, max, timeout), e = errno;
    if (mask) sigprocmask(SIG_SETMASK, &old, NULL);
    errno = e; return r;
}

int pselect(int n, fd_set *r, fd_set *w, fd_set *x, const struct timespec *ts, const sigset_t *mask) {
    struct timeval tv, *p = NULL; sigset_t old;
    if (ts) { tv.tv_sec = ts->tv_sec; tv.tv_usec = ts->tv_nsec / 1000; p = &tv; }
    if (mask) sigprocmask(SIG_SETMASK, mask, &old);
    int ret = select(n, r, w, x, p), e = errno;
    if (mask) sigprocmask(SIG_SETMASK, &old, NULL);
    errno = e; return ret;
}

int timer_create(clockid_t clock, struct sigevent *event, timer_t *timer) {
    (void)clock; return NEXT(timer_create)(CLOCK_REALTIME, event, timer);
}
ssize_t write(int fd, const void *buf, size_t len) {
    if (fd == EVENT_FD && event_used) { event_pending = 1; rearm(fd); return (ssize_t)len; }
    return NEXT(write)(fd, buf, len);
}
ssize_t read(int fd, void *buf, size_t len) {
    if (fd == EVENT_FD && event_used) {
        if (!event_pending) { errno = EAGAIN; return -1; }
        event_pending = 0; if (len >= 8) *(uint64_t *)buf = 1; return 8;
    }
    ssize_t r = NEXT(read)(fd, buf, len);
    rearm(fd); return r;
}
int close(int fd) {
    if (fd == EPOLL_FD || fd == EVENT_FD) return 0;
    for (int i = 0; i < watch_count; ++i) if (watches[i].fd == fd) { watches[i] = watches[--watch_count]; break; }
    if (is_timer(fd)) return 0;
    if (fd >= 0 && fd < FDS) stamped[fd] = 0;
    return NEXT(close)(fd);
}
int ioctl(int fd, unsigned long request, ...) {
    va_list args; va_start(args, request); void *p = va_arg(args, void *); va_end(args);
    if (request == FIONBIO) return 0;
    return NEXT(ioctl)(fd, request, p);
}

int socket(int domain, int type, int protocol) { return NEXT(socket)(domain, type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC), protocol); }
int setsockopt(int fd, int level, int name, const void *value, socklen_t len) {
    if (level == SOL_SOCKET && name == SO_TIMESTAMPNS) { if (fd >= 0 && fd < FDS) stamped[fd] = *(const int *)value != 0; return 0; }
    if (level == SOL_SOCKET && name == SO_TIMESTAMPING) { errno = EINVAL; return -1; }
    return NEXT(setsockopt)(fd, level, name, value, len);
}
int connect(int fd, const struct sockaddr *to, socklen_t len) {
    if (to->sa_family == AF_INET && (ntohl(((const struct sockaddr_in *)to)->sin_addr.s_addr) >> 24) == 127) return 0;
    return NEXT(connect)(fd, to, len);
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags) {
    if (fd < SIMULATED) return NEXT(recvmsg)(fd, m, flags);  // the simulator's own, for each of its requests
    const size_t room = m->msg_control ? m->msg_controllen : 0;
    ssize_t r = NEXT(recvmsg)(fd, m, flags);
    rearm(fd);
    if (r < 0 || fd >= FDS || !stamped[fd] || !room || (flags & MSG_ERRQUEUE)) return r;
    const size_t used = m->msg_controllen, need = CMSG_SPACE(sizeof(struct timespec));
    if (used + need > room) return r;
    struct cmsghdr *c = (struct cmsghdr *)((char *)m->msg_control + used);
    memset(c, 0, need);
    c->cmsg_level = SOL_SOCKET; c->cmsg_type = SO_TIMESTAMPNS; c->cmsg_len = CMSG_LEN(sizeof(struct timespec));
    struct timespec now; clock_gettime(CLOCK_REALTIME, &now); memcpy(CMSG_DATA(c), &now, sizeof now);
    m->msg_controllen = used + need;
    return r;
}
int recvmmsg(int fd, struct mmsghdr *v, unsigned n, int flags, struct timespec *timeout) {
    (void)timeout; (void)n;
    ssize_t r = recvmsg(fd, &v[0].msg_hdr, flags & ~MSG_WAITFORONE);
    if (r < 0) return -1;
    v[0].msg_len = (unsigned)r; return 1;
}
int sendmmsg(int fd, struct mmsghdr *v, unsigned n, int flags) {
    for (unsigned i = 0; i < n; ++i) {
        ssize_t r = sendmsg(fd, &v[i].msg_hdr, flags);
        if (r < 0) return i ? (int)i : -1;
        v[i].msg_len = (unsigned)r;
    }
    return (int)n;
}
