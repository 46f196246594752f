// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/wire/extension.h"

namespace ntp::wire {
namespace {

constexpr std::size_t kFieldHeaderSize = 4;
constexpr std::size_t kSmallestField = 16;
// RFC 7822 section 7.5.1.4: what could be a MAC is one, so a packet that ends in a field has at
// least this much behind its last boundary.
constexpr std::size_t kSmallestLastField = 28;
constexpr std::size_t kKeyIdSize = 4;

constexpr bool is_mac_size(std::size_t size) { return size == 4 || size == 20 || size == 24; }

/// What NTPsec lets pass behind a header before version 4, and the trailer that it takes for a MAC.
Result<std::optional<MacTrailer>, PacketError> legacy_trailer(int version, ByteView trailer) {
  if (trailer.empty()) return std::optional<MacTrailer>();
  // NTPsec: the authenticator of version 2 and the signature request of MS-SNTP are skipped.
  if (version == 2 && trailer.size() == 6) return std::optional<MacTrailer>();
  if (version == 3 && trailer.size() == 72) return std::optional<MacTrailer>();
  auto mac = parse_mac(trailer);
  if (version < 3 || !mac) return fail(PacketError::BadTrailer);
  return mac;
}

}  // namespace

ExtensionWalker::ExtensionWalker(ByteView datagram)
    : datagram_(datagram), position_(kHeaderSize), ended_(version_of(datagram) < 4) {
  if (datagram.size() < kHeaderSize) {
    position_ = datagram.size();
    ended_ = true;
    error_ = PacketError::TooShort;
  }
}

std::optional<ExtensionField> ExtensionWalker::next() {
  if (ended_) return std::nullopt;
  const std::size_t left = datagram_.size() - position_;
  if (left == 0 || is_mac_size(left)) {
    ended_ = true;
    return std::nullopt;
  }
  if (left < kSmallestLastField) {
    ended_ = true;
    error_ = PacketError::BadTrailer;
    return std::nullopt;
  }
  ByteReader in(datagram_.subspan(position_));
  ExtensionField field;
  field.type = in.u16();
  const std::size_t length = in.u16();
  if (length < kSmallestField || length % 4 != 0 || length > left) {
    ended_ = true;
    error_ = PacketError::BadExtension;
    return std::nullopt;
  }
  field.value = in.take(length - kFieldHeaderSize);
  field.offset = position_;
  position_ += length;
  return field;
}

ByteView ExtensionWalker::trailer() const { return datagram_.subspan(position_); }

std::optional<MacTrailer> parse_mac(ByteView trailer) {
  if (!is_mac_size(trailer.size())) return std::nullopt;
  return MacTrailer{ByteReader(trailer).u32(), trailer.subspan(kKeyIdSize)};
}

Result<PacketLayout, PacketError> parse_packet(ByteView datagram) {
  const auto header = decode_header(datagram);
  if (!header) return fail(header.error());
  PacketLayout layout;
  layout.header = *header;
  ExtensionWalker walker(datagram);
  while (const auto field = walker.next())
    layout.extensions_size += field->value.size() + kFieldHeaderSize;
  if (walker.error()) return fail(*walker.error());
  if (header->version >= 4) {
    layout.mac = parse_mac(walker.trailer());
    return layout;
  }
  const auto mac = legacy_trailer(header->version, walker.trailer());
  if (!mac) return fail(mac.error());
  layout.mac = *mac;
  return layout;
}

}  // namespace ntp::wire
