// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cstdlib>

#include "tests/fuzz/nts_fixture.h"

namespace {

using ntp::nts::ReplyVerdict;

/// A genuine reply whose encrypted fields are the input.
std::vector<std::uint8_t> sealed(ntp::ByteView inner, const ntp::nts::UniqueId& id) {
  const auto keys = ntp::fuzz::fixed_session();
  const std::size_t padded = (inner.size() + 3) / 4 * 4;
  std::vector<std::uint8_t> packet(48 + 36 + 24 + padded + 16);
  packet[0] = 0x24;
  ntp::ByteWriter out(ntp::ByteSpan(packet).subspan(48));
  out.u16(0x0104);
  out.u16(36);
  out.bytes(id);
  out.u16(0x0404);
  out.u16(static_cast<std::uint16_t>(24 + padded + 16));
  out.u16(16);
  out.u16(static_cast<std::uint16_t>(inner.size() + 16));
  auto aead = ntp::crypto::Aead::make(keys.aead);
  if (!aead || !aead->set_key(keys.s2c.view())) std::abort();
  const ntp::ByteView whole(packet);
  if (!aead->seal(whole.first(84), whole.subspan(92, 16), inner,
                  ntp::ByteSpan(packet).subspan(108))) {
    std::abort();
  }
  return packet;
}

}  // namespace

// Any datagram is no genuine reply to a client whose keys are unknown; any octets inside a genuine
// one give cookies that can be used, or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ntp::nts::ClientPackets client = [] {
    auto made = ntp::nts::ClientPackets::make(ntp::fuzz::fixed_session());
    if (!made) std::abort();
    return std::move(*made);
  }();
  ntp::nts::UniqueId id{};
  if (size >= 84) std::copy_n(data + 52, id.size(), id.begin());
  ntp::nts::Reply reply;
  if (client.verify({data, size}, id, reply) == ReplyVerdict::Genuine) std::abort();
  if (!reply.cookies.empty()) std::abort();
  if (size > 1500) return 0;
  const auto verdict = client.verify(sealed({data, size}, id), id, reply);
  if (verdict != ReplyVerdict::Genuine && verdict != ReplyVerdict::BadInnerFields) std::abort();
  for (const auto& cookie : reply.cookies) {
    if (!ntp::nts::Cookie::is_usable(cookie.size())) std::abort();
  }
  return 0;
}
