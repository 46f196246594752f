// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/io/datagram_batch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ntp::io {
namespace {

/// Makes the one control message of `message` hold `value`.
template <class T>
void put_control(msghdr& message, ControlBuffer& buffer, int level, int type, const T& value) {
  static_assert(CMSG_SPACE(sizeof(T)) <= sizeof(ControlBuffer));
  message.msg_control = buffer.octets.data();
  // Without the padding behind the last one: with it, packet info of IPv6 is too long for the room
  // that the kernel has at hand, and costs it an allocation.
  message.msg_controllen = CMSG_LEN(sizeof value);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(header), &value, sizeof value);
}

/// The source address as packet info. Routing stays free to choose the interface, but for a
/// link-local address, which means nothing without one.
void put_source(msghdr& message, ControlBuffer& buffer, const Address& from) {
  if (from.is_v4()) {
    in_pktinfo info{};
    info.ipi_spec_dst.s_addr = htonl(from.v4_value());
    put_control(message, buffer, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    const ByteView octets = from.bytes();
    std::copy(octets.begin(), octets.end(), info.ipi6_addr.s6_addr);
    info.ipi6_ifindex = from.scope();
    put_control(message, buffer, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

}  // namespace

ReceiveBatch::ReceiveBatch() : slots_(std::make_unique<std::array<Slot, kBatchSize>>()) {}

std::size_t ReceiveBatch::receive(int fd) {
  for (std::size_t i = 0; i < used_; ++i) {
    Slot& slot = (*slots_)[i];
    slot.part = {slot.payload.data(), slot.payload.size()};
    msghdr& message = headers_[i].msg_hdr;
    message.msg_name = &slot.remote;
    message.msg_namelen = sizeof slot.remote;
    message.msg_iov = &slot.part;
    message.msg_iovlen = 1;
    message.msg_control = slot.control.octets.data();
    message.msg_controllen = slot.control.octets.size();
    message.msg_flags = 0;
  }
  const int got = recvmmsg(fd, headers_.data(), kBatchSize, MSG_DONTWAIT, nullptr);
  used_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return used_;
}

ReceiveBatch::Message ReceiveBatch::at(std::size_t index) {
  Slot& slot = (*slots_)[index];
  mmsghdr& header = headers_[index];
  const std::size_t length = std::min<std::size_t>(header.msg_len, slot.payload.size());
  return {ByteView(slot.payload).first(length), from_socket_address(slot.remote),
          read_control(header.msg_hdr), (header.msg_hdr.msg_flags & MSG_TRUNC) != 0};
}

SendBatch::SendBatch() : slots_(std::make_unique<std::array<Slot, kBatchSize>>()) {}

bool SendBatch::add(ByteView payload, const Endpoint& to, const Address& from) {
  if (full() || payload.size() > kMaxDatagram || !to.address.is_set()) return false;
  Slot& slot = (*slots_)[count_];
  std::copy(payload.begin(), payload.end(), slot.payload.begin());
  slot.remote = to_socket_address(to);
  slot.from = from;
  slot.part = {slot.payload.data(), payload.size()};

  msghdr message{};
  message.msg_name = slot.remote.data();
  message.msg_namelen = slot.remote.length;
  message.msg_iov = &slot.part;
  message.msg_iovlen = 1;
  if (from.is_set() && !from.is_multicast() && !from.is_wildcard()) {
    put_source(message, slot.control, from);
  }
  headers_[count_++] = {message, 0};
  return true;
}

void SendBatch::flush(int fd, const std::function<void(const Address& from)>& failed) {
  std::size_t next = 0;
  while (next < count_) {
    const int sent = sendmmsg(fd, &headers_[next], static_cast<unsigned>(count_ - next),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      next += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      failed((*slots_)[next++].from);
    }
  }
  count_ = 0;
}

}  // namespace ntp::io
