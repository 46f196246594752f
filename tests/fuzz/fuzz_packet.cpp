// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>
#include <cstdlib>

#include "libntp/wire/extension.h"

// Any octets: a header that decodes encodes to the same octets, and the layout of a whole packet
// adds up to its size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView datagram(data, size);
  const auto header = ntp::wire::decode_header(datagram);
  if (header.has_value() != (size >= ntp::wire::kHeaderSize)) std::abort();
  if (header) {
    std::array<std::uint8_t, ntp::wire::kHeaderSize> again{};
    ntp::ByteWriter out(again);
    ntp::wire::encode_header(*header, out);
    if (!out.ok() || !std::equal(again.begin(), again.end(), datagram.begin())) std::abort();
  }
  const auto layout = ntp::wire::parse_packet(datagram);
  if (layout && layout->header.version >= 4) {
    const std::size_t mac = layout->mac ? 4 + layout->mac->digest.size() : 0;
    if (ntp::wire::kHeaderSize + layout->extensions_size + mac != size) std::abort();
  }
  return 0;
}
