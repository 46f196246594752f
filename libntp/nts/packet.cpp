// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/nts/packet.h"

#include "libntp/nts/fields.h"
#include "libntp/wire/extension.h"

namespace ntp::nts {

bool looks_protected(ByteView datagram) {
  if (datagram.size() < wire::kHeaderSize || wire::version_of(datagram) != wire::kVersion) {
    return false;
  }
  wire::ExtensionWalker walker(datagram);
  while (const auto field = walker.next()) {
    switch (static_cast<FieldType>(field->type)) {
      case FieldType::UniqueIdentifier:
      case FieldType::Cookie:
      case FieldType::CookiePlaceholder:
      case FieldType::Authenticator:
        return true;
    }
  }
  return false;
}

}  // namespace ntp::nts
