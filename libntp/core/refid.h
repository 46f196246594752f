// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libntp/core/address.h"

namespace ntp {

/// The 32-bit reference identifier (RFC 5905 section 7.3): four characters for stratum 0 and 1, the
/// IPv4 address of the server or a hash of its IPv6 address for the others (crypto/refid.h).
class RefId {
 public:
  constexpr RefId() = default;
  constexpr explicit RefId(std::uint32_t raw) : raw_(raw) {}

  /// The first four characters, filled up with NUL.
  static constexpr RefId from_text(std::string_view text) {
    std::uint32_t raw = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      raw = raw << 8 | (i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U);
    }
    return RefId(raw);
  }
  static RefId from_v4(const Address& address) { return RefId(address.v4_value()); }

  [[nodiscard]] constexpr std::uint32_t raw() const { return raw_; }

  /// As characters: ends at the first NUL, and each octet that is not printable, blank included, is
  /// a dot (NTPsec: mode 6 does so).
  [[nodiscard]] std::string to_text() const;
  /// As a dotted quad.
  [[nodiscard]] std::string to_quad() const;
  /// As mode 6 shows it: a dotted quad for strata 2 to 15, characters otherwise.
  [[nodiscard]] std::string to_string(int stratum) const;

  friend constexpr bool operator==(RefId, RefId) = default;

 private:
  std::uint32_t raw_ = 0;
};

namespace refid {
// What the daemon itself writes where there is no reference yet (NTPsec: ntpq shows `.INIT.`).
inline constexpr RefId kInit = RefId::from_text("INIT");
inline constexpr RefId kStep = RefId::from_text("STEP");
inline constexpr RefId kDns = RefId::from_text("DNS");
inline constexpr RefId kDns4 = RefId::from_text("DNS4");
inline constexpr RefId kDns6 = RefId::from_text("DNS6");
inline constexpr RefId kPool = RefId::from_text("POOL");
inline constexpr RefId kNts = RefId::from_text("NTS");
inline constexpr RefId kNts4 = RefId::from_text("NTS4");
inline constexpr RefId kNts6 = RefId::from_text("NTS6");
inline constexpr RefId kLocal = RefId::from_text("LOCL");
}  // namespace refid

namespace kiss {
// Kiss codes of packets with stratum 0 (RFC 5905 section 7.4).
inline constexpr RefId kRate = RefId::from_text("RATE");
inline constexpr RefId kDeny = RefId::from_text("DENY");
inline constexpr RefId kRestrict = RefId::from_text("RSTR");
}  // namespace kiss

}  // namespace ntp
