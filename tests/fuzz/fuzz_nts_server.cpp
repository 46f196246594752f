// SPDX-License-Identifier: BSD-2-Clause
#include <cstdlib>

#include "tests/fuzz/nts_fixture.h"

namespace {

using ntp::nts::FieldType;
using ntp::nts::RequestVerdict;

/// Gives the input what only a client with the keys can make: a cookie that opens in place of the
/// first field that has room for it, and a good authenticator over what is in front of the last 40
/// octets.
std::vector<std::uint8_t> with_protection(ntp::ByteView input, ntp::nts::CookieBox& box,
                                          ntp::Random& random) {
  std::vector<std::uint8_t> packet(input.begin(), input.end());
  const auto keys = ntp::fuzz::fixed_session();
  if (packet.size() < 232 || packet.size() > ntp::nts::kMaxPacket) return packet;
  if (!box.seal(keys, random, ntp::ByteSpan(packet).subspan(88))) std::abort();
  const std::size_t covered = packet.size() - 40;
  ntp::ByteWriter out(ntp::ByteSpan(packet).subspan(covered));
  out.u16(static_cast<std::uint16_t>(FieldType::Authenticator));
  out.u16(40);
  out.u16(16);
  out.u16(16);
  auto aead = ntp::crypto::Aead::make(keys.aead);
  if (!aead || !aead->set_key(keys.c2s.view())) std::abort();
  const ntp::ByteSpan rest = ntp::ByteSpan(packet).subspan(covered + 8);
  if (!aead->seal(ntp::ByteView(packet).first(covered), rest.first(16), {}, rest.subspan(16))) {
    std::abort();
  }
  return packet;
}

void answer(ntp::nts::ServerPackets& server, ntp::ByteView datagram) {
  std::vector<std::uint8_t> out(ntp::nts::kMaxPacket);
  const RequestVerdict verdict = server.open(datagram);
  std::size_t size = 0;
  if (verdict == RequestVerdict::Genuine) {
    const std::size_t expected = server.prepare(out);
    size = server.finish(out);
    if (size == 0 || size != expected) std::abort();
    auto client = ntp::nts::ClientPackets::make(ntp::fuzz::fixed_session());
    ntp::nts::UniqueId id{};
    const bool usual = out[50] == 0 && out[51] == 36;
    if (usual) std::copy_n(out.begin() + 52, id.size(), id.begin());
    out[0] = 0x24;
    ntp::nts::Reply reply;
    const auto got = client->verify(ntp::ByteView(out).first(size), id, reply);
    // The header was changed after sealing: the identifier is right, and nothing else is taken.
    if (usual && got != ntp::nts::ReplyVerdict::NotGenuine) std::abort();
  } else if (verdict == RequestVerdict::Nak) {
    size = server.make_nak(out);
    if (size == 0) std::abort();
  }
  if (size > datagram.size()) std::abort();
}

}  // namespace

// Any datagram, and the same with a good cookie and authenticator: no reply is longer than its
// request.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ntp::nts::CookieBox box = ntp::fuzz::fixed_box();
  static ntp::test::SeededRandom random;
  static ntp::nts::ServerPackets server = [] {
    auto made = ntp::nts::ServerPackets::make(box, random);
    if (!made) std::abort();
    return std::move(*made);
  }();
  answer(server, {data, size});
  answer(server, with_protection({data, size}, box, random));
  return 0;
}
