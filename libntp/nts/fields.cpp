// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/fields.h"

#include "libntp/crypto/aead.h"
#include "libntp/wire/extension.h"

namespace ntp::nts {
namespace {

/// False if there was one already, or it is empty.
bool set_once(ByteView& field, ByteView value) {
  const bool first = field.data() == nullptr && !value.empty();
  field = value;
  return first;
}

bool add_placeholder(Fields& fields, std::size_t size) {
  if (fields.placeholders++ != 0 && size != fields.placeholder_size) return false;
  fields.placeholder_size = size;
  return true;
}

}  // namespace

std::optional<Authenticator> parse_authenticator(ByteView value) {
  ByteReader in(value);
  const std::size_t nonce_size = in.u16();
  const std::size_t ciphertext_size = in.u16();
  Authenticator result;
  result.nonce = in.take(padded(nonce_size));
  result.ciphertext = in.take(padded(ciphertext_size));
  if (!in.ok() || ciphertext_size < crypto::kTagSize) return std::nullopt;
  result.nonce = result.nonce.first(nonce_size);
  result.ciphertext = result.ciphertext.first(ciphertext_size);
  result.additional_padding = in.remaining();
  return result;
}

Fields read_fields(ByteView datagram) {
  Fields fields;
  wire::ExtensionWalker walker(datagram);
  bool good = true;
  while (good) {
    const auto field = walker.next();
    if (!field) {
      fields.flaw = walker.error() ? Fields::Flaw::Malformed : Fields::Flaw::NoAuthenticator;
      return fields;
    }
    switch (static_cast<FieldType>(field->type)) {
      case FieldType::UniqueIdentifier:
        good = set_once(fields.unique_id, field->value);
        break;
      case FieldType::Cookie:
        good = set_once(fields.cookie, field->value);
        break;
      case FieldType::CookiePlaceholder:
        good = add_placeholder(fields, field->value.size());
        break;
      case FieldType::Authenticator: {
        const auto authenticator = parse_authenticator(field->value);
        if (authenticator) fields.authenticator = *authenticator;
        fields.covered = field->offset;
        fields.flaw = authenticator ? Fields::Flaw::None : Fields::Flaw::Malformed;
        return fields;
      }
    }
  }
  fields.flaw = Fields::Flaw::Malformed;
  return fields;
}

std::optional<InnerField> InnerWalker::next() {
  if (rest_.empty()) return std::nullopt;
  ByteReader in(rest_);
  InnerField field;
  field.type = in.u16();
  const std::size_t size = in.u16();
  if (size < kFieldHeader || size % 4 != 0) return std::nullopt;
  field.value = in.take(size - kFieldHeader);
  if (!in.ok()) return std::nullopt;
  rest_ = rest_.subspan(size);
  return field;
}

void write_field_header(ByteWriter& out, FieldType type, std::size_t value_size) {
  out.u16(static_cast<std::uint16_t>(type));
  out.u16(static_cast<std::uint16_t>(kFieldHeader + value_size));
}

void write_authenticator_header(ByteWriter& out, std::size_t nonce_size,
                                std::size_t ciphertext_size) {
  write_field_header(out, FieldType::Authenticator, 4 + nonce_size + padded(ciphertext_size));
  out.u16(static_cast<std::uint16_t>(nonce_size));
  out.u16(static_cast<std::uint16_t>(ciphertext_size));
  out.zeros(nonce_size);
}

}  // namespace ntp::nts
