// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/datagram_inbox.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include "ntpd/io/descriptor.h"
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
    descriptor_.async_wait(Descriptor::wait_read,
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
  Descriptor descriptor_;
  asio::steady_timer pause_;
  std::function<void(ByteView, WallTime)> handler_;
  ReadBudget budget_;
  std::array<std::uint8_t, 256> buffer_{};
  bool closed_ = false;
};

class AsioInbox final : public DatagramInbox {
 public:
  /// `status`: of the name.
  AsioInbox(std::shared_ptr<Receiver> receiver, std::string path, const struct stat& status)
      : receiver_(std::move(receiver)),
        path_(std::move(path)),
        device_(status.st_dev),
        inode_(status.st_ino) {}
  ~AsioInbox() override {
    if (has_name()) unlink(path_.c_str());
    receiver_->close();
  }
  [[nodiscard]] bool has_name() const override {
    struct stat status {};
    return lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
           status.st_ino == inode_;
  }

 private:
  std::shared_ptr<Receiver> receiver_;
  std::string path_;
  dev_t device_;
  ino_t inode_;
};

/// Takes the name away from a socket at which nobody listens.
Result<void> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) return fail(path + ": there is something that is no socket");
  const os::UniqueFd probe(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe) return fail(path + ": " + error_text(errno));
  if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EPROTOTYPE) {
    return fail(path + ": somebody else listens there");
  }
  if (errno != ECONNREFUSED || unlink(path.c_str()) != 0) {
    return fail(path + ": " + error_text(errno));
  }
  return {};
}

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
  if (const auto removed = remove_stale(path, address); !removed) {
    return Failure<Error>{removed.error()};
  }
  os::UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail(path + ": " + error_text(errno));
  // The mode of the socket becomes that of its name, so that there is no moment of another one.
  const mode_t mode = for_everybody ? 0666 : 0600;
  struct stat status {};
  if (fchmod(fd.get(), mode) != 0 ||
      bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), mode) != 0 || lstat(path.c_str(), &status) != 0) {
    return fail(path + ": " + error_text(errno));
  }
  auto receiver =
      std::make_shared<Receiver>(loop.context(), clock, fd.get(), std::move(on_datagram));
  fd.release();
  receiver->wait();
  return std::unique_ptr<DatagramInbox>(
      std::make_unique<AsioInbox>(std::move(receiver), path, status));
}

}  // namespace ntp::io
