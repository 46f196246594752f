// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/tools/linux_dig_host.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <memory>
#include <thread>
#include <utility>

#include "ntpd/io/socket_options.h"
#include "ntpd/os/files.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/timex_fields.h"

namespace ntp::tools {
namespace {

int to_number(Family family) {
  if (family == Family::V4) return AF_INET;
  return family == Family::V6 ? AF_INET6 : AF_UNSPEC;
}

/// One adjtimex call.
Result<void> adjust(timex fields) {
  if (::adjtimex(&fields) >= 0) return {};
  return fail("the clock can't be set: " + os::error_text(errno));
}

std::optional<DigHost::Arrival> take(int fd, std::size_t request) {
  constexpr std::size_t kLongest = 1024;
  DigHost::Arrival arrival;
  arrival.request = request;
  arrival.datagram.resize(kLongest);
  io::ControlBuffer control;
  iovec data{arrival.datagram.data(), arrival.datagram.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.octets.data();
  message.msg_controllen = control.octets.size();
  const ssize_t size = ::recvmsg(fd, &message, 0);
  if (size < 0) return std::nullopt;
  arrival.at = io::read_control(message).stamp.value_or(os::wall_now());
  arrival.datagram.resize(static_cast<std::size_t>(size));
  return arrival;
}

}  // namespace

Result<std::vector<Address>, DigHost::LookupFailure> LinuxDigHost::addresses_of(
    const std::string& name, Family family) {
  addrinfo hints{};
  hints.ai_family = to_number(family);
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  const int failure = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
  if (failure != 0) return fail(LookupFailure{failure, ::gai_strerror(failure)});
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    const Address address = io::from_sockaddr(each->ai_addr).address;
    if (address.is_set()) addresses.push_back(address);
  }
  return addresses;
}

Result<std::size_t> LinuxDigHost::send(const Address& to, const Address& from, ByteView datagram) {
  const auto failed = [](const std::string& what, int code) {
    return fail(what + " failed, errno " + std::to_string(code) + " = " + os::error_text(code));
  };
  auto socket = io::open_udp_socket(to.family(), 0);
  if (!socket) return failed("opening a socket for " + to.to_string(), socket.error());
  io::set_option(socket->get(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
  if (from.is_set()) {
    const io::SocketAddress own = io::to_socket_address({from, 0});
    if (::bind(socket->get(), own.data(), own.length) != 0) {
      return failed("binding to " + from.to_string(), errno);
    }
  }
  const io::SocketAddress server = io::to_socket_address({to, kNtpPort});
  if (::connect(socket->get(), server.data(), server.length) != 0 ||
      ::send(socket->get(), datagram.data(), datagram.size(), 0) < 0) {
    return failed("sending to " + to.to_string(), errno);
  }
  sockets_.push_back(*std::move(socket));
  return sockets_.size() - 1;
}

std::optional<DigHost::Arrival> LinuxDigHost::receive(MonoTime deadline) {
  for (;;) {
    std::vector<pollfd> waiting;
    for (const os::UniqueFd& socket : sockets_) waiting.push_back({socket.get(), POLLIN, 0});
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - mono()).count();
    const auto patience =
        static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
    const int ready = ::poll(waiting.data(), waiting.size(), patience);
    if (ready == 0 || (ready < 0 && errno != EINTR)) return std::nullopt;
    for (std::size_t i = 0; ready > 0 && i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      if (auto arrival = take(waiting[i].fd, i)) return arrival;
      // Nobody is there (ICMP): nothing will come of it, and the others have their time.
      if (errno != EAGAIN && errno != EINTR) sockets_[i].reset();
    }
    if (std::none_of(sockets_.begin(), sockets_.end(),
                     [](const os::UniqueFd& each) { return static_cast<bool>(each); })) {
      return std::nullopt;
    }
  }
}

void LinuxDigHost::sleep(Duration span) { std::this_thread::sleep_for(span); }
MonoTime LinuxDigHost::mono() const { return os::mono_now(); }
WallTime LinuxDigHost::wall() const { return os::wall_now(); }

std::optional<std::string> LinuxDigHost::read_file(const std::string& path) {
  auto text = os::Files().load(path);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

Result<void> LinuxDigHost::step(Duration offset) { return adjust(os::step_fields(offset)); }
Result<void> LinuxDigHost::slew(Duration offset) { return adjust(os::slew_fields(offset)); }

}  // namespace ntp::tools
