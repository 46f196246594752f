// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/wire/signing.h"

#include <algorithm>
#include <string>

namespace ntp::wire {
namespace {

constexpr std::uint32_t kProtocol = 0;
constexpr std::uint32_t kSign = 0;
constexpr std::uint32_t kSigned = 3;

}  // namespace

bool asks_for_signature(ByteView datagram) {
  if (datagram.size() != kHeaderSize + kSignature) return false;
  const ByteView signature = datagram.subspan(kHeaderSize + 4);
  return std::all_of(signature.begin(), signature.end(), [](auto octet) { return octet == 0; });
}

std::array<std::uint8_t, kSigningRequest> signing_request(std::uint32_t number, ByteView key,
                                                          ByteView reply) {
  std::array<std::uint8_t, kSigningRequest> frame{};
  ByteWriter writer(frame);
  writer.u32(static_cast<std::uint32_t>(kSigningRequest - kSigningLength));
  writer.u32(kProtocol);
  writer.u32(kSign);
  writer.u32(number);
  writer.bytes(key);
  writer.bytes(reply);
  return frame;
}

Result<std::size_t> signing_answer_length(ByteView octets) {
  const std::size_t length = ByteReader(octets).u32();
  if (length != kSigningRefusal && length != kSigningAnswer) {
    return fail("the answer's length is " + std::to_string(length));
  }
  return length;
}

Result<ByteView> signed_reply(ByteView answer, std::uint32_t number) {
  ByteReader reader(answer);
  reader.u32();  // version, which Samba does not look at either
  const std::uint32_t operation = reader.u32();
  const std::uint32_t answered = reader.u32();
  if (!reader.ok()) return fail("the answer is cut short");
  if (operation != kSigned) return fail("refused with " + std::to_string(operation));
  if (answered != number) return fail("the answer is to another request");
  const ByteView reply = reader.take(kHeaderSize + kSignature);
  if (!reader.ok() || reader.remaining() != 0) return fail("the answer has no signed reply");
  return reply;
}

}  // namespace ntp::wire
