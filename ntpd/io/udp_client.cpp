// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/udp_client.h"

#include <linux/net_tstamp.h>

#include <cerrno>

#include "ntpd/io/datagram_batch.h"
#include "ntpd/io/descriptor.h"
#include "ntpd/io/hardware_stamps.h"
#include "ntpd/io/socket_options.h"

namespace ntp::io {
namespace {

// Stamps of what was sent, per wake-up.
constexpr int kErrorBudget = 16;

constexpr int kStamping = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
                          SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
                          SOF_TIMESTAMPING_OPT_TSONLY;
// Both stamps come for what is sent; the interface that made them is told beside.
constexpr int kHardwareStamping = kStamping | SOF_TIMESTAMPING_RX_HARDWARE |
                                  SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE |
                                  SOF_TIMESTAMPING_OPT_PKTINFO | SOF_TIMESTAMPING_OPT_CMSG |
                                  SOF_TIMESTAMPING_OPT_TX_SWHW;

/// A socket with its handlers. Outlives its channel while a handler runs that destroys the channel.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  Socket(boost::asio::io_context& context, const Clock& clock, os::UniqueFd fd,
         const Endpoint& remote, ClientNetwork::Handlers handlers, HardwareStamps* hardware)
      : descriptor_(context, fd.release()),
        clock_(clock),
        remote_(remote),
        local_(local_endpoint(descriptor_.native_handle())),
        handlers_(std::move(handlers)),
        hardware_(hardware),
        stamping_(hardware != nullptr && hardware->any() ? kHardwareStamping : kStamping) {
    enable_stamps();
  }

  void wait() {
    descriptor_.async_wait(Descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error || self->closed_) return;
                             self->wake();
                           });
  }

  void close() {
    closed_ = true;
    descriptor_.close();
  }

  Result<void> send(ByteView payload) {
    int code = try_send(payload);
    // A refusal is the answer to an earlier datagram; reporting it has cleared it.
    if (code == ECONNREFUSED) code = try_send(payload);
    if (code != 0) return fail(remote_.to_string() + ": " + os::error_text(code));
    ++sent_;
    return {};
  }

  [[nodiscard]] const Endpoint& local() const { return local_; }

 private:
  int fd() { return descriptor_.native_handle(); }

  void enable_stamps() {
    transmit_stamps_ = set_option(fd(), SOL_SOCKET, SO_TIMESTAMPING, stamping_);
    if (!transmit_stamps_) set_option(fd(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
  }

  int try_send(ByteView payload) {
    const ssize_t done = ::send(fd(), payload.data(), payload.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done >= 0) return 0;
    const int code = errno;
    restart_numbering();
    return code;
  }

  /// Whether the kernel gave a number to a datagram that failed depends on where it failed, so its
  /// counting starts anew; stamps of the old count that are still to come are told by their time.
  void restart_numbering() {
    if (!transmit_stamps_) return;
    set_option(fd(), SOL_SOCKET, SO_TIMESTAMPING, 0);
    transmit_stamps_ = set_option(fd(), SOL_SOCKET, SO_TIMESTAMPING, stamping_);
    first_number_ = sent_;
    numbered_since_ = clock_.wall();
  }

  void wake() {
    if (transmit_stamps_) read_transmit_stamps();
    if (!closed_) receive();
    if (!closed_) wait();
  }

  void read_transmit_stamps() {
    for (int i = 0; i < kErrorBudget && !closed_; ++i) {
      ControlBuffer control;
      msghdr message{};
      message.msg_control = control.octets.data();
      message.msg_controllen = control.octets.size();
      if (recvmsg(fd(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
      const ControlData data = read_control(message);
      const auto stamp = stamp_of(data);
      if (!data.transmit_number || !stamp) continue;
      if (numbered_since_ && *stamp < *numbered_since_) continue;
      const std::uint32_t number = first_number_ + *data.transmit_number;
      // The kernel's stamp of a datagram comes before or after the interface's, which is the
      // better.
      if (!data.hardware_stamp && hardware_stamped_ == number) continue;
      if (data.hardware_stamp) hardware_stamped_ = number;
      if (handlers_.on_sent) handlers_.on_sent(number, *stamp);
    }
  }

  /// The better of the stamps of a datagram that is there.
  std::optional<WallTime> stamp_of(const ControlData& data) {
    if (hardware_ == nullptr || !data.hardware_stamp) return data.stamp;
    const auto wall = hardware_->to_wall(data.interface, *data.hardware_stamp,
                                         data.stamp.value_or(clock_.wall()), clock_.mono());
    return wall ? wall : data.stamp;
  }

  /// One datagram: there is rarely another, and wait() is called back at once if there is.
  void receive() {
    std::array<std::uint8_t, kMaxDatagram> buffer;
    iovec part{buffer.data(), buffer.size()};
    ControlBuffer control;
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.octets.data();
    message.msg_controllen = control.octets.size();
    const ssize_t length = recvmsg(fd(), &message, MSG_DONTWAIT);
    if (length < 0) {
      const int code = errno;
      if (code == EAGAIN || code == EWOULDBLOCK || code == EINTR) return;
      // An ICMP error; reading it has cleared it.
      if (handlers_.on_undelivered) handlers_.on_undelivered(os::error_text(code));
      return;
    }
    const auto stamp = stamp_of(read_control(message));
    const Datagram datagram{ByteView(buffer).first(static_cast<std::size_t>(length)), remote_,
                            local_.address, stamp ? *stamp : clock_.wall(),
                            (message.msg_flags & MSG_TRUNC) != 0};
    if (handlers_.on_datagram) handlers_.on_datagram(datagram);
  }

  Descriptor descriptor_;
  const Clock& clock_;
  Endpoint remote_;
  Endpoint local_;
  ClientNetwork::Handlers handlers_;
  HardwareStamps* hardware_;
  int stamping_;
  std::optional<std::uint32_t> hardware_stamped_;
  bool transmit_stamps_ = false;
  bool closed_ = false;
  std::uint32_t sent_ = 0;
  std::uint32_t first_number_ = 0;
  std::optional<WallTime> numbered_since_;
};

class UdpChannel final : public ClientChannel {
 public:
  explicit UdpChannel(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  ~UdpChannel() override { socket_->close(); }

  Result<void> send(ByteView payload) override { return socket_->send(payload); }
  [[nodiscard]] Endpoint local() const override { return socket_->local(); }

 private:
  std::shared_ptr<Socket> socket_;
};

}  // namespace

UdpNetwork::UdpNetwork(EventLoop& loop, const Clock& clock, int dscp)
    : loop_(loop), clock_(clock), dscp_(dscp) {}

Result<std::unique_ptr<ClientChannel>> UdpNetwork::connect(const Endpoint& remote,
                                                           Handlers handlers) {
  if (!remote.address.is_set()) return fail("no address to send to");
  auto fd = open_udp_socket(remote.address.family(), dscp_);
  if (!fd) return fail(remote.to_string() + ": " + os::error_text(fd.error()));
  const SocketAddress address = to_socket_address(remote);
  if (::connect(fd->get(), address.data(), address.length) != 0) {
    return fail(remote.to_string() + ": " + os::error_text(errno));
  }
  auto socket = std::make_shared<Socket>(loop_.context(), clock_, std::move(*fd), remote,
                                         std::move(handlers), hardware_);
  socket->wait();
  return std::unique_ptr<ClientChannel>(std::make_unique<UdpChannel>(std::move(socket)));
}

}  // namespace ntp::io
