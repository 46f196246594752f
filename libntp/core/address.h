// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/core/bytes.h"

namespace ntp {

enum class Family : std::uint8_t { Any, V4, V6 };

/// Of NTP (IANA).
inline constexpr std::uint16_t kNtpPort = 123;

/// An IPv4 or IPv6 address; a default one is of no family ("not known"). IPv6 addresses carry the
/// interface index of their scope, 0 if none.
class Address {
 public:
  constexpr Address() = default;

  static Address v4(std::uint32_t host_order);
  /// `bytes` in network order: 4 of them make an IPv4, 16 an IPv6 address; any other count asserts.
  static Address from_bytes(ByteView bytes, std::uint32_t scope = 0);
  static Address any(Family family);
  static Address loopback(Family family);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] bool is_set() const { return family_ != Family::Any; }
  [[nodiscard]] bool is_v4() const { return family_ == Family::V4; }
  [[nodiscard]] bool is_v6() const { return family_ == Family::V6; }
  /// 4 or 16 octets in network order; none if not set.
  [[nodiscard]] ByteView bytes() const;
  /// Host order; only for IPv4.
  [[nodiscard]] std::uint32_t v4_value() const;
  [[nodiscard]] std::uint32_t scope() const { return scope_; }
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_multicast() const;
  /// 0.0.0.0 or ::.
  [[nodiscard]] bool is_wildcard() const;

  /// `10.0.0.1`, `fd00::1`, `fe80::1%3`; the empty string if not set.
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  Family family_ = Family::Any;
  std::array<std::uint8_t, 16> octets_{};
  std::uint32_t scope_ = 0;
};

/// A strict dotted quad, or an IPv6 address, plain or in brackets, with `%` and a scope (an index,
/// not a name). NTPsec: short forms such as `127.1` are host names, not addresses.
std::optional<Address> parse_address(std::string_view text);

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  /// `10.0.0.1:123`, `[fd00::1]:123`.
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// All addresses that share the first `length` bits.
struct Prefix {
  Address address;
  int length = 0;

  /// The scope does not matter. Nothing is in a prefix without address or of impossible length.
  [[nodiscard]] bool contains(const Address& candidate) const;
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

/// `192.0.2.0/24`, `2001:db8::/32`, or an address alone (its full length). Bits behind the prefix
/// are cleared.
std::optional<Prefix> parse_prefix(std::string_view text);

}  // namespace ntp
