// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/clock_watch.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>

#include "ntpd/io/descriptor.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::io {
namespace {

/// Arms a timer that never goes off by itself: it is cancelled when the clock jumps. False if it
/// can't be.
bool arm(int fd) {
  itimerspec never{};
  never.it_value.tv_sec = std::numeric_limits<std::int32_t>::max();
  never.it_value.tv_sec *= 2;  // the year 2106: the kernel's own limit is far beyond
  return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) == 0 ||
         errno == ECANCELED;
}

}  // namespace

struct ClockWatch::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& loop, int fd, std::function<void()> on_jump)
      : descriptor(loop.context(), fd), call(std::move(on_jump)) {}

  void wait() {
    descriptor.async_wait(Descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (error || self->closed) return;
                            self->wake();
                          });
  }

  void wake() {
    std::uint64_t expirations = 0;
    const ssize_t done = read(descriptor.native_handle(), &expirations, sizeof expirations);
    const bool jumped = done < 0 && errno == ECANCELED;
    // One that went off would do so for ever.
    if (!jumped && done > 0) return;
    if (!arm(descriptor.native_handle())) return;
    wait();
    if (jumped) call();
  }

  Descriptor descriptor;
  std::function<void()> call;
  bool closed = false;
};

Result<std::unique_ptr<ClockWatch>> ClockWatch::start(EventLoop& loop,
                                                      std::function<void()> on_jump) {
  os::UniqueFd fd(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd || !arm(fd.get())) return fail("timerfd: " + os::error_text(errno));
  auto impl = std::make_shared<Impl>(loop, fd.release(), std::move(on_jump));
  impl->wait();
  return std::unique_ptr<ClockWatch>(new ClockWatch(std::move(impl)));
}

ClockWatch::ClockWatch(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

ClockWatch::~ClockWatch() {
  impl_->closed = true;
  impl_->descriptor.close();
}

}  // namespace ntp::io
