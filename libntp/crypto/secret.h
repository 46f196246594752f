// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "libntp/core/bytes.h"

namespace ntp::crypto {

/// Overwrites with zeros, in a way that no optimizer removes.
void wipe(ByteSpan secret);
/// Compares in constant time; spans of different sizes are different.
[[nodiscard]] bool equal_secrets(ByteView a, ByteView b);

/// Up to 64 octets of key, kept inside the object and wiped when it goes.
class Secret {
 public:
  static constexpr std::size_t kCapacity = 64;

  Secret() = default;
  /// What does not fit is cut off.
  explicit Secret(ByteView octets) { assign(octets); }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(octets_); }

  void assign(ByteView octets) {
    wipe(octets_);
    size_ = std::min(octets.size(), kCapacity);
    std::copy_n(octets.begin(), size_, octets_.begin());
  }
  /// `size` octets to be filled in.
  ByteSpan resize(std::size_t size) {
    size_ = std::min(size, kCapacity);
    return ByteSpan(octets_).first(size_);
  }
  void clear() {
    wipe(octets_);
    size_ = 0;
  }

  [[nodiscard]] ByteView view() const { return ByteView(octets_).first(size_); }
  [[nodiscard]] std::size_t size() const { return size_; }
  friend bool operator==(const Secret& a, const Secret& b) {
    return equal_secrets(a.view(), b.view());
  }

 private:
  std::array<std::uint8_t, kCapacity> octets_{};
  std::size_t size_ = 0;
};

}  // namespace ntp::crypto
