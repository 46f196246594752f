// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/daemon/key_server.h"

#include <algorithm>
#include <utility>

#include "ntpd/os/privileges.h"

namespace ntp::daemon {
namespace {

statistics::KeSessionRecord to_record(const ke::SessionReport& session) {
  using Tag = statistics::KeSessionRecord::Tag;
  statistics::KeSessionRecord record;
  record.tag = session.outcome == ke::SessionOutcome::Good     ? Tag::Ok
               : session.outcome == ke::SessionOutcome::Failed ? Tag::Ke
                                                               : Tag::Tls;
  record.remote = session.remote;
  record.wall = session.wall;
  record.user = session.user;
  record.system = session.system;
  record.tls = session.tls;
  record.error = session.error;
  return record;
}

}  // namespace

bool KeyServer::open(const config::Settings& settings) {
  ke::ServerOptions server;
  server.ipv4 = family_ != Family::V6;
  server.ipv6 = family_ != Family::V4;
  // Descriptors that are left for all else.
  constexpr std::uint64_t kSpare = 200;
  const std::uint64_t most = os::raise_descriptor_limit(server.limits.total + kSpare);
  server.limits.total =
      std::min<std::uint64_t>(server.limits.total, most > 2 * kSpare ? most - kSpare : most / 2);
  auto opened = ke::Service::open(settings, server, environment_);
  if (!opened) {
    environment_.log.error("NTSs: " + opened.error().message);
    return false;
  }
  service_ = std::move(*opened);
  return true;
}

bool KeyServer::start(io::EventLoop& loop, Callbacks callbacks) {
  loop_ = &loop;
  callbacks_ = std::move(callbacks);
  return !service_ || serve();
}

bool KeyServer::serve() {
  const auto started =
      service_->start([this](const nts::CookieKeys& keys) { callbacks_.on_keys(&keys); },
                      [this](ke::SessionReport session) {
                        loop_->post([this, session = std::move(session)] {
                          callbacks_.on_session(to_record(session), session.unreported);
                        });
                      });
  if (!started) environment_.log.error("NTS: " + started.error().message);
  return started.has_value();
}

void KeyServer::follow(const config::Settings& now) {
  if (!now.nts.enable) {
    close();
    callbacks_.on_keys(nullptr);
  } else if (service_) {
    service_->reconfigure(now);
  } else if (open(now) && !serve()) {
    service_.reset();
  }
}

void KeyServer::refresh() {
  if (service_) service_->refresh();
}

void KeyServer::close() {
  before_ = counts();
  service_.reset();
}

nts::KeServerCounts KeyServer::counts() const {
  return service_ ? before_ + service_->counts() : before_;
}

}  // namespace ntp::daemon
