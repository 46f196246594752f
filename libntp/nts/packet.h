// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libntp/core/bytes.h"
#include "libntp/core/refid.h"

/// Time packets that NTS protects (RFC 8915 section 5): the fields behind the header.
namespace ntp::nts {

enum class FieldType : std::uint16_t {
  UniqueIdentifier = 0x0104,
  Cookie = 0x0204,
  CookiePlaceholder = 0x0304,
  Authenticator = 0x0404,
};

/// Octets of a field's type and length.
inline constexpr std::size_t kFieldHeader = 4;
/// Of the authenticator of a request, which encrypts nothing, by AES-SIV; AES-GCM-SIV takes less.
inline constexpr std::size_t kMaxEmptyAuthenticator = 40;

/// A client's nonce for one request, which the reply repeats.
inline constexpr std::size_t kUniqueIdSize = 32;
using UniqueId = std::array<std::uint8_t, kUniqueIdSize>;

/// Octets of the longest request that a client makes: more is dropped on some ways.
inline constexpr std::size_t kMaxRequest = 1024;
/// Octets of the longest packet that either side reads.
inline constexpr std::size_t kMaxPacket = 2048;

/// The reference identifier of a kiss that says: there is no opening your cookie.
inline constexpr RefId kNak = RefId::from_text("NTSN");

/// Whether a datagram looks like NTS: version 4 and an authenticator, a cookie or a unique
/// identifier among its fields, well-formed or not. For the choice who handles it; says nothing
/// about its worth.
[[nodiscard]] bool looks_protected(ByteView datagram);

}  // namespace ntp::nts
