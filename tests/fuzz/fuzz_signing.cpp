// SPDX-License-Identifier: BSD-2-Clause
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "libntp/wire/signing.h"

/// Whatever a signing daemon answers: a reply of one length out of it, or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntp::ByteView octets(data, size);
  const auto length = ntp::wire::signing_answer_length(octets);
  if (length && *length > ntp::wire::kSigningAnswer) std::abort();
  const auto reply = ntp::wire::signed_reply(octets, 1);
  if (reply && reply->size() != ntp::wire::kHeaderSize + ntp::wire::kSignature) std::abort();
  return 0;
}
