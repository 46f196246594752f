// SPDX-License-Identifier: BSD-2-Clause
// The least that an answer over UDP costs on this kernel: gives each datagram on port 123 back as
// it is. As a server of time it reads and writes in batches, has the kernel's stamps and answers
// from the address that was asked; it looks at nothing, and waits where it reads.
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

constexpr std::size_t kBatch = 16;  // as ntpd/io/datagram_batch.h

struct Slot {
  std::array<std::uint8_t, 2048> payload;
  sockaddr_in remote;
  alignas(cmsghdr) std::array<std::uint8_t, 256> told;  // beside the request
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> source;
  iovec part;
};

std::array<Slot, kBatch> slots;
std::array<mmsghdr, kBatch> requests;
std::array<mmsghdr, kBatch> replies;

int open_socket() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(123);
  const bool ready = setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0 &&
                     setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
                     bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0;
  return ready ? fd : -1;
}

void make_room(std::size_t index) {
  Slot& slot = slots[index];
  slot.part = {slot.payload.data(), slot.payload.size()};
  msghdr& message = requests[index].msg_hdr;
  message = {};
  message.msg_name = &slot.remote;
  message.msg_namelen = sizeof slot.remote;
  message.msg_iov = &slot.part;
  message.msg_iovlen = 1;
  message.msg_control = slot.told.data();
  message.msg_controllen = slot.told.size();
}

void turn_round(std::size_t index) {
  Slot& slot = slots[index];
  slot.part.iov_len = requests[index].msg_len;
  in_pktinfo info{};
  msghdr& request = requests[index].msg_hdr;
  for (cmsghdr* each = CMSG_FIRSTHDR(&request); each != nullptr;
       each = CMSG_NXTHDR(&request, each)) {
    if (each->cmsg_level != IPPROTO_IP || each->cmsg_type != IP_PKTINFO) continue;
    std::memcpy(&info, CMSG_DATA(each), sizeof info);
    info.ipi_ifindex = 0;
  }
  msghdr& reply = replies[index].msg_hdr;
  reply = request;
  reply.msg_control = slot.source.data();
  reply.msg_controllen = slot.source.size();
  cmsghdr* source = CMSG_FIRSTHDR(&reply);
  source->cmsg_level = IPPROTO_IP;
  source->cmsg_type = IP_PKTINFO;
  source->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(source), &info, sizeof info);
}

}  // namespace

int main() {
  const int fd = open_socket();
  if (fd < 0) {
    std::perror("udp_echo");
    return 1;
  }
  for (;;) {
    for (std::size_t i = 0; i < kBatch; ++i) make_room(i);
    const int got = recvmmsg(fd, requests.data(), kBatch, MSG_WAITFORONE, nullptr);
    if (got <= 0) continue;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) turn_round(i);
    sendmmsg(fd, replies.data(), static_cast<unsigned>(got), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
}
