// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "libntp/core/seams.h"

namespace boost::asio {
class io_context;
}

namespace ntp::io {

/// The one loop that all of the daemon runs on.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs until stop(); may be called again. An exception out of a handler comes out here.
  void run();
  /// Makes run() return after the handler that is running; one that comes before run() ends that.
  void stop();
  /// Calls back from the loop, soon. The only call that other threads may make.
  void post(std::function<void()> callback);
  /// Calls back from the loop for each arrival of one of these signals, until the loop ends. Of
  /// SIGBUS only those count that somebody sends; a fault of the process itself ends it.
  void on_signals(const std::vector<int>& numbers, const std::function<void(int)>& callback);

  /// For the other parts of this folder.
  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Timers on CLOCK_MONOTONIC. All of them share one of the kernel's, so that deadlines that lie
/// together cost one wake-up; equal deadlines are called in the order they were set. Never early.
class AsioTimers final : public Timers {
 public:
  explicit AsioTimers(EventLoop& loop);
  ~AsioTimers() override;

  Id at(MonoTime when, Callback callback) override;
  void cancel(Id id) override;
  [[nodiscard]] std::optional<MonoTime> next() const override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ntp::io
