// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "libntp/config/settings.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/nts/cookie_keys.h"
#include "ntpd/nts/certificate.h"
#include "ntpd/nts/cookie_store.h"
#include "ntpd/nts/server.h"

namespace ntp::ke {

/// The server side of NTS as the main thread sees it: certificate, keys for cookies, and the thread
/// that gives cookies out. What it is told of files comes by refresh(), once an hour and by SIGHUP.
class Service {
 public:
  struct Environment {
    Clock& clock;
    /// Also used on the server's own thread.
    Random& random;
    FileStore& files;
    Log& log;
  };
  /// What is told of keys for cookies: those to be used from now on.
  using OnKeys = std::function<void(const nts::CookieKeys&)>;

  /// Opens the sockets and reads the certificate, while there is the right to. Fails as NTPsec
  /// does, which ends the daemon.
  static Result<std::unique_ptr<Service>> open(const config::Settings& settings,
                                               const ServerOptions& options,
                                               const Environment& environment);

  /// Reads the keys for cookies, tells them to `on_keys`, and starts to serve; once. `report` is
  /// called on the server's thread.
  Result<void> start(OnKeys on_keys, Server::Report report);
  /// Looks at all files: takes what is new and good, keeps the old for what is bad.
  void refresh();
  /// Other settings from now on; what is no good of them is in the log, and the old stays.
  void reconfigure(const config::Settings& settings);

  [[nodiscard]] nts::KeServerCounts counts() const { return server_->counts(); }

 private:
  Service(const config::Settings& settings, const Environment& environment);
  void tell_loaded();
  void warn_of_expiry();
  void refresh_certificate();
  void refresh_keys();
  [[nodiscard]] nts::KeServerOptions negotiation() const;

  Environment environment_;
  config::NtsSettings settings_;
  std::uint16_t announced_port_ = 0;
  std::unique_ptr<Server> server_;
  Certificate certificate_;
  std::string refused_;  // the last complaint about files that are not in use
  std::optional<WallTime> warned_;
  std::optional<CookieStore> cookies_;
  OnKeys on_keys_ = [](const nts::CookieKeys&) {};
};

}  // namespace ntp::ke
