// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/udp_server.h"

#include <linux/net_tstamp.h>

#include <cerrno>

#include "ntpd/io/datagram_batch.h"
#include "ntpd/io/descriptor.h"
#include "ntpd/io/hardware_stamps.h"
#include "ntpd/io/socket_options.h"

namespace ntp::io {
namespace {

// Full batches read in a row before the timers and the other sockets get their turn.
constexpr int kBatchesPerWakeup = 4;

const char* family_name(Family family) { return family == Family::V6 ? "IPv6" : "IPv4"; }

/// These say that the host does not have the family, not that somebody is in the way.
bool is_absent_family(int code) {
  return code == EAFNOSUPPORT || code == EADDRNOTAVAIL || code == EPROTONOSUPPORT || code == EINVAL;
}

Result<os::UniqueFd, int> open_wildcard(Family family, const UdpServer::Options& options) {
  auto fd = open_udp_socket(family, options.dscp);
  if (!fd) return fd;
  const bool told = family == Family::V6 ? set_option(fd->get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
                                         : set_option(fd->get(), IPPROTO_IP, IP_PKTINFO, 1);
  if (!told) return Failure<int>{errno};
  set_option(fd->get(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
  const SocketAddress address = to_socket_address({Address::any(family), options.port});
  if (::bind(fd->get(), address.data(), address.length) != 0) return Failure<int>{errno};
  return fd;
}

}  // namespace

struct UdpServer::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& event_loop, const Clock& host_clock, Handler request_handler, Unsent when_unsent)
      : loop(event_loop),
        clock(host_clock),
        handler(std::move(request_handler)),
        unsent(std::move(when_unsent)) {
    reply = [this](ByteView payload) { queue(payload); };
  }

  void add(os::UniqueFd fd) {
    listening.push_back(local_endpoint(fd.get()));
    wait(*sockets.emplace_back(std::make_unique<Descriptor>(loop.context(), fd.release())));
  }

  void wait(Descriptor& socket) {
    socket.async_wait(Descriptor::wait_read,
                      [self = shared_from_this(), &socket](const boost::system::error_code& error) {
                        if (error || self->closed) return;
                        self->serve(socket);
                        if (!self->closed) self->wait(socket);
                      });
  }

  void serve(Descriptor& socket) {
    for (int i = 0; i < kBatchesPerWakeup && !closed; ++i) {
      const std::size_t count = requests.receive(socket.native_handle());
      for (std::size_t j = 0; j < count && !closed; ++j) handle(socket, requests.at(j));
      if (!closed) flush(socket);
      if (count < kBatchSize) return;
    }
  }

  void handle(Descriptor& socket, const ReceiveBatch::Message& message) {
    if (!message.remote.address.is_set()) return;
    WallTime received = message.control.stamp ? *message.control.stamp : clock.wall();
    if (hardware != nullptr && message.control.hardware_stamp) {
      received = hardware
                     ->to_wall(message.control.interface, *message.control.hardware_stamp, received,
                               clock.mono())
                     .value_or(received);
    }
    const Datagram datagram{message.payload, message.remote, message.control.local, received,
                            message.truncated};
    asking = &datagram;
    asked = &socket;
    handler(datagram, reply);
    asking = nullptr;
  }

  void queue(ByteView payload) {
    if (asking == nullptr || closed) return;
    if (replies.full()) flush(*asked);
    if (!replies.add(payload, asking->remote, asking->local)) unsent(asking->local);
  }

  void flush(Descriptor& socket) { replies.flush(socket.native_handle(), unsent); }

  EventLoop& loop;
  const Clock& clock;
  Handler handler;
  Unsent unsent;
  HardwareStamps* hardware = nullptr;
  Reply reply;
  std::vector<std::unique_ptr<Descriptor>> sockets;
  std::vector<Endpoint> listening;
  ReceiveBatch requests;
  SendBatch replies;
  const Datagram* asking = nullptr;  // the request being handled
  Descriptor* asked = nullptr;       // and its socket
  bool closed = false;
};

Result<std::unique_ptr<UdpServer>> UdpServer::open(EventLoop& loop, const Clock& clock, Log& log,
                                                   const Options& options, Handler handler,
                                                   Unsent unsent) {
  auto impl = std::make_shared<Impl>(loop, clock, std::move(handler), std::move(unsent));
  std::unique_ptr<UdpServer> server(new UdpServer(impl));
  for (const Family family : {Family::V6, Family::V4}) {
    if (!(family == Family::V6 ? options.ipv6 : options.ipv4)) continue;
    auto fd = open_wildcard(family, options);
    if (fd) {
      impl->add(std::move(*fd));
      log.info("IO: Listen on " + impl->listening.back().to_string());
    } else if (is_absent_family(fd.error())) {
      log.info(std::string("IO: no ") + family_name(family) +
               " on this host: " + os::error_text(fd.error()));
    } else {
      const bool taken = fd.error() == EADDRINUSE;
      return fail("unable to bind to wildcard address " + Address::any(family).to_string() +
                  (taken ? " - another process may be running: " : ": ") +
                  os::error_text(fd.error()));
    }
  }
  if (impl->sockets.empty()) return fail("no network family to listen on");
  return server;
}

UdpServer::UdpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

UdpServer::~UdpServer() {
  impl_->closed = true;
  for (const auto& socket : impl_->sockets) socket->close();
}

void UdpServer::send(const Endpoint& remote, const Address& local, ByteView payload) {
  for (std::size_t i = 0; i < impl_->sockets.size(); ++i) {
    if (impl_->listening[i].address.family() != remote.address.family()) continue;
    if (!impl_->replies.add(payload, remote, local)) impl_->unsent(local);
    impl_->flush(*impl_->sockets[i]);
  }
}

void UdpServer::set_dscp(int dscp) {
  for (std::size_t i = 0; i < impl_->sockets.size(); ++i) {
    io::set_dscp(impl_->sockets[i]->native_handle(), impl_->listening[i].address.family(), dscp);
  }
}

void UdpServer::stamp_in_hardware(HardwareStamps& stamps) {
  impl_->hardware = &stamps;
  constexpr int kStamping = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                            SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE |
                            SOF_TIMESTAMPING_OPT_PKTINFO;
  for (const auto& socket : impl_->sockets) {
    set_option(socket->native_handle(), SOL_SOCKET, SO_TIMESTAMPING, kStamping);
  }
}

std::vector<Endpoint> UdpServer::endpoints() const { return impl_->listening; }

}  // namespace ntp::io
