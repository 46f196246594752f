// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libntp/core/address.h"
#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/nts/cookie_keys.h"
#include "libntp/nts/ke_counts.h"
#include "libntp/nts/ke_server.h"
#include "ntpd/nts/certificate.h"
#include "ntpd/nts/session_table.h"

namespace ntp::ke {

enum class SessionOutcome : std::uint8_t {
  Good,    // cookies were given
  Failed,  // TLS worked, but no cookies were given
  NoTls,   // there never was a session of TLS
};

/// How one session went.
struct SessionReport {
  SessionOutcome outcome = SessionOutcome::NoTls;
  Endpoint remote;
  Duration wall{};
  Duration user{};  // processor time
  Duration system{};
  /// `TLSv1.3:TLS_AES_256_GCM_SHA384(256)`; with NoTls the reason.
  std::string tls;
  /// Why it failed; empty if it is Good, or NoTls.
  std::string error;
  /// Sessions before this one that were not reported, because there were too many.
  std::uint64_t unreported = 0;
};

struct ServerOptions {
  bool ipv4 = true;
  bool ipv6 = true;
  std::uint16_t port = nts::kKePort;  // 0: one of the kernel's choice for each family
  SessionLimits limits;
};

/// The server of key establishment: a thread with a loop of its own, which shares nothing with the
/// rest of the daemon but messages, so that nothing that happens here holds up the time service.
/// TLS runs over plain sockets and buffers of its own, not over Asio's stream, which would hold
/// some 70 KiB for each connection, idle or not.
class Server {
 public:
  /// Called on the thread of the server, after each session, but not for more than some 10 a
  /// second.
  using Report = std::function<void(SessionReport)>;

  /// Opens the sockets, on all addresses. A family this host doesn't have is left out with a line
  /// in the log. Fails if an address is taken, or if no family is left.
  static Result<std::unique_ptr<Server>> open(const ServerOptions& options, Log& log);
  /// Ends all sessions at once.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Starts the thread; once. `random` is used on that thread and outlives the server. Fails if
  /// OpenSSL does not provide what cookies need.
  Result<void> start(SharedTlsContext context, const nts::CookieKeys& keys,
                     nts::KeServerOptions negotiation, Random& random, Report report);

  /// For the sessions that begin from now on.
  void set_context(SharedTlsContext context);
  void set_keys(const nts::CookieKeys& keys);
  void set_negotiation(nts::KeServerOptions negotiation);

  [[nodiscard]] nts::KeServerCounts counts() const;
  [[nodiscard]] std::vector<Endpoint> endpoints() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ntp::ke
