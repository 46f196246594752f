// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "libntp/core/result.h"
#include "libntp/core/seams.h"
#include "libntp/crypto/random_pool.h"
#include "libntp/nts/cookie_box.h"
#include "libntp/nts/cookie_keys.h"
#include "libntp/nts/server_packets.h"

namespace ntp::server {

/// Counts of NTS on the server's side, as the mode 6 variables `nts_server_…` and `nts_cookie_…`
/// show them, and as ntsstats writes them.
struct NtsCounters {
  std::uint64_t sent = 0;
  std::uint64_t good = 0;
  std::uint64_t bad = 0;
  /// Protected requests that came while there were no keys for cookies.
  std::uint64_t not_server = 0;
  nts::CookieCounters cookies;
};
/// What has been counted between the two.
[[nodiscard]] NtsCounters operator-(const NtsCounters& now, const NtsCounters& before);

/// What answers protected requests: the keys for cookies with their schedules, the algorithms and a
/// pool of random numbers. Nothing is allocated for a packet.
class NtsSide {
 public:
  /// Fails if OpenSSL on this host gives no or wrong results.
  static Result<std::unique_ptr<NtsSide>> make(const nts::CookieKeys& keys, Random& random);
  NtsSide(const NtsSide&) = delete;
  NtsSide& operator=(const NtsSide&) = delete;

  /// Other keys from now on; on failure all stays as it is.
  Result<void> set_keys(const nts::CookieKeys& keys) { return cookies_.set_keys(keys); }
  [[nodiscard]] nts::ServerPackets& packets() { return *packets_; }
  /// `not_server` is not told here.
  [[nodiscard]] NtsCounters counters() const;

 private:
  NtsSide(nts::CookieBox cookies, Random& random) : random_(random), cookies_(std::move(cookies)) {}

  crypto::RandomPool random_;
  nts::CookieBox cookies_;
  std::optional<nts::ServerPackets> packets_;  // always, after make(); knows the two above
};

}  // namespace ntp::server
