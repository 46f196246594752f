// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

namespace ntp::io {

struct EventLoop::Impl {
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  void await_signal(boost::asio::signal_set& set, const std::function<void(int)>& callback) {
    set.async_wait([this, &set, callback](const boost::system::error_code& error, int number) {
      if (error) return;
      callback(number);
      await_signal(set, callback);
    });
  }

  boost::asio::io_context context{1};
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

void EventLoop::on_signals(const std::vector<int>& numbers, std::function<void(int)> callback) {
  auto& set =
      impl_->signals.emplace_back(std::make_unique<boost::asio::signal_set>(impl_->context));
  for (const int number : numbers) set->add(number);
  impl_->await_signal(*set, callback);
}

boost::asio::io_context& EventLoop::context() { return impl_->context; }

}  // namespace ntp::io
