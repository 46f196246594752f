// SPDX-License-Identifier: BSD-2-Clause
// Preloaded into a daemon, plays a PPS device: the path in PPS_SHIM_PATH opens as one whose pulse
// comes PPS_SHIM_LATE nanoseconds after each second of the system clock. As long as the file
// PPS_SHIM_OFF exists there is no pulse.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/pps.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

int device = -1;
long long last_second = 0;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int open_device(const char* name, const char* path, int flags, mode_t mode) {
  using Open = int (*)(const char*, int, ...);
  const char* wanted = getenv("PPS_SHIM_PATH");
  const bool ours = wanted != nullptr && strcmp(path, wanted) == 0;
  const int fd = next<Open>(name)(ours ? "/dev/zero" : path, flags, mode);
  if (ours) device = fd;
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
  using Ioctl = int (*)(int, unsigned long, ...);
  return next<Ioctl>("ioctl")(fd, request, argument);
}
}
