// SPDX-License-Identifier: BSD-2-Clause
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <vector>

#include "ntpd/io/descriptor.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::io {
namespace {

// The loop's own timers are set in microseconds from now on, rounded down, so that most of them
// wake it twice. So late is late enough for any other clock's rounding, too.
constexpr Duration kLate = std::chrono::microseconds(1);

int make_timer() {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::runtime_error("timerfd: " + os::error_text(errno));
  return fd;
}

}  // namespace

struct AsioTimers::Impl : std::enable_shared_from_this<Impl> {
  struct Entry {
    MonoTime when;
    Id id;
    Callback callback;
  };

  explicit Impl(boost::asio::io_context& context) : timer(context, make_timer()) {}

  /// Sets the timer to the first deadline, if it isn't already.
  void arm() {
    if (closed || running || queue.empty()) return;
    const MonoTime first = queue.front().when;
    if (armed == first) return;
    armed = first;
    // Forgets the expirations so far, too: nobody has to read them.
    const Duration at = std::max(first.time_since_epoch() + kLate, Duration(1));
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const itimerspec setting{{}, {whole.count(), (at - whole).count()}};
    timerfd_settime(timer.native_handle(), TFD_TIMER_ABSTIME, &setting, nullptr);
    if (waiting) return;
    waiting = true;
    timer.async_wait(Descriptor::wait_read,
                     [weak = weak_from_this()](const boost::system::error_code& error) {
                       const auto self = weak.lock();
                       if (!self || self->closed || error) return;
                       self->waiting = false;
                       self->armed.reset();
                       self->run_due();
                     });
  }

  /// Calls what is due; what the callbacks add waits for the next round, so that sockets get their
  /// turn.
  void run_due() {
    const MonoTime limit = os::mono_now();
    const Id end = next_id;
    running = true;
    for (auto entry = queue.begin(); entry != queue.end() && entry->when <= limit;) {
      if (entry->id >= end) {
        ++entry;
        continue;
      }
      const Callback callback = std::move(entry->callback);
      queue.erase(entry);
      callback();
      if (closed) return;
      entry = queue.begin();  // the callback may have added or cancelled any
    }
    running = false;
    arm();
  }

  Descriptor timer;
  // In the order of their deadlines, and equal ones as they were set. There are a few for each
  // source.
  std::vector<Entry> queue;
  std::optional<MonoTime> armed;  // the deadline that the timer is set to
  bool waiting = false;           // for the timer, whatever it is set to
  Id next_id = kNone + 1;
  bool running = false;
  bool closed = false;
};

AsioTimers::AsioTimers(EventLoop& loop) : impl_(std::make_shared<Impl>(loop.context())) {}

AsioTimers::~AsioTimers() {
  impl_->closed = true;
  impl_->timer.close();
  impl_->queue.clear();
}

Timers::Id AsioTimers::at(MonoTime when, Callback callback) {
  const Id id = impl_->next_id++;
  const auto place = std::ranges::upper_bound(impl_->queue, when, {}, &Impl::Entry::when);
  impl_->queue.insert(place, {when, id, std::move(callback)});
  impl_->arm();
  return id;
}

void AsioTimers::cancel(Id id) {
  if (id == kNone) return;
  const auto found = std::ranges::find(impl_->queue, id, &Impl::Entry::id);
  if (found == impl_->queue.end()) return;
  impl_->queue.erase(found);
  impl_->arm();
}

std::optional<MonoTime> AsioTimers::next() const {
  if (impl_->queue.empty()) return std::nullopt;
  return impl_->queue.front().when;
}

}  // namespace ntp::io
