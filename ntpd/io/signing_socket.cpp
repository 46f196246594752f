// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/signing_socket.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "libntp/wire/signing.h"

namespace ntp::io {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

/// A request on its way; it lives as long as one of its handlers.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& context, ByteView request, SigningSocket::Callback callback)
      : socket_(context),
        deadline_(context),
        request_(request.begin(), request.end()),
        callback_(std::move(callback)) {}

  void start(const std::string& path, Duration patience) {
    deadline_.expires_after(patience);
    deadline_.async_wait([self = shared_from_this()](const ErrorCode& error) {
      if (!error) self->give_up("no answer in time");
    });
    // Asio throws if the path is longer than an address of such a socket can be.
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      asio::post(socket_.get_executor(),
                 [self = shared_from_this()] { self->give_up("the path is too long"); });
      return;
    }
    socket_.async_connect(Protocol::endpoint(path),
                          [self = shared_from_this()](const ErrorCode& error) {
                            if (!self->failed(error)) self->write();
                          });
  }

 private:
  void write() {
    connected_ = true;
    asio::async_write(socket_, asio::buffer(request_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                        if (!self->failed(error)) self->read_length();
                      });
  }

  void read_length() {
    answer_.resize(wire::kSigningLength);
    asio::async_read(socket_, asio::buffer(answer_),
                     [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                       if (!self->failed(error)) self->read_answer();
                     });
  }

  void read_answer() {
    const auto length = wire::signing_answer_length(answer_);
    if (!length) {
      give_up(length.error().message);
      return;
    }
    answer_.resize(*length);
    asio::async_read(socket_, asio::buffer(answer_),
                     [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                       if (!self->failed(error)) self->finish(std::move(self->answer_));
                     });
  }

  bool failed(const ErrorCode& error) {
    if (error) give_up(error.message());
    return done_ || error;
  }

  void give_up(std::string reason) {
    finish(ntp::fail(SigningFailure{connected_, std::move(reason)}));
  }

  void finish(Result<std::vector<std::uint8_t>, SigningFailure> result) {
    if (std::exchange(done_, true)) return;
    ErrorCode ignored;
    deadline_.cancel();
    socket_.close(ignored);
    callback_(std::move(result));
  }

  Protocol::socket socket_;
  asio::steady_timer deadline_;
  std::vector<std::uint8_t> request_;
  std::vector<std::uint8_t> answer_;
  SigningSocket::Callback callback_;
  bool connected_ = false;
  bool done_ = false;
};

}  // namespace

void UnixSigningSocket::ask(const std::string& path, ByteView request, Callback callback) {
  std::make_shared<Exchange>(loop_.context(), request, std::move(callback))->start(path, deadline_);
}

}  // namespace ntp::io
