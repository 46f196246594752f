// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/server_packets.h"

#include <algorithm>
#include <utility>

#include "libntp/nts/cookie_jar.h"
#include "libntp/nts/fields.h"
#include "libntp/wire/packet.h"

namespace ntp::nts {
namespace {

/// Well-formed, and of one size as the cookie: what a reply gives back takes no more room.
bool are_sound(const Fields& fields) {
  return fields.unique_id.size() >= kUniqueIdSize && !fields.cookie.empty() &&
         (fields.placeholders == 0 || fields.placeholder_size == fields.cookie.size());
}

/// RFC 8915 section 5.6: a client leaves room for the server's nonce, if its own is shorter.
bool leaves_room_for_nonce(const Authenticator& authenticator, std::size_t nonce_size) {
  return padded(authenticator.nonce.size()) + authenticator.additional_padding >= nonce_size;
}

/// Placeholders in the encrypted part; nothing if it is malformed.
std::optional<std::size_t> count_placeholders(ByteView plaintext, std::size_t cookie) {
  InnerWalker inner(plaintext);
  std::size_t count = 0;
  while (const auto field = inner.next()) {
    if (static_cast<FieldType>(field->type) != FieldType::CookiePlaceholder) continue;
    if (field->value.size() != cookie) return std::nullopt;
    ++count;
  }
  if (!inner.complete()) return std::nullopt;
  return count;
}

}  // namespace

std::string_view describe(RequestVerdict verdict) {
  switch (verdict) {
    case RequestVerdict::Genuine:
      return "genuine";
    case RequestVerdict::Nak:
      return "wrong NTS cookie or authenticator";
    case RequestVerdict::NotProtected:
      return "not protected by NTS";
    case RequestVerdict::Malformed:
      return "malformed NTS fields";
    case RequestVerdict::TooLong:
      return "too long for NTS";
  }
  return "";
}

Result<ServerPackets> ServerPackets::make(CookieBox& cookies, Random& random) {
  if (auto works = crypto::known_answer_test(); !works) return fail(works.error().message);
  ServerPackets result(cookies, random);
  for (std::size_t i = 0; i < crypto::kAeads.size(); ++i) {
    const crypto::AeadId id = crypto::kAeads[i].id;
    if (!crypto::aead_available(id)) continue;
    auto aead = crypto::Aead::make(id);
    if (!aead) return fail(aead.error().message);
    result.aeads_[i] = std::move(*aead);
  }
  return result;
}

crypto::Aead* ServerPackets::aead_for(crypto::AeadId id) {
  for (auto& aead : aeads_) {
    if (aead && aead->id() == id) return &*aead;
  }
  return nullptr;
}

RequestVerdict ServerPackets::open(ByteView datagram) {
  stage_ = Stage::Idle;
  const RequestVerdict verdict = judge(datagram);
  ++(verdict == RequestVerdict::Genuine ? counters_.good : counters_.bad);
  if (verdict == RequestVerdict::Genuine) {
    stage_ = Stage::Genuine;
    return verdict;
  }
  if (verdict == RequestVerdict::Nak) stage_ = Stage::Nak;
  keys_.c2s.clear();
  keys_.s2c.clear();
  return verdict;
}

RequestVerdict ServerPackets::judge(ByteView datagram) {
  if (datagram.size() < wire::kHeaderSize || wire::version_of(datagram) != wire::kVersion ||
      wire::mode_of(datagram) != wire::Mode::Client) {
    return RequestVerdict::NotProtected;
  }
  if (datagram.size() > kMaxPacket) return RequestVerdict::TooLong;
  const Fields fields = read_fields(datagram);
  if (fields.flaw == Fields::Flaw::NoAuthenticator) return RequestVerdict::NotProtected;
  if (fields.flaw == Fields::Flaw::Malformed || !are_sound(fields)) {
    return RequestVerdict::Malformed;
  }
  datagram_ = datagram;
  unique_id_ = fields.unique_id;
  return verify(fields);
}

RequestVerdict ServerPackets::verify(const Fields& fields) {
  if (!cookies_->open(fields.cookie, keys_)) return RequestVerdict::Nak;
  crypto::Aead* const aead = aead_for(keys_.aead);
  if (aead == nullptr) return RequestVerdict::Nak;
  const Authenticator& authenticator = fields.authenticator;
  if (!leaves_room_for_nonce(authenticator, crypto::traits(keys_.aead).nonce_size)) {
    return RequestVerdict::Malformed;
  }
  if (!aead->set_key(keys_.c2s.view())) return RequestVerdict::Nak;
  const auto size = aead->open(datagram_.first(fields.covered), authenticator.nonce,
                               authenticator.ciphertext, plaintext_);
  if (!size) return RequestVerdict::Nak;
  const auto inner = count_placeholders(ByteView(plaintext_).first(*size), fields.cookie.size());
  if (!inner) return RequestVerdict::Malformed;
  wanted_ = std::min(kMaxCookies, 1 + fields.placeholders + *inner);
  return RequestVerdict::Genuine;
}

std::size_t ServerPackets::prepare(ByteSpan out) {
  if (stage_ != Stage::Genuine) return 0;
  stage_ = Stage::Idle;
  const crypto::AeadTraits& its = crypto::traits(keys_.aead);
  const std::size_t cookie = cookie_size(keys_.aead);
  const std::size_t field = kFieldHeader + cookie;
  covered_ = wire::kHeaderSize + kFieldHeader + unique_id_.size();
  const std::size_t fixed = covered_ + kNonceAt + its.nonce_size + crypto::kTagSize;
  if (fixed + field > datagram_.size() || fixed + field > out.size()) return 0;
  const std::size_t room = std::min(datagram_.size(), out.size()) - fixed;
  plaintext_size_ = std::min(wanted_, room / field) * field;

  ByteWriter front(out.subspan(wire::kHeaderSize));
  write_field_header(front, FieldType::UniqueIdentifier, unique_id_.size());
  front.bytes(unique_id_);
  write_authenticator_header(front, its.nonce_size, plaintext_size_ + crypto::kTagSize);
  random_->fill(out.subspan(covered_ + kNonceAt, its.nonce_size));
  ByteSpan plaintext =
      out.subspan(fixed - crypto::kTagSize + its.plaintext_offset, plaintext_size_);
  while (!plaintext.empty()) {
    ByteWriter header(plaintext);
    write_field_header(header, FieldType::Cookie, cookie);
    if (!cookies_->seal(keys_, *random_, plaintext.subspan(kFieldHeader, cookie))) return 0;
    plaintext = plaintext.subspan(field);
  }
  crypto::Aead* const aead = aead_for(keys_.aead);
  const bool keyed = aead != nullptr && aead->set_key(keys_.s2c.view());
  keys_.c2s.clear();
  keys_.s2c.clear();
  if (!keyed) return 0;
  stage_ = Stage::Prepared;
  return fixed + plaintext_size_;
}

std::size_t ServerPackets::finish(ByteSpan out) {
  if (stage_ != Stage::Prepared) return 0;
  stage_ = Stage::Idle;
  const crypto::AeadTraits& its = crypto::traits(keys_.aead);
  const ByteView nonce = out.subspan(covered_ + kNonceAt, its.nonce_size);
  const std::size_t box_at = covered_ + kNonceAt + its.nonce_size;
  const ByteSpan box = out.subspan(box_at, plaintext_size_ + crypto::kTagSize);
  const ByteView plaintext = box.subspan(its.plaintext_offset, plaintext_size_);
  if (!aead_for(keys_.aead)->seal(out.first(covered_), nonce, plaintext, box)) return 0;
  ++counters_.sent;
  return box_at + box.size();
}

std::size_t ServerPackets::make_nak(ByteSpan out) {
  if (stage_ != Stage::Nak) return 0;
  stage_ = Stage::Idle;
  const auto request = wire::decode_header(datagram_);
  if (!request) return 0;
  wire::Header nak;
  nak.leap = Leap::Unsynchronized;
  nak.mode = wire::Mode::Server;
  nak.poll = request->poll;
  nak.reference_id = kNak;
  nak.origin = nak.receive = nak.transmit = request->transmit;
  ByteWriter writer(out);
  wire::encode_header(nak, writer);
  write_field_header(writer, FieldType::UniqueIdentifier, unique_id_.size());
  writer.bytes(unique_id_);
  if (!writer.ok()) return 0;
  ++counters_.naks;
  return writer.size();
}

}  // namespace ntp::nts
