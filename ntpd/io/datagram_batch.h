// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "libntp/core/seams.h"
#include "ntpd/io/socket_options.h"

namespace ntp::io {

inline constexpr std::size_t kBatchSize = 16;
inline constexpr std::size_t kMaxDatagram = 2048;

/// Datagrams read by one recvmmsg.
class ReceiveBatch {
 public:
  ReceiveBatch();
  /// Reads what is there, at most kBatchSize; gives the count, 0 if nothing is.
  std::size_t receive(int fd);

  struct Message {
    ByteView payload;
    Endpoint remote;
    ControlData control;
    bool truncated = false;
  };
  /// One of those read last; the payload stays until the next receive().
  [[nodiscard]] Message at(std::size_t index);

 private:
  struct Slot {
    std::array<std::uint8_t, kMaxDatagram> payload;
    sockaddr_storage remote;
    ControlBuffer control;
    iovec part;
  };
  std::unique_ptr<std::array<Slot, kBatchSize>> slots_;
  std::array<mmsghdr, kBatchSize> headers_{};
  std::size_t used_ = kBatchSize;  // slots to be made ready before the kernel gets them (again)
};

/// Datagrams to be sent by one sendmmsg, each from an address of its own.
class SendBatch {
 public:
  SendBatch();
  [[nodiscard]] bool full() const { return count_ == kBatchSize; }
  /// Copies a datagram in; false if it is too long. `from` not set leaves the choice to the kernel.
  bool add(ByteView payload, const Endpoint& to, const Address& from);

  /// Sends and forgets all of them; one that fails does not hold up the others, and is told to
  /// `failed` by its `from`.
  void flush(int fd, const std::function<void(const Address& from)>& failed);

 private:
  struct Slot {
    std::array<std::uint8_t, kMaxDatagram> payload;
    SocketAddress remote;
    Address from;
    ControlBuffer control;
    iovec part;
  };
  std::unique_ptr<std::array<Slot, kBatchSize>> slots_;
  std::array<mmsghdr, kBatchSize> headers_{};
  std::size_t count_ = 0;
};

}  // namespace ntp::io
