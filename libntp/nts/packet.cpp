// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/packet.h"

#include "libntp/nts/fields.h"
#include "libntp/wire/extension.h"

namespace ntp::nts {
namespace {

bool is_of_nts(std::uint16_t type) {
  switch (static_cast<FieldType>(type)) {
    case FieldType::UniqueIdentifier:
    case FieldType::Cookie:
    case FieldType::CookiePlaceholder:
    case FieldType::Authenticator:
      return true;
  }
  return false;
}

}  // namespace

bool looks_protected(ByteView datagram) {
  if (datagram.size() < wire::kHeaderSize || wire::version_of(datagram) != wire::kVersion) {
    return false;
  }
  wire::ExtensionWalker walker(datagram);
  while (const auto field = walker.next()) {
    if (is_of_nts(field->type)) return true;
  }
  return walker.error() == wire::PacketError::BadExtension &&
         is_of_nts(ByteReader(walker.trailer()).u16());
}

}  // namespace ntp::nts
