// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/event_loop.h"

#include <signal.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

namespace ntp::io {
namespace {

/// Asio's handler of faults, while there is one.
void (*on_sent_fault)(int) = nullptr;

/// A SIGBUS that somebody sends is a signal like others. After one of the process's own the same
/// instruction would run again, and for ever: back to the default, which is to end with a core.
void tell_faults_apart(int number, siginfo_t* info, void* /*context*/) {
  if (info->si_code <= 0) {
    on_sent_fault(number);
  } else {
    signal(number, SIG_DFL);
  }
}

void take_over_fault(int number) {
  struct sigaction action {};
  sigaction(number, nullptr, &action);
  if ((action.sa_flags & SA_SIGINFO) == 0) on_sent_fault = action.sa_handler;
  action.sa_sigaction = tell_faults_apart;
  action.sa_flags |= SA_SIGINFO;
  sigaction(number, &action, nullptr);
}

}  // namespace

struct EventLoop::Impl {
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  void await_signal(boost::asio::signal_set& set, const std::function<void(int)>& callback) {
    set.async_wait([this, &set, callback](const boost::system::error_code& error, int number) {
      if (error) return;
      callback(number);
      await_signal(set, callback);
    });
  }

  // Other threads post, but leave the descriptors alone.
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  Guard guard{context.get_executor()};
  std::vector<std::unique_ptr<boost::asio::signal_set>> signals;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  impl_->context.run();
  impl_->context.restart();
}
void EventLoop::stop() { impl_->context.stop(); }
void EventLoop::post(std::function<void()> callback) {
  boost::asio::post(impl_->context, std::move(callback));
}

void EventLoop::on_signals(const std::vector<int>& numbers,
                           const std::function<void(int)>& callback) {
  auto& set =
      impl_->signals.emplace_back(std::make_unique<boost::asio::signal_set>(impl_->context));
  for (const int number : numbers) {
    set->add(number);
    if (number == SIGBUS) take_over_fault(number);
  }
  impl_->await_signal(*set, callback);
}

boost::asio::io_context& EventLoop::context() { return impl_->context; }

}  // namespace ntp::io
