// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "libntp/crypto/aead.h"
#include "libntp/crypto/secret.h"

namespace ntp::nts {

/// What client and server agreed on: both have it, the server by the cookie.
struct SessionKeys {
  crypto::AeadId aead = crypto::AeadId::AesSivCmac256;
  crypto::Secret c2s;  // client to server
  crypto::Secret s2c;

  friend bool operator==(const SessionKeys&, const SessionKeys&) = default;
};

/// For the TLS exporter (RFC 8915 section 5.1, RFC 5705): each key has the AEAD's key size.
inline constexpr std::string_view kExporterLabel = "EXPORTER-network-time-security";
enum class Direction : std::uint8_t { ClientToServer = 0, ServerToClient = 1 };
using ExporterContext = std::array<std::uint8_t, 5>;
[[nodiscard]] ExporterContext exporter_context(crypto::AeadId aead, Direction direction);

/// What TLS negotiates by ALPN, and where key establishment listens.
inline constexpr std::string_view kAlpn = "ntske/1";
inline constexpr std::uint16_t kKePort = 4460;

}  // namespace ntp::nts
