// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace ntp::os {

void SystemRandom::fill(ByteSpan out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      std::abort();  // a guessable nonce or port is worse than no daemon
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace ntp::os
