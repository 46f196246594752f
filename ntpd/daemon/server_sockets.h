// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "ntpd/control/model.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/io/interface_filter.h"
#include "ntpd/io/udp_server.h"

namespace ntp::daemon {

/// Where the daemon is asked: the NTP port and `extra port`, behind the interface rules.
class ServerSockets {
 public:
  /// A reply that takes longer than the handler runs.
  using LateReply =
      std::function<void(const Endpoint& remote, const Address& local, ByteView payload)>;
  using Handler = std::function<void(const Datagram& datagram, const io::UdpServer::Reply& reply,
                                     const LateReply& late)>;

  /// Loop, clock and log outlive this. The handler gets what the interface rules let in; `unsent`
  /// is told of replies that the kernel did not take.
  ServerSockets(io::EventLoop& loop, Clock& clock, Log& log, Family family, Handler handler,
                io::UdpServer::Unsent unsent);

  /// Fails if the NTP port can't be had; of an extra port that can't be had the log tells.
  Result<void> open(const config::Settings& settings);
  /// Goes over to other settings. Not from within the handler: its socket may be one that closes.
  void follow(const config::Settings& before, const config::Settings& now);
  /// Requests have the stamps of interfaces from now on; they outlive this.
  void stamp_in_hardware(io::HardwareStamps& stamps);
  /// The host's addresses, and whether they are served, for mode 6.
  [[nodiscard]] static std::vector<control::InterfaceView> views(const config::Settings& settings);

 private:
  using Sockets = std::unique_ptr<io::UdpServer>;

  Result<Sockets> listen(const config::Settings& settings, std::uint16_t port, Sockets& place);
  void open_extra_port(const config::Settings& settings);
  void filter(const config::Settings& settings);

  io::EventLoop& loop_;
  Clock& clock_;
  Log& log_;
  Family family_;
  Handler handler_;
  io::UdpServer::Unsent unsent_;
  std::optional<io::InterfaceFilter> interfaces_;
  Sockets main_;
  Sockets extra_;
  io::HardwareStamps* hardware_ = nullptr;
};

}  // namespace ntp::daemon
