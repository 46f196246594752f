// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

class HardwareStamps;

/// Client sockets: for each channel a fresh one, connected, on a port of the kernel's choice. Linux
/// picks ephemeral ports at random, as RFC 9109 asks for. Datagrams carry the kernel's receive
/// stamps and, where it gives them, transmit stamps; else the clock is read. ICMP errors
/// are told, and change nothing: a server that is not there is one that does not answer.
class UdpNetwork final : public ClientNetwork {
 public:
  /// `dscp` (0 to 63) marks what is sent; loop and clock outlive this and all channels.
  UdpNetwork(EventLoop& loop, const Clock& clock, int dscp = 46);

  /// Of channels opened from now on.
  void set_dscp(int dscp) { dscp_ = dscp; }
  /// Channels opened from now on have the stamps of the interfaces that make them; they outlive
  /// this and all channels.
  void stamp_in_hardware(HardwareStamps& stamps) { hardware_ = &stamps; }

  Result<std::unique_ptr<ClientChannel>> connect(const Endpoint& remote,
                                                 Handlers handlers) override;

 private:
  EventLoop& loop_;
  const Clock& clock_;
  int dscp_;
  HardwareStamps* hardware_ = nullptr;
};

}  // namespace ntp::io
