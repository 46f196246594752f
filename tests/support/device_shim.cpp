// SPDX-License-Identifier: BSD-2-Clause
// Preloaded into a daemon, plays devices. The path in PPS_SHIM_PATH opens as a PPS device whose
// pulse comes PPS_SHIM_LATE nanoseconds after each second of the system clock; as long as the file
// PPS_SHIM_OFF exists there is no pulse. The path in PTP_SHIM_PATH opens as a hardware clock that
// is PTP_SHIM_AHEAD nanoseconds ahead of the system clock, and is read by the ioctl that
// PTP_SHIM_WAY names, `precise` or `plain`, or else PTP_SYS_OFFSET_EXTENDED; it has no other.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/pps.h>
#include <linux/ptp_clock.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace {

int device = -1;
int hardware = -1;
long long last_second = 0;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int open_device(const char* name, const char* path, int flags, mode_t mode) {
  using Open = int (*)(const char*, int, ...);
  const char* wanted = getenv("PPS_SHIM_PATH");
  const bool ours = wanted != nullptr && strcmp(path, wanted) == 0;
  const char* wanted_clock = getenv("PTP_SHIM_PATH");
  const bool clock = wanted_clock != nullptr && strcmp(path, wanted_clock) == 0;
  const int fd = next<Open>(name)(ours || clock ? "/dev/zero" : path, flags, mode);
  if (ours) device = fd;
  if (clock) hardware = fd;
  return fd;
}

pps_ktime edge_at(long long second, long late) {
  pps_ktime time{};
  time.sec = second;
  time.nsec = static_cast<__s32>(late);
  return time;
}

int serve(unsigned long request, void* argument) {
  switch (request) {
    case PPS_GETPARAMS:
      *static_cast<pps_kparams*>(argument) = {};
      return 0;
    case PPS_SETPARAMS:
      return 0;
    case PPS_GETCAP:
      *static_cast<int*>(argument) = PPS_CAPTUREBOTH | PPS_TSFMT_TSPEC;
      return 0;
    case PPS_FETCH: {
      const char* late_text = getenv("PPS_SHIM_LATE");
      const char* off = getenv("PPS_SHIM_OFF");
      const long late = late_text ? atol(late_text) : 0;
      timespec now{};
      clock_gettime(CLOCK_REALTIME, &now);
      if (off == nullptr || access(off, F_OK) != 0) {
        last_second = now.tv_nsec >= late ? now.tv_sec : now.tv_sec - 1;
      }
      auto* data = static_cast<pps_fdata*>(argument);
      data->info = {};
      data->info.assert_sequence = static_cast<__u32>(last_second);
      data->info.assert_tu = edge_at(last_second, late);
      return 0;
    }
    default:
      errno = EOPNOTSUPP;
      return -1;
  }
}

ptp_clock_time now_and(long long ahead) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const long long total = now.tv_nsec + ahead;
  ptp_clock_time time{};
  time.sec = now.tv_sec + total / 1000000000;
  time.nsec = static_cast<__u32>(total % 1000000000);
  return time;
}

int serve_clock(unsigned long request, void* argument) {
  const char* text = getenv("PTP_SHIM_AHEAD");
  const long long ahead = text ? atoll(text) : 0;
  if (request == PTP_CLOCK_GETCAPS) {
    *static_cast<ptp_clock_caps*>(argument) = {};
    return 0;
  }
  const char* named = getenv("PTP_SHIM_WAY");
  const std::string_view way = named ? named : "extended";
  if (request == PTP_SYS_OFFSET_PRECISE && way == "precise") {
    auto* data = static_cast<ptp_sys_offset_precise*>(argument);
    data->sys_realtime = now_and(0);
    data->device = now_and(ahead);
    return 0;
  }
  if (request == PTP_SYS_OFFSET_EXTENDED && way == "extended") {
    auto* data = static_cast<ptp_sys_offset_extended*>(argument);
    for (unsigned i = 0; i < data->n_samples; ++i) {
      data->ts[i][0] = now_and(0);
      data->ts[i][1] = now_and(ahead);
      data->ts[i][2] = now_and(0);
    }
    return 0;
  }
  if (request == PTP_SYS_OFFSET && way == "plain") {
    auto* data = static_cast<ptp_sys_offset*>(argument);
    data->ts[0] = now_and(0);
    for (unsigned i = 0; i < data->n_samples; ++i) {
      data->ts[2 * i + 1] = now_and(ahead);
      data->ts[2 * i + 2] = now_and(0);
    }
    return 0;
  }
  errno = EOPNOTSUPP;
  return -1;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return open_device("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return open_device("open64", path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  if (fd == device && device >= 0) return serve(request, argument);
  if (fd == hardware && hardware >= 0) return serve_clock(request, argument);
  using Ioctl = int (*)(int, unsigned long, ...);
  return next<Ioctl>("ioctl")(fd, request, argument);
}
}
