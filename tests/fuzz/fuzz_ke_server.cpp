// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <cstdlib>

#include "libntp/nts/ke_client.h"
#include "libntp/nts/ke_server.h"
#include "tests/fuzz/nts_fixture.h"

namespace {

using ntp::crypto::AeadId;
using ntp::nts::KeServer;

ntp::nts::SessionKeys keys_for(AeadId id) {
  const std::vector<std::uint8_t> key(ntp::crypto::traits(id).key_size, 7);
  ntp::nts::SessionKeys keys;
  keys.aead = id;
  keys.c2s.assign(key);
  keys.s2c.assign(key);
  return keys;
}

void serve(KeServer& server, ntp::ByteView data, std::size_t step, ntp::nts::CookieBox& box,
           ntp::Random& random) {
  while (!data.empty()) {
    const std::size_t size = std::min(step, data.size());
    server.feed(data.first(size));
    data = data.subspan(size);
  }
  if (server.state() == KeServer::State::Agreed) {
    server.grant(keys_for(server.aead()), box, random);
  }
  server.expire();
}

}  // namespace

// Any request for key establishment: there is one whole reply, the same however the request is
// split, and a client reads it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ntp::nts::CookieBox box = ntp::fuzz::fixed_box();
  static const ntp::nts::KeServerOptions options{
      {AeadId::AesSivCmac256, AeadId::AesSivCmac512, AeadId::Aes128GcmSiv}, "ntp.example", 1123};
  ntp::test::SeededRandom random;
  KeServer whole(options);
  KeServer split(options);
  serve(whole, {data, size}, size + 1, box, random);
  serve(split, {data, size}, 1 + (size == 0 ? 0 : data[size - 1] % 7), box, random);
  if (whole.state() != KeServer::State::Replied || whole.outcome() != split.outcome() ||
      whole.reply().size() != split.reply().size() || whole.reason() != split.reason()) {
    std::abort();
  }
  ntp::nts::KeClient client({AeadId::AesSivCmac256, AeadId::AesSivCmac512, AeadId::Aes128GcmSiv});
  client.feed(whole.reply());
  client.end();
  const bool granted = whole.outcome() == KeServer::Outcome::Granted;
  if ((client.state() == ntp::nts::KeClient::State::Done) != granted) std::abort();
  if (granted && client.agreement().cookies.size() != 8) std::abort();
  return 0;
}
