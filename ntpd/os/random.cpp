// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/os/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ntp::os {
namespace {

void draw(ByteSpan out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      std::abort();  // a guessable nonce or port is worse than no daemon
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

// A nonce or the spread of a poll is a few octets, which a system call each would cost more than
// all else about it. Keys are longer, and stay nowhere but where they are put.
constexpr std::size_t kFew = 16;

struct Ahead {
  std::array<std::uint8_t, 256> octets;
  std::size_t left = 0;
};
thread_local Ahead ahead;

}  // namespace

void SystemRandom::fill(ByteSpan out) {
  if (out.size() > kFew) return draw(out);
  if (out.size() > ahead.left) {
    draw(ahead.octets);
    ahead.left = ahead.octets.size();
  }
  ahead.left -= out.size();
  const ByteSpan next = ByteSpan(ahead.octets).subspan(ahead.left, out.size());
  std::copy(next.begin(), next.end(), out.begin());
  explicit_bzero(next.data(), next.size());
}

}  // namespace ntp::os
