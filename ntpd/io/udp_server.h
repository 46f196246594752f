// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "libntp/core/seams.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

class HardwareStamps;

/// The sockets the world asks: one wildcard socket per family with packet info, so that a reply
/// leaves from the address that was asked and no change of addresses needs attention. Reads and
/// writes in batches of bounded size and allocates nothing per datagram.
class UdpServer {
 public:
  struct Options {
    std::uint16_t port = kNtpPort;  // 0: one of the kernel's choice for each family
    bool ipv4 = true;
    bool ipv6 = true;
    int dscp = 46;  // 0 to 63
  };
  /// Sends one datagram back; may be called any number of times, but only while the handler runs.
  using Reply = std::function<void(ByteView)>;
  using Handler = std::function<void(const Datagram&, const Reply&)>;
  /// Told of each reply that the kernel did not take, with the address it was to leave from; it was
  /// too long, or there is no way to where it should go.
  using Unsent = std::function<void(const Address& local)>;

  /// A family this host doesn't have is left out with a line in the log. Fails if an address is
  /// taken or forbidden, or if no family is left.
  static Result<std::unique_ptr<UdpServer>> open(
      EventLoop& loop, const Clock& clock, Log& log, const Options& options, Handler handler,
      Unsent unsent = [](const Address&) {});
  ~UdpServer();
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;

  /// Sends a reply that took longer than the handler ran; not for use in the handler.
  void send(const Endpoint& remote, const Address& local, ByteView payload);
  /// Marks what is sent from now on, 0 to 63.
  void set_dscp(int dscp);
  /// From now on requests have the stamps of the interfaces that make them; they outlive this.
  void stamp_in_hardware(HardwareStamps& stamps);
  /// Where it listens.
  [[nodiscard]] std::vector<Endpoint> endpoints() const;

 private:
  struct Impl;
  explicit UdpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace ntp::io
