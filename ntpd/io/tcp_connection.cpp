// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/tcp_connection.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "ntpd/io/read_budget.h"

namespace ntp::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kMostWaiting = 4096;

tcp::endpoint to_tcp(const Endpoint& remote) {
  return {asio::ip::make_address(remote.address.to_string()), remote.port};
}

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(asio::io_context& context, const Clock& clock, std::function<void()> on_connected,
         StreamHandlers handlers)
      : clock_(clock),
        socket_(context),
        pause_(context),
        on_connected_(std::move(on_connected)),
        handlers_(std::move(handlers)) {}

  void start(const tcp::endpoint& remote) {
    socket_.async_connect(remote, [self = shared_from_this()](const ErrorCode& error) {
      if (self->failed(error)) return;
      ErrorCode ignored;
      self->socket_.set_option(tcp::no_delay(true), ignored);
      self->connected_ = true;
      self->on_connected_();
      if (self->closed_) return;
      self->write();
      self->read();
    });
  }

  Result<void> send(ByteView octets) {
    if (waiting_.size() + octets.size() > kMostWaiting) return fail("too much waits to be sent");
    waiting_.append(as_text(octets));
    if (connected_) write();
    return {};
  }

  void close() {
    closed_ = true;
    pause_.cancel();
    ErrorCode ignored;
    socket_.close(ignored);
  }

 private:
  bool failed(const ErrorCode& error) {
    if (closed_) return true;
    if (!error) return false;
    closed_ = true;
    handlers_.on_closed(error.message());
    return true;
  }

  void write() {
    if (!writing_.empty() || waiting_.empty()) return;
    writing_.swap(waiting_);
    asio::async_write(socket_, asio::buffer(writing_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                        if (self->failed(error)) return;
                        self->writing_.clear();
                        self->write();
                      });
  }

  void read() {
    socket_.async_read_some(
        asio::buffer(buffer_), [self = shared_from_this()](const ErrorCode& error, std::size_t n) {
          if (self->failed(error)) return;
          self->handlers_.on_octets(ByteView(self->buffer_).first(n), self->clock_.wall());
          if (!self->closed_) self->read_on(n);
        });
  }

  void read_on(std::size_t octets) {
    const auto next = budget_.spend(octets, std::chrono::steady_clock::now());
    if (!next) return read();
    pause_.expires_at(*next);
    pause_.async_wait([self = shared_from_this()](const ErrorCode& error) {
      if (!self->closed_ && !error) self->read();
    });
  }

  const Clock& clock_;
  tcp::socket socket_;
  asio::steady_timer pause_;
  std::function<void()> on_connected_;
  StreamHandlers handlers_;
  ReadBudget budget_;
  std::array<std::uint8_t, ReadBudget::kPiece> buffer_{};
  std::string waiting_;
  std::string writing_;
  bool connected_ = false;
  bool closed_ = false;
};

class TcpConnection final : public Connection {
 public:
  explicit TcpConnection(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~TcpConnection() override { stream_->close(); }
  Result<void> send(ByteView octets) override { return stream_->send(octets); }

 private:
  std::shared_ptr<Stream> stream_;
};

}  // namespace

Result<std::unique_ptr<Connection>> connect_tcp(EventLoop& loop, const Clock& clock,
                                                const Endpoint& remote,
                                                std::function<void()> on_connected,
                                                StreamHandlers handlers) {
  auto stream =
      std::make_shared<Stream>(loop.context(), clock, std::move(on_connected), std::move(handlers));
  stream->start(to_tcp(remote));
  return std::unique_ptr<Connection>(std::make_unique<TcpConnection>(std::move(stream)));
}

}  // namespace ntp::io
