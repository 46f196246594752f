// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>

#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "libntp/nts/cookie_keys.h"
#include "libntp/nts/ke_counts.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/nts/service.h"
#include "ntpd/statistics/records.h"

namespace ntp::daemon {

/// The server of NTS key establishment as long as `nts enable` stands in the configuration.
class KeyServer {
 public:
  struct Callbacks {
    /// Keys for cookies to be used from now on; null: none are.
    std::function<void(const nts::CookieKeys*)> on_keys;
    /// A session has ended, and so many before it that nobody is told of. On the loop.
    std::function<void(const statistics::KeSessionRecord&, std::uint64_t unreported)> on_session;
  };

  KeyServer(Family family, const ke::Service::Environment& environment)
      : family_(family), environment_(environment) {}

  /// Opens the sockets and reads the certificate, while there is the right to. What fails is in the
  /// log.
  bool open(const config::Settings& settings);
  /// Serves, where it is open; sessions are told on `loop`, which outlives this. False, and in the
  /// log, if it can't.
  bool start(io::EventLoop& loop, Callbacks callbacks);
  /// Goes over to other settings, begins or ends; after start().
  void follow(const config::Settings& now);
  /// Looks for new files.
  void refresh();
  void close();
  /// Of this and of all that were in use before.
  [[nodiscard]] nts::KeServerCounts counts() const;

 private:
  bool serve();

  Family family_;
  ke::Service::Environment environment_;
  io::EventLoop* loop_ = nullptr;
  Callbacks callbacks_;
  std::unique_ptr<ke::Service> service_;
  nts::KeServerCounts before_;
};

}  // namespace ntp::daemon
