// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/address.h"
#include "libntp/core/seams.h"
#include "libntp/core/time.h"

namespace ntp::control {

/// Nonces, with which a client shows that it receives what is sent to its address: 24 hexadecimal
/// digits, the time of a request and a hash of it with address, port and a secret. Nothing is
/// remembered for a client.
class Nonces {
 public:
  explicit Nonces(Random& random) : random_(random) {}

  /// The nonce for a request that arrived at `received`; `uptime` in seconds, which only grows.
  std::string make(const Endpoint& client, WallTime received, double uptime);
  /// Whether the nonce was made for this client less than 16 s ago, by the same secret.
  bool valid(std::string_view nonce, const Endpoint& client, WallTime received, double uptime);

 private:
  void renew_secret(double uptime);
  /// Nothing if there is no hash function to be had: then no nonce is valid.
  [[nodiscard]] std::optional<std::uint32_t> hash(NtpTimestamp stamp, const Endpoint& client) const;

  Random& random_;
  std::array<std::uint8_t, 16> secret_{};
  double renew_at_ = 0;
};

}  // namespace ntp::control
