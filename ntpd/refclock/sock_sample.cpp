// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/refclock/sock_sample.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "ntpd/refclock/feed.h"

namespace ntp::refclock {
namespace {

// The layout of struct timeval and int in 64-bit programs, and where time_t has 64 bits in others.
constexpr std::size_t kSize = 40;
constexpr std::int32_t kMagic = 0x534f434b;  // "SOCK"

template <class T>
T native(ByteView datagram, std::size_t offset) {
  std::array<std::uint8_t, sizeof(T)> octets;
  std::copy_n(datagram.begin() + static_cast<std::ptrdiff_t>(offset), sizeof(T), octets.begin());
  return std::bit_cast<T>(octets);
}

}  // namespace

std::optional<SockSample> parse_sock_sample(ByteView datagram) {
  if (datagram.size() != kSize || native<std::int32_t>(datagram, 36) != kMagic) {
    return std::nullopt;
  }
  const auto seconds = native<std::int64_t>(datagram, 0);
  const auto microseconds = native<std::int64_t>(datagram, 8);
  if (microseconds < 0 || microseconds >= 1'000'000) return std::nullopt;
  const auto measured = wall_time(seconds, microseconds * 1000);
  const auto leap = native<std::int32_t>(datagram, 28);
  SockSample sample;
  sample.offset = native<double>(datagram, 16);
  if (!measured || leap < 0 || leap > 3 || !std::isfinite(sample.offset)) return std::nullopt;
  sample.measured = *measured;
  sample.pulse = native<std::int32_t>(datagram, 24) != 0;
  sample.leap = static_cast<Leap>(leap);
  return sample;
}

}  // namespace ntp::refclock
