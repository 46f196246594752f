// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/datagram_inbox.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include "ntpd/io/read_budget.h"
#include "ntpd/os/unique_fd.h"

namespace ntp::io {
namespace {

namespace asio = boost::asio;
using os::error_text;
using ErrorCode = boost::system::error_code;

constexpr int kBatch = 8;

class Receiver : public std::enable_shared_from_this<Receiver> {
 public:
  Receiver(asio::io_context& context, const Clock& clock, int fd,
           std::function<void(ByteView, WallTime)> handler)
      : clock_(clock), descriptor_(context, fd), pause_(context), handler_(std::move(handler)) {}

  void wait() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](const ErrorCode& error) {
                             if (!self->closed_ && !error) self->receive();
                           });
  }
  void close() {
    closed_ = true;
    pause_.cancel();
    ErrorCode ignored;
    descriptor_.close(ignored);
  }

 private:
  void receive() {
    std::optional<ReadBudget::Time> next;
    for (int count = 0; count < kBatch && !next; ++count) {
      const ssize_t size =
          recv(descriptor_.native_handle(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (size < 0) break;
      handler_(ByteView(buffer_).first(static_cast<std::size_t>(size)), clock_.wall());
      next = budget_.spend(static_cast<std::size_t>(size), std::chrono::steady_clock::now());
    }
    if (!next) return wait();
    pause_.expires_at(*next);
    pause_.async_wait([self = shared_from_this()](const ErrorCode& error) {
      if (!self->closed_ && !error) self->wait();
    });
  }

  const Clock& clock_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer pause_;
  std::function<void(ByteView, WallTime)> handler_;
  ReadBudget budget_;
  std::array<std::uint8_t, 256> buffer_{};
  bool closed_ = false;
};

class AsioInbox final : public DatagramInbox {
 public:
  AsioInbox(std::shared_ptr<Receiver> receiver, std::string path)
      : receiver_(std::move(receiver)), path_(std::move(path)) {}
  ~AsioInbox() override {
    receiver_->close();
    unlink(path_.c_str());
  }

 private:
  std::shared_ptr<Receiver> receiver_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<DatagramInbox>> bind_datagram_inbox(
    EventLoop& loop, const Clock& clock, const std::string& path, bool for_everybody,
    std::function<void(ByteView datagram, WallTime received)> on_datagram) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail(path + ": the path of a socket has 1 to 107 characters");
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) return fail(path + ": there is something that is no socket");
    if (unlink(path.c_str()) != 0) return fail(path + ": " + error_text(errno));
  }
  os::UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail(path + ": " + error_text(errno));
  // The mode of the socket becomes that of its name, so that there is no moment of another one.
  const mode_t mode = for_everybody ? 0666 : 0600;
  if (fchmod(fd.get(), mode) != 0 ||
      bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), mode) != 0) {
    return fail(path + ": " + error_text(errno));
  }
  auto receiver =
      std::make_shared<Receiver>(loop.context(), clock, fd.get(), std::move(on_datagram));
  fd.release();
  receiver->wait();
  return std::unique_ptr<DatagramInbox>(std::make_unique<AsioInbox>(std::move(receiver), path));
}

}  // namespace ntp::io
