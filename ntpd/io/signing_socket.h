// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/core/signing_socket.h"
#include "ntpd/io/event_loop.h"

namespace ntp::io {

/// One connection for each request, as NTPsec makes them.
class UnixSigningSocket final : public SigningSocket {
 public:
  /// From the connection to the end of the answer.
  static constexpr Duration kDeadline = std::chrono::seconds(2);

  explicit UnixSigningSocket(EventLoop& loop, Duration deadline = kDeadline)
      : loop_(loop), deadline_(deadline) {}

  void ask(const std::string& path, ByteView request, Callback callback) override;

 private:
  EventLoop& loop_;
  Duration deadline_;
};

}  // namespace ntp::io
