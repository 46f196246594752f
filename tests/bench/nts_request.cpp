// SPDX-License-Identifier: BSD-2-Clause
// What a protected request costs the server beyond its datagrams: the cookie opened, the request
// verified, fresh cookies sealed, the reply protected.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "libntp/crypto/random_pool.h"
#include "libntp/nts/client_packets.h"
#include "libntp/nts/server_packets.h"
#include "ntpd/os/random.h"

namespace {

using namespace ntp;

nts::SessionKeys session_keys(crypto::AeadId id) {
  const std::vector<std::uint8_t> key(crypto::traits(id).key_size, 0x42);
  nts::SessionKeys keys;
  keys.aead = id;
  keys.c2s.assign(key);
  keys.s2c.assign(key);
  return keys;
}

/// Arguments: the AEAD, and how many cookies the reply brings.
void serve(benchmark::State& state) {
  const auto id = static_cast<crypto::AeadId>(state.range(0));
  if (!crypto::aead_available(id)) {
    state.SkipWithError("this OpenSSL does not have it");
    return;
  }
  os::SystemRandom system;
  crypto::RandomPool random(system);
  auto box = nts::CookieBox::make(nts::CookieKeys::generate(WallTime(), random));
  auto server = nts::ServerPackets::make(*box, random);
  const auto keys = session_keys(id);
  auto client = nts::ClientPackets::make(keys);
  std::vector<std::uint8_t> cookie(nts::cookie_size(id));
  if (!box->seal(keys, random, cookie)) std::abort();
  std::vector<std::uint8_t> request(nts::kMaxPacket);
  nts::write_client_header(NtpTimestamp(1), request);
  nts::UniqueId unique_id;
  random.fill(unique_id);
  request.resize(client->protect(unique_id, *nts::Cookie::from(cookie),
                                 static_cast<std::size_t>(state.range(1)) - 1, random, request));
  std::vector<std::uint8_t> reply(nts::kMaxPacket);
  for (auto _ : state) {
    if (server->open(request) != nts::RequestVerdict::Genuine) std::abort();
    if (server->prepare(reply) == 0) std::abort();
    benchmark::DoNotOptimize(server->finish(reply));
  }
}
BENCHMARK(serve)->ArgNames({"aead", "cookies"})->Args({15, 1})->Args({15, 2})->Args({15, 8});
BENCHMARK(serve)->ArgNames({"aead", "cookies"})->Args({17, 1})->Args({30, 1})->Args({30, 8});

/// A request whose cookie can't be opened, and its NAK.
void refuse(benchmark::State& state) {
  os::SystemRandom system;
  crypto::RandomPool random(system);
  auto box = nts::CookieBox::make(nts::CookieKeys::generate(WallTime(), random));
  auto server = nts::ServerPackets::make(*box, random);
  auto client = nts::ClientPackets::make(session_keys(crypto::AeadId::AesSivCmac256));
  const std::vector<std::uint8_t> cookie(104, 0x17);
  std::vector<std::uint8_t> request(nts::kMaxPacket);
  nts::write_client_header(NtpTimestamp(1), request);
  request.resize(client->protect(nts::UniqueId{}, *nts::Cookie::from(cookie), 0, random, request));
  std::vector<std::uint8_t> reply(nts::kMaxPacket);
  for (auto _ : state) {
    if (server->open(request) != nts::RequestVerdict::Nak) std::abort();
    benchmark::DoNotOptimize(server->make_nak(reply));
  }
}
BENCHMARK(refuse);

}  // namespace

BENCHMARK_MAIN();
