// SPDX-License-Identifier: BSD-2-Clause
#include <array>
#include <cstdlib>

#include "ntpd/server/server.h"
#include "tests/support/fixed_host.h"

namespace {

constexpr std::size_t kPrefixSize = 8;

/// The restrictions that the first octets of the input choose.
ntp::config::Settings settings_of(std::uint32_t flags) {
  ntp::config::Settings settings;
  ntp::config::RestrictSettings line;
  line.subject = ntp::config::RestrictSettings::Subject::Default;
  line.remove = true;
  line.flags = ~0U;
  settings.restrictions.push_back(line);
  line.remove = false;
  line.flags = flags;
  settings.restrictions.push_back(line);
  // Small, so that a run is quick.
  settings.mru.min_depth = 1;
  settings.mru.max_depth = 16;
  return settings;
}

}  // namespace

/// The key of the MACs in the seeds: 1, MD5, `secret`.
void give_key(ntp::crypto::KeyRing& ring) {
  ntp::crypto::KeyRing::Keys keys;
  const auto type = ntp::crypto::find_mac_type("MD5");
  if (!type) std::abort();
  if (auto key = ntp::crypto::MacKey::make(*type, ntp::as_bytes("secret"))) {
    keys.emplace(1, *std::move(key));
  }
  ring.set_keys(std::move(keys));
  ring.trust(1, 1);
}

// Eight octets of flags, sender and time, then a datagram that comes several times: a reply is a
// packet of 48 octets, or of 68 with a MAC, never longer than the request and never without a
// reason to send it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kPrefixSize) return 0;
  ntp::ByteReader in(ntp::ByteView(data, size));
  const std::uint32_t flags = in.u16() & 0x3fff;
  const ntp::Address address = ntp::Address::v4(in.u32());
  const auto gap = std::chrono::milliseconds(in.u16());
  const ntp::ByteView payload = in.take(in.remaining());

  ntp::test::FixedClock clock;
  ntp::test::SeededRandom random;
  ntp::server::Server server(settings_of(flags), random);
  ntp::crypto::KeyRing ring;
  give_key(ring);
  server.use_keys(ring);
  std::array<std::uint8_t, ntp::server::kMaxReply> out{};
  for (int i = 0; i < 40; ++i) {
    const auto outcome = server.handle({payload, {address, 123}, {}, clock.wall()}, clock, out);
    clock.advance(gap);
    const bool replies = outcome.action == ntp::server::Outcome::Action::Reply;
    if (outcome.reason.has_value() != (outcome.action == ntp::server::Outcome::Action::Drop)) {
      std::abort();
    }
    if (!replies) continue;
    constexpr std::size_t kWithMac = ntp::wire::kHeaderSize + 20;
    if (outcome.size != ntp::wire::kHeaderSize && outcome.size != kWithMac) std::abort();
    if (outcome.size > payload.size()) std::abort();
    const auto reply = ntp::wire::decode_header(out);
    if (reply->mode != ntp::wire::Mode::Server &&
        reply->mode != ntp::wire::Mode::SymmetricPassive) {
      std::abort();
    }
    if (reply->version != ntp::wire::version_of(payload)) std::abort();
  }
  if (server.counters().received != 40) std::abort();
  return 0;
}
