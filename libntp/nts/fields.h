// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libntp/core/bytes.h"
#include "libntp/nts/packet.h"

/// The fields of protected packets, as both sides read and write them.
namespace ntp::nts {

constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

/// The value of an authenticator, taken apart (RFC 8915 section 5.6).
struct Authenticator {
  ByteView nonce;
  ByteView ciphertext;
  /// Octets behind the ciphertext and its own padding.
  std::size_t additional_padding = 0;
};
/// Nothing if the sizes in it do not fit, or the ciphertext has no room for a tag.
std::optional<Authenticator> parse_authenticator(ByteView value);

/// What a packet has in front of its authenticator, and the authenticator. Nothing is verified.
struct Fields {
  enum class Flaw : std::uint8_t { None, Malformed, NoAuthenticator };

  ByteView unique_id;  // empty: there is none
  ByteView cookie;     // empty: there is none
  Authenticator authenticator;
  std::size_t covered = 0;  // octets before the authenticator
  std::size_t placeholders = 0;
  std::size_t placeholder_size = 0;  // of all of them
  Flaw flaw = Flaw::None;
};
/// Reads up to the first authenticator; what lies behind it is not looked at. Unknown fields are
/// skipped. Two unique identifiers or cookies, an empty one, or placeholders of two sizes are
/// malformed. The datagram has at least a header.
Fields read_fields(ByteView datagram);

/// The fields inside an authenticator, which may be shorter than those outside.
struct InnerField {
  std::uint16_t type = 0;
  ByteView value;
};
class InnerWalker {
 public:
  explicit InnerWalker(ByteView plaintext) : rest_(plaintext) {}
  /// The next field, or nothing at the end or at the first malformed one.
  std::optional<InnerField> next();
  /// All has been read, and was well-formed.
  [[nodiscard]] bool complete() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

void write_field_header(ByteWriter& out, FieldType type, std::size_t value_size);
/// An authenticator up to its ciphertext, with zeros for the nonce, which has `nonce_size` octets
/// and is a multiple of 4 long.
void write_authenticator_header(ByteWriter& out, std::size_t nonce_size,
                                std::size_t ciphertext_size);
/// Octets from the start of an authenticator to its nonce.
inline constexpr std::size_t kNonceAt = kFieldHeader + 4;

}  // namespace ntp::nts
