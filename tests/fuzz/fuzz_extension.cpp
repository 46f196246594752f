// SPDX-License-Identifier: BSD-2-Clause
#include <cstdlib>

#include "libntp/wire/extension.h"

// Any octets: the walker ends, its fields follow each other without a gap inside the datagram, and
// what is left without an error is a trailer that has the size of one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView datagram(data, size);
  ntp::wire::ExtensionWalker walker(datagram);
  std::size_t position = ntp::wire::kHeaderSize;
  while (const auto field = walker.next()) {
    if (field->offset != position || field->value.size() < 12 || field->value.size() % 4 != 0) {
      std::abort();
    }
    if (field->value.data() != data + position + 4) std::abort();
    position += field->value.size() + 4;
    if (position > size) std::abort();
  }
  if (walker.next()) std::abort();
  const bool modern = ntp::wire::version_of(datagram) >= 4;
  if (!walker.error() && modern && !walker.trailer().empty() &&
      !ntp::wire::parse_mac(walker.trailer())) {
    std::abort();
  }
  return 0;
}
