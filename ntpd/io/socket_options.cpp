// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/socket_options.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ntp::io {
namespace {

/// A kernel structure out of a control message; nothing if the message is too short for it.
template <class T>
std::optional<T> payload(const cmsghdr& header) {
  if (header.cmsg_len < CMSG_LEN(sizeof(T))) return std::nullopt;
  T value;
  std::memcpy(&value, CMSG_DATA(&header), sizeof value);
  return value;
}

bool is_zero(const timespec& time) { return time.tv_sec == 0 && time.tv_nsec == 0; }

void read_error_record(const cmsghdr& header, ControlData& data) {
  const auto record = payload<sock_extended_err>(header);
  if (record && record->ee_errno == ENOMSG && record->ee_origin == SO_EE_ORIGIN_TIMESTAMPING &&
      record->ee_info == SCM_TSTAMP_SND) {
    data.transmit_number = record->ee_data;
  }
}

void read_socket_level(const cmsghdr& header, ControlData& data) {
  if (header.cmsg_type == SO_TIMESTAMPNS) {
    if (const auto time = payload<timespec>(header)) data.stamp = from_timespec(*time);
  } else if (header.cmsg_type == SO_TIMESTAMPING) {
    const auto times = payload<scm_timestamping>(header);
    if (times && !is_zero(times->ts[0])) data.stamp = from_timespec(times->ts[0]);
    if (times && !is_zero(times->ts[2])) {
      data.hardware_stamp = from_timespec(times->ts[2]).time_since_epoch();
    }
  } else if (header.cmsg_type == SCM_TIMESTAMPING_PKTINFO) {
    // The device itself, where packet info names a bridge or a bond above it.
    if (const auto info = payload<scm_ts_pktinfo>(header); info && info->if_index != 0) {
      data.interface = info->if_index;
    }
  }
}

}  // namespace

WallTime from_timespec(const timespec& time) {
  return WallTime(std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec));
}

SocketAddress to_socket_address(const Endpoint& endpoint) {
  SocketAddress result;
  const ByteView octets = endpoint.address.bytes();
  if (endpoint.address.is_v4()) {
    auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    in.sin_addr.s_addr = htonl(endpoint.address.v4_value());
    result.length = sizeof in;
  } else {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port);
    std::copy(octets.begin(), octets.end(), in6.sin6_addr.s6_addr);
    in6.sin6_scope_id = endpoint.address.scope();
    result.length = sizeof in6;
  }
  return result;
}

Endpoint from_sockaddr(const sockaddr* address) {
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    const auto& in = *reinterpret_cast<const sockaddr_in*>(address);
    return {from_in_addr(in.sin_addr), ntohs(in.sin_port)};
  }
  if (address->sa_family == AF_INET6) {
    const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(address);
    return {Address::from_bytes(in6.sin6_addr.s6_addr, in6.sin6_scope_id), ntohs(in6.sin6_port)};
  }
  return {};
}

Endpoint from_socket_address(const sockaddr_storage& storage) {
  return from_sockaddr(reinterpret_cast<const sockaddr*>(&storage));
}

Endpoint local_endpoint(int fd) {
  SocketAddress own;
  own.length = sizeof own.storage;
  if (getsockname(fd, own.data(), &own.length) != 0) return {};
  return from_socket_address(own.storage);
}

Address from_in_addr(in_addr address) { return Address::v4(ntohl(address.s_addr)); }

Address from_in6_addr(const in6_addr& address, std::uint32_t interface) {
  return Address::from_bytes(address.s6_addr, IN6_IS_ADDR_LINKLOCAL(&address) ? interface : 0);
}

bool set_option(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

Result<os::UniqueFd, int> open_udp_socket(Family family, int dscp) {
  const int domain = family == Family::V6 ? AF_INET6 : AF_INET;
  os::UniqueFd fd(socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Failure<int>{errno};
  if (family == Family::V6 && !set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1)) {
    return Failure<int>{errno};
  }
  set_dscp(fd.get(), family, dscp);
  return fd;
}

void set_dscp(int fd, Family family, int dscp) {
  const int traffic_class = (dscp & 0x3f) << 2;
  if (family == Family::V6) {
    set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, traffic_class);
  } else {
    set_option(fd, IPPROTO_IP, IP_TOS, traffic_class);
  }
}

ControlData read_control(msghdr& message) {
  ControlData data;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET) {
      read_socket_level(*header, data);
    } else if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
      // For a broadcast, spec_dst is the address of ours that may answer.
      if (const auto info = payload<in_pktinfo>(*header)) {
        data.local = from_in_addr(info->ipi_spec_dst);
        if (data.interface == 0) data.interface = static_cast<std::uint32_t>(info->ipi_ifindex);
      }
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
      if (const auto info = payload<in6_pktinfo>(*header)) {
        data.local = from_in6_addr(info->ipi6_addr, info->ipi6_ifindex);
        if (data.interface == 0) data.interface = info->ipi6_ifindex;
      }
    } else if ((header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
               (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR)) {
      read_error_record(*header, data);
    }
  }
  return data;
}

}  // namespace ntp::io
