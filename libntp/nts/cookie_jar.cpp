// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/cookie_jar.h"

#include <algorithm>

#include "libntp/nts/packet.h"
#include "libntp/wire/packet.h"

namespace ntp::nts {

std::optional<Cookie> Cookie::from(ByteView octets) {
  if (!is_usable(octets.size())) return std::nullopt;
  Cookie cookie;
  std::copy(octets.begin(), octets.end(), cookie.octets_.begin());
  cookie.size_ = static_cast<std::uint16_t>(octets.size());
  return cookie;
}

bool CookieList::add(ByteView octets) {
  if (size_ == kMaxCookies) return false;
  const auto cookie = Cookie::from(octets);
  if (!cookie) return false;
  cookies_[size_++] = *cookie;
  return true;
}

void CookieJar::add(const CookieList& cookies) {
  for (const Cookie& cookie : cookies) {
    if (size_ == kMaxCookies) return;
    cookies_[(first_ + size_++) % kMaxCookies] = cookie;
  }
}

std::optional<Cookie> CookieJar::take() {
  if (size_ == 0) return std::nullopt;
  const Cookie cookie = cookies_[first_];
  first_ = (first_ + 1) % kMaxCookies;
  --size_;
  return cookie;
}

std::size_t CookieJar::placeholders(const Cookie& taken) const {
  // The reply brings one for the cookie that was taken.
  const std::size_t wanted = size_ < kMaxCookies ? kMaxCookies - 1 - size_ : 0;
  const std::size_t field = kFieldHeader + taken.size();
  const std::size_t fixed =
      wire::kHeaderSize + kFieldHeader + kUniqueIdSize + field + kMaxEmptyAuthenticator;
  return std::min(wanted, (kMaxRequest - fixed) / field);
}

}  // namespace ntp::nts
