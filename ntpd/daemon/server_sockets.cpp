// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/server_sockets.h"

#include <string>
#include <utility>

#include "ntpd/io/local_addresses.h"

namespace ntp::daemon {

ServerSockets::ServerSockets(io::EventLoop& loop, Clock& clock, Log& log, Family family,
                             Handler handler, io::UdpServer::Unsent unsent)
    : loop_(loop),
      clock_(clock),
      log_(log),
      family_(family),
      handler_(std::move(handler)),
      unsent_(std::move(unsent)) {}

Result<void> ServerSockets::open(const config::Settings& settings) {
  filter(settings);
  auto opened = listen(settings, kNtpPort, main_);
  if (!opened) return Failure<Error>{opened.error()};
  main_ = std::move(*opened);
  open_extra_port(settings);
  return {};
}

void ServerSockets::follow(const config::Settings& before, const config::Settings& now) {
  filter(now);
  if (main_) main_->set_dscp(now.dscp);
  if (extra_) extra_->set_dscp(now.dscp);
  if (now.extra_port != before.extra_port) open_extra_port(now);
}

void ServerSockets::stamp_in_hardware(io::HardwareStamps& stamps) {
  hardware_ = &stamps;
  if (main_) main_->stamp_in_hardware(stamps);
  if (extra_) extra_->stamp_in_hardware(stamps);
}

std::vector<control::InterfaceView> ServerSockets::views(const config::Settings& settings) {
  constexpr unsigned kUp = 0x1;
  constexpr unsigned kLoopback = 0x4;
  std::vector<control::InterfaceView> views;
  for (const config::LocalAddress& each : io::local_addresses()) {
    const auto action =
        config::action_for(each, settings.interfaces, !settings.no_virtual_addresses);
    control::InterfaceView view;
    view.local.address = each.address;
    view.name = each.device;
    view.enabled = action == config::InterfaceRule::Action::Listen;
    view.flags = kUp | (each.loopback_device ? kLoopback : 0);
    views.push_back(std::move(view));
  }
  return views;
}

Result<ServerSockets::Sockets> ServerSockets::listen(const config::Settings& settings,
                                                     std::uint16_t port, Sockets& place) {
  io::UdpServer::Options server;
  server.port = port;
  server.ipv4 = family_ != Family::V6;
  server.ipv6 = family_ != Family::V4;
  server.dscp = settings.dscp;
  // By way of the place: the sockets may be others by then, or none.
  const LateReply late = [&place](const Endpoint& remote, const Address& local, ByteView payload) {
    if (place) place->send(remote, local, payload);
  };
  return io::UdpServer::open(
      loop_, clock_, log_, server,
      [this, late](const Datagram& datagram, const io::UdpServer::Reply& reply) {
        if (interfaces_->accepts_all() || interfaces_->accepts(datagram.local, clock_.mono())) {
          handler_(datagram, reply, late);
        }
      },
      unsent_);
}

void ServerSockets::open_extra_port(const config::Settings& settings) {
  extra_.reset();
  if (settings.extra_port == 0 || settings.extra_port == kNtpPort) return;
  auto opened = listen(settings, settings.extra_port, extra_);
  if (opened) {
    extra_ = std::move(*opened);
    if (hardware_ != nullptr) extra_->stamp_in_hardware(*hardware_);
  } else {
    log_.error("IO: extra port: " + opened.error().message);
  }
}

void ServerSockets::filter(const config::Settings& settings) {
  interfaces_.emplace(settings.interfaces, !settings.no_virtual_addresses, io::local_addresses);
}

}  // namespace ntp::daemon
