// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>

#include "libntp/core/address.h"
#include "libntp/core/result.h"
#include "libntp/core/time.h"
#include "ntpd/os/unique_fd.h"

/// The kernel's socket structures as our types, and the options all our UDP sockets share.
namespace ntp::io {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// The endpoint's address must be set.
SocketAddress to_socket_address(const Endpoint& endpoint);
/// Not set for families other than IPv4 and IPv6; `address` may be null.
Endpoint from_sockaddr(const sockaddr* address);
Endpoint from_socket_address(const sockaddr_storage& storage);
Endpoint local_endpoint(int fd);

Address from_in_addr(in_addr address);
/// `interface` becomes the scope of a link-local address.
Address from_in6_addr(const in6_addr& address, std::uint32_t interface);

/// A non-blocking UDP socket of one family with its DSCP (0 to 63) set; IPv6 means IPv6 only.
Result<os::UniqueFd, int> open_udp_socket(Family family, int dscp);
void set_dscp(int fd, Family family, int dscp);
bool set_option(int fd, int level, int option, int value);

WallTime from_timespec(const timespec& time);

/// Room for the control messages of one datagram: a stamp, packet info and an error record.
struct alignas(cmsghdr) ControlBuffer {
  std::array<std::uint8_t, 256> octets{};
};

/// What came beside a datagram.
struct ControlData {
  std::optional<WallTime> stamp;                 // the kernel's software stamp
  Address local;                                 // the address that was asked; not set if not told
  std::optional<std::uint32_t> transmit_number;  // of a stamp off the error queue
  std::optional<Duration> hardware_stamp;        // since the epoch of the interface's clock
  std::uint32_t interface = 0;                   // that made it, or was asked; 0: not told
};
ControlData read_control(msghdr& message);

}  // namespace ntp::io
