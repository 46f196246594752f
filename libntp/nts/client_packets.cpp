// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/client_packets.h"

#include <algorithm>
#include <utility>

#include "libntp/nts/fields.h"
#include "libntp/wire/packet.h"

namespace ntp::nts {
namespace {

bool is_nak(const wire::Header& header) {
  return header.stratum == 0 && header.reference_id == kNak;
}

}  // namespace

std::string_view describe(ReplyVerdict verdict) {
  switch (verdict) {
    case ReplyVerdict::Genuine:
      return "genuine";
    case ReplyVerdict::Nak:
      return "NTS NAK";
    case ReplyVerdict::NotProtected:
      return "not protected by NTS";
    case ReplyVerdict::Malformed:
      return "malformed NTS fields";
    case ReplyVerdict::NotOurs:
      return "another NTS unique identifier";
    case ReplyVerdict::NotGenuine:
      return "wrong NTS authenticator";
    case ReplyVerdict::BadInnerFields:
      return "malformed encrypted NTS fields";
  }
  return "";
}

void write_client_header(NtpTimestamp transmit, ByteSpan out) {
  wire::Header header;
  header.mode = wire::Mode::Client;
  header.precision = 0x20;
  header.transmit = transmit;
  ByteWriter writer(out);
  wire::encode_header(header, writer);
}

ClientPackets::ClientPackets(crypto::Aead c2s, crypto::Aead s2c)
    : c2s_(std::move(c2s)), s2c_(std::move(s2c)) {}

Result<ClientPackets> ClientPackets::make(const SessionKeys& keys) {
  auto c2s = crypto::Aead::make(keys.aead);
  auto s2c = crypto::Aead::make(keys.aead);
  if (!c2s || !s2c) return fail((c2s ? s2c : c2s).error().message);
  if (!c2s->set_key(keys.c2s.view()) || !s2c->set_key(keys.s2c.view())) {
    return fail("OpenSSL refuses the keys of the session");
  }
  return ClientPackets(std::move(*c2s), std::move(*s2c));
}

std::size_t ClientPackets::protect(const UniqueId& id, const Cookie& cookie,
                                   std::size_t placeholders, Random& random, ByteSpan packet) {
  if (packet.size() < wire::kHeaderSize) return 0;
  ByteWriter out(packet.subspan(wire::kHeaderSize));
  write_field_header(out, FieldType::UniqueIdentifier, id.size());
  out.bytes(id);
  write_field_header(out, FieldType::Cookie, cookie.size());
  out.bytes(cookie.view());
  for (std::size_t i = 0; i < placeholders; ++i) {
    write_field_header(out, FieldType::CookiePlaceholder, cookie.size());
    out.zeros(cookie.size());
  }
  const std::size_t covered = wire::kHeaderSize + out.size();
  const std::size_t nonce_size = crypto::traits(c2s_.id()).nonce_size;
  write_authenticator_header(out, nonce_size, crypto::kTagSize);
  out.zeros(crypto::kTagSize);
  if (!out.ok()) return 0;
  const std::size_t size = wire::kHeaderSize + out.size();
  const ByteSpan nonce = packet.subspan(covered + kNonceAt, nonce_size);
  random.fill(nonce);
  const ByteSpan tag = packet.subspan(size - crypto::kTagSize, crypto::kTagSize);
  return c2s_.seal(packet.first(covered), nonce, {}, tag) ? size : 0;
}

ReplyVerdict ClientPackets::verify(ByteView datagram, const UniqueId& id, Reply& reply) {
  reply = {};
  const auto header = wire::decode_header(datagram);
  if (!header || header->version != wire::kVersion || datagram.size() > kMaxPacket) {
    return ReplyVerdict::NotProtected;
  }
  const Fields fields = read_fields(datagram);
  if (fields.flaw == Fields::Flaw::Malformed) return ReplyVerdict::Malformed;
  const bool protected_reply = fields.flaw == Fields::Flaw::None;
  if (fields.unique_id.data() == nullptr) {
    return protected_reply ? ReplyVerdict::Malformed : ReplyVerdict::NotProtected;
  }
  if (!crypto::equal_secrets(fields.unique_id, id)) return ReplyVerdict::NotOurs;
  if (!protected_reply) return is_nak(*header) ? ReplyVerdict::Nak : ReplyVerdict::NotProtected;
  const auto& authenticator = fields.authenticator;
  const auto size = s2c_.open(datagram.first(fields.covered), authenticator.nonce,
                              authenticator.ciphertext, plaintext_);
  if (!size) return ReplyVerdict::NotGenuine;
  InnerWalker inner(ByteView(plaintext_).first(*size));
  while (const auto field = inner.next()) {
    if (static_cast<FieldType>(field->type) != FieldType::Cookie) continue;
    ++reply.cookies_received;
    reply.cookies.add(field->value);
  }
  if (inner.complete()) return ReplyVerdict::Genuine;
  reply = {};
  return ReplyVerdict::BadInnerFields;
}

}  // namespace ntp::nts
