// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>

namespace ntp::nts {

/// What a server of key establishment has counted since its start.
struct KeServerCounts {
  struct Kind {
    std::uint64_t count = 0;
    double wall = 0;  // s
    double cpu = 0;   // s

    friend Kind operator-(const Kind& now, const Kind& before) {
      return {now.count - before.count, now.wall - before.wall, now.cpu - before.cpu};
    }
    friend Kind operator+(const Kind& a, const Kind& b) {
      return {a.count + b.count, a.wall + b.wall, a.cpu + b.cpu};
    }
  };
  Kind good;    // cookies were given
  Kind failed;  // TLS worked, but no cookies were given
  Kind no_tls;  // there never was a session of TLS
  std::uint64_t cookies_made = 0;

  friend KeServerCounts operator-(const KeServerCounts& now, const KeServerCounts& before) {
    return {now.good - before.good, now.failed - before.failed, now.no_tls - before.no_tls,
            now.cookies_made - before.cookies_made};
  }
  friend KeServerCounts operator+(const KeServerCounts& a, const KeServerCounts& b) {
    return {a.good + b.good, a.failed + b.failed, a.no_tls + b.no_tls,
            a.cookies_made + b.cookies_made};
  }
};

}  // namespace ntp::nts
