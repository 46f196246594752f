// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libntp/nts/client_packets.h"
#include "libntp/nts/server_packets.h"
#include "libntp/wire/packet.h"
#include "tests/support/fixed_host.h"
#include "tests/unit/libntp/nts/sessions.h"

namespace ntp::nts::test {

/// Pieces of a packet that can be put together in any way.
struct Field {
  FieldType type;
  Octets value;
};

inline void append(Octets& packet, const Field& field) {
  Octets octets(4 + field.value.size());
  ByteWriter out(octets);
  out.u16(static_cast<std::uint16_t>(field.type));
  out.u16(static_cast<std::uint16_t>(octets.size()));
  out.bytes(field.value);
  packet.insert(packet.end(), octets.begin(), octets.end());
}

/// A server with one cookie key, and a client that holds cookies of it.
class PacketLab {
 public:
  explicit PacketLab(crypto::AeadId id = crypto::AeadId::AesSivCmac256)
      : cookie_keys(CookieKeys::generate(WallTime(std::chrono::seconds(1)), random)),
        box(std::move(*CookieBox::make(cookie_keys))),
        server(std::move(*ServerPackets::make(box, random))),
        keys(make_keys(id)),
        client(std::move(*ClientPackets::make(keys))) {
    random.fill(unique_id);
  }

  static SessionKeys make_keys(crypto::AeadId id) {
    SessionKeys made;
    made.aead = id;
    made.c2s.assign(Octets(crypto::traits(id).key_size, 0x11));
    made.s2c.assign(Octets(crypto::traits(id).key_size, 0x22));
    return made;
  }
  Cookie cookie() {
    Octets octets(cookie_size(keys.aead));
    EXPECT_TRUE(box.seal(keys, random, octets));
    return *Cookie::from(octets);
  }
  static Octets header(wire::Mode mode = wire::Mode::Client, int version = 4) {
    wire::Header fields;
    fields.mode = mode;
    fields.version = version;
    fields.transmit = NtpTimestamp(0x0123456789abcdef);
    Octets octets(wire::kHeaderSize);
    ByteWriter out(octets);
    wire::encode_header(fields, out);
    return octets;
  }
  Octets request(std::size_t placeholders = 0) {
    Octets packet(2048);
    write_client_header(NtpTimestamp(0x0123456789abcdef), packet);
    packet.resize(client.protect(unique_id, cookie(), placeholders, random, packet));
    EXPECT_FALSE(packet.empty());
    return packet;
  }
  /// Unique identifier and cookie as they should be.
  std::vector<Field> usual_fields() {
    const Cookie fresh = cookie();
    return {{FieldType::UniqueIdentifier, Octets(unique_id.begin(), unique_id.end())},
            {FieldType::Cookie, Octets(fresh.view().begin(), fresh.view().end())}};
  }
  /// An authenticator over `packet` with a nonce of any length, and what it shall encrypt.
  Octets authenticator(const Octets& packet, ByteView key, const Octets& nonce,
                       const Octets& plaintext = {}, std::size_t padding = 0) const {
    auto aead = crypto::Aead::make(keys.aead);
    EXPECT_TRUE(aead && aead->set_key(key));
    Octets box_octets(plaintext.size() + crypto::kTagSize);
    if (!aead->seal(packet, nonce, plaintext, box_octets)) random_fill(box_octets);
    Octets value(4);
    ByteWriter out(value);
    out.u16(static_cast<std::uint16_t>(nonce.size()));
    out.u16(static_cast<std::uint16_t>(box_octets.size()));
    for (const Octets* part : {&nonce, static_cast<const Octets*>(&box_octets)}) {
      value.insert(value.end(), part->begin(), part->end());
      value.resize((value.size() + 3) / 4 * 4);
    }
    value.resize(value.size() + padding);
    return value;
  }
  /// A request of these fields and an authenticator over them.
  Octets request_of(const std::vector<Field>& fields, const Octets& nonce = Octets(16, 9),
                    const Octets& plaintext = {}, std::size_t padding = 0) const {
    Octets packet = header();
    for (const Field& field : fields) append(packet, field);
    append(packet, {FieldType::Authenticator,
                    authenticator(packet, keys.c2s.view(), nonce, plaintext, padding)});
    return packet;
  }
  /// What the server sends; empty if it is silent.
  Octets answer(const Octets& datagram) {
    Octets out(2048, 0xee);
    std::size_t size = 0;
    last = server.open(datagram);
    if (last == RequestVerdict::Genuine) {
      const std::size_t expected = server.prepare(out);
      EXPECT_NE(expected, 0U);
      const Octets head = header(wire::Mode::Server);
      std::copy(head.begin(), head.end(), out.begin());
      size = server.finish(out);
      EXPECT_EQ(size, expected);
    } else if (last == RequestVerdict::Nak) {
      size = server.make_nak(out);
      EXPECT_EQ(size, 48U + 36U);
    }
    EXPECT_LE(size, datagram.size());
    EXPECT_TRUE(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(size), out.end(),
                            [](std::uint8_t octet) { return octet == 0xee; }));
    out.resize(size);
    return out;
  }
  ReplyVerdict verify(ByteView datagram) { return client.verify(datagram, unique_id, reply); }

  ntp::test::SeededRandom random;
  CookieKeys cookie_keys;
  CookieBox box;
  ServerPackets server;
  SessionKeys keys;
  ClientPackets client;
  UniqueId unique_id{};
  Reply reply;
  RequestVerdict last = RequestVerdict::NotProtected;

 private:
  static void random_fill(Octets& octets) { std::fill(octets.begin(), octets.end(), 0x77); }
};

}  // namespace ntp::nts::test
