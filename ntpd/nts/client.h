// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>

#include "libntp/core/result.h"
#include "libntp/nts/key_establishment.h"
#include "ntpd/io/event_loop.h"
#include "ntpd/nts/trust.h"

namespace ntp::ke {

/// Key establishment of a client over TLS 1.3, on the daemon's loop, which it never blocks.
class Client final : public nts::KeyEstablishment {
 public:
  /// For looking up, connecting, the handshake and the reply, of all addresses together.
  static constexpr Duration kDeadline = std::chrono::seconds(12);

  Client(io::EventLoop& loop, Resolver& resolver, Log& log, const config::NtsSettings& settings,
         Duration deadline = kDeadline);

  /// For the exchanges that begin from now on.
  void reconfigure(const config::NtsSettings& settings) { trust_.reconfigure(settings); }
  std::unique_ptr<nts::KeExchange> start(nts::KeRequest request, Callback callback) override;

 private:
  io::EventLoop& loop_;
  Resolver& resolver_;
  Log& log_;
  Trust trust_;
  Duration deadline_;
  /// Whether OpenSSL does here what NTS needs. Asked for the first exchange: to wake OpenSSL costs
  /// a daemon without NTS a fifth of its memory.
  std::optional<Result<void>> known_;
};

}  // namespace ntp::ke
