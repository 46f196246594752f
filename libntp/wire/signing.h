// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libntp/core/bytes.h"
#include "libntp/core/result.h"
#include "libntp/wire/packet.h"

/// What a time server asks a Samba domain controller's ntp_signd: to sign a reply by the key of a
/// machine of its Windows domain (MS-SNTP). Each frame has its length, 32 bits, in front.
namespace ntp::wire {

inline constexpr std::size_t kSigningLength = 4;
/// Behind the length: version, operation, number, key identifier and the reply.
inline constexpr std::size_t kSigningRequest = kSigningLength + std::size_t{4} * 4 + kHeaderSize;
/// Octets of key identifier and signature behind a header.
inline constexpr std::size_t kSignature = 4 + 16;
/// Behind the length: version, operation, number, and the signed reply if there is one.
inline constexpr std::size_t kSigningRefusal = std::size_t{3} * 4;
inline constexpr std::size_t kSigningAnswer = kSigningRefusal + kHeaderSize + kSignature;

/// A client's request for a signed reply: a header, a key identifier and a signature of zeros.
[[nodiscard]] bool asks_for_signature(ByteView datagram);

/// The frame that asks for the signature of `reply`, a header, by the key whose identifier is the
/// `key` of four octets as they came (Samba takes them for little-endian).
[[nodiscard]] std::array<std::uint8_t, kSigningRequest> signing_request(std::uint32_t number,
                                                                        ByteView key,
                                                                        ByteView reply);

/// The length that stands in the first four octets of an answer, if an answer can be that long.
[[nodiscard]] Result<std::size_t> signing_answer_length(ByteView octets);
/// The signed reply in an answer, without its length.
[[nodiscard]] Result<ByteView> signed_reply(ByteView answer, std::uint32_t number);

}  // namespace ntp::wire
