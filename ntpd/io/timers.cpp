// SPDX-License-Identifier: BSD-2-Clause
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <unordered_map>

#include "ntpd/io/event_loop.h"

namespace ntp::io {
namespace {

using Steady = std::chrono::steady_clock;

// On Linux both are CLOCK_MONOTONIC in nanoseconds.
Steady::time_point to_steady(MonoTime time) {
  return Steady::time_point(std::chrono::duration_cast<Steady::duration>(time.time_since_epoch()));
}
MonoTime now() { return MonoTime(Steady::now().time_since_epoch()); }

}  // namespace

struct AsioTimers::Impl : std::enable_shared_from_this<Impl> {
  using Key = std::pair<MonoTime, Id>;

  explicit Impl(boost::asio::io_context& context) : timer(context) {}

  /// Sets the loop's timer to the first deadline, if it isn't already.
  void arm() {
    if (closed || running) return;
    if (queue.empty()) {
      if (armed) timer.cancel();
      armed.reset();
      return;
    }
    const MonoTime first = queue.begin()->first.first;
    if (armed == first) return;
    armed = first;
    timer.expires_at(to_steady(first));
    timer.async_wait([weak = weak_from_this(), first](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (!self || self->closed || error || self->armed != first) return;
      self->armed.reset();
      self->run_due();
    });
  }

  /// Calls what is due; what the callbacks add waits for the next round, so that sockets get their
  /// turn.
  void run_due() {
    const MonoTime limit = now();
    const Id end = next_id;
    running = true;
    for (auto entry = queue.begin(); entry != queue.end() && entry->first.first <= limit;) {
      if (entry->first.second >= end) {
        ++entry;
        continue;
      }
      const Callback callback = std::move(entry->second);
      deadlines.erase(entry->first.second);
      queue.erase(entry);
      callback();
      if (closed) return;
      entry = queue.begin();  // the callback may have added or cancelled any
    }
    running = false;
    arm();
  }

  boost::asio::steady_timer timer;
  std::map<Key, Callback> queue;
  std::unordered_map<Id, MonoTime> deadlines;
  std::optional<MonoTime> armed;
  Id next_id = kNone + 1;
  bool running = false;
  bool closed = false;
};

AsioTimers::AsioTimers(EventLoop& loop) : impl_(std::make_shared<Impl>(loop.context())) {}

AsioTimers::~AsioTimers() {
  impl_->closed = true;
  impl_->timer.cancel();
  impl_->queue.clear();
}

Timers::Id AsioTimers::at(MonoTime when, Callback callback) {
  const Id id = impl_->next_id++;
  impl_->queue.emplace(std::pair(when, id), std::move(callback));
  impl_->deadlines.emplace(id, when);
  impl_->arm();
  return id;
}

void AsioTimers::cancel(Id id) {
  const auto deadline = impl_->deadlines.find(id);
  if (deadline == impl_->deadlines.end()) return;
  impl_->queue.erase({deadline->second, id});
  impl_->deadlines.erase(deadline);
  impl_->arm();
}

}  // namespace ntp::io
