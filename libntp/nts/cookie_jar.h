// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libntp/core/bytes.h"

namespace ntp::nts {

/// Cookies that a client keeps, and that one exchange can bring.
inline constexpr std::size_t kMaxCookies = 8;

/// A server's cookie as its client sees it: opaque octets.
class Cookie {
 public:
  /// What a client takes: it must fit into a small packet, and into an extension field without
  /// padding.
  static constexpr std::size_t kMinSize = 12;
  static constexpr std::size_t kMaxSize = 256;
  [[nodiscard]] static constexpr bool is_usable(std::size_t size) {
    return size >= kMinSize && size <= kMaxSize && size % 4 == 0;
  }

  /// Nothing if a client can't use a cookie of this size.
  static std::optional<Cookie> from(ByteView octets);

  [[nodiscard]] ByteView view() const { return ByteView(octets_).first(size_); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<std::uint8_t, kMaxSize> octets_{};
  std::uint16_t size_ = 0;
};

/// Up to eight cookies. Memory is fixed.
class CookieList {
 public:
  /// False, and nothing is kept, if it is full or the size is not usable.
  bool add(ByteView octets);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const Cookie& operator[](std::size_t index) const { return cookies_[index]; }
  [[nodiscard]] const Cookie* begin() const { return cookies_.data(); }
  [[nodiscard]] const Cookie* end() const { return cookies_.data() + size_; }

 private:
  std::array<Cookie, kMaxCookies> cookies_;
  std::size_t size_ = 0;
};

/// The client's store (RFC 8915 section 5.7): the oldest cookie goes first, and each goes once.
class CookieJar {
 public:
  /// Puts what there is room for into the jar, behind what is in it.
  void add(const CookieList& cookies);
  void clear() { size_ = 0; }
  /// The next cookie, which is no longer in the jar; nothing if it is empty: time for a new key
  /// establishment.
  std::optional<Cookie> take();
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// How many placeholders a request with the cookie just taken shall have, so that the reply fills
  /// the jar again and the request stays within kMaxRequest (packet.h): 0 to 7.
  [[nodiscard]] std::size_t placeholders(const Cookie& taken) const;

 private:
  std::array<Cookie, kMaxCookies> cookies_;  // a ring
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace ntp::nts
