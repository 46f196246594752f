// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/authentication.h"

#include <array>

namespace ntp::control {
namespace {

constexpr std::size_t kKeyIdSize = 4;

constexpr std::size_t round_up(std::size_t size, std::size_t step) {
  return (size + step - 1) / step * step;
}

}  // namespace

std::uint32_t authenticate(ByteView request, const wire::ControlFrame& frame,
                           crypto::KeyRing* keys) {
  if (keys == nullptr) return 0;
  const std::size_t end = wire::kControlHeaderSize + frame.data.size();
  std::size_t tried = 0;
  for (const std::size_t step : {4U, 8U}) {
    const std::size_t begin = round_up(end, step);
    if (begin == tried || begin + kKeyIdSize >= request.size() ||
        request.size() - begin > crypto::KeyRing::kMaxTrailer) {
      continue;
    }
    tried = begin;
    ByteReader trailer(request.subspan(begin));
    const std::uint32_t key = trailer.u32();
    if (keys->verify(key, request.first(begin), trailer.take(trailer.remaining()))) return key;
  }
  return 0;
}

void sign(std::vector<std::vector<std::uint8_t>>& answer, std::uint32_t key,
          crypto::KeyRing& keys) {
  constexpr std::uint8_t kErrorBit = 0x40;
  for (auto& datagram : answer) {
    const bool refuses = (datagram[1] & kErrorBit) != 0;
    if (!refuses) datagram.resize(round_up(datagram.size(), 8), 0);
    std::array<std::uint8_t, crypto::KeyRing::kMaxTrailer> mac{};
    const std::size_t size = keys.sign(key, datagram, mac);
    datagram.insert(datagram.end(), mac.begin(), mac.begin() + static_cast<std::ptrdiff_t>(size));
  }
}

}  // namespace ntp::control
