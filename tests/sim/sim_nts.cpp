// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_nts.h"

#include <algorithm>
#include <array>

#include "libntp/nts/fields.h"
#include "libntp/wire/packet.h"

namespace ntp::sim {
namespace {

constexpr Duration kTurnaround = std::chrono::microseconds(10);
constexpr Duration kExchangeTime = std::chrono::milliseconds(50);

wire::Header header_of_reply(const wire::Header& request, WallTime received) {
  wire::Header reply;
  reply.leap = Leap::None;
  reply.mode = wire::Mode::Server;
  reply.stratum = 1;
  reply.precision = -24;
  reply.reference_id = RefId::from_text("GPS");
  reply.origin = request.transmit;
  reply.receive = NtpTimestamp::from_wall(received);
  reply.transmit = NtpTimestamp::from_wall(received + kTurnaround);
  reply.reference = NtpTimestamp::from_wall(received - std::chrono::seconds(10));
  return reply;
}

}  // namespace

NtsServer::NtsServer(SimNetwork& network, const Address& address)
    : network_(network),
      world_(network.world()),
      address_(address),
      stack_(
          network, {address}, [this] { return world_.utc(); }, "NTS " + address.to_string()),
      random_(world_.random("NTS random " + address.to_string())),
      keys_(nts::CookieKeys::generate(world_.utc(), random_)),
      box_(nts::CookieBox::make(keys_).value()),
      packets_(nts::ServerPackets::make(box_, random_).value()) {
  ke.aeads = {crypto::AeadId::AesSivCmac256, crypto::AeadId::AesSivCmac512};
  stack_.serve([this](const Datagram& datagram, const SimStack::Reply&) { answer(datagram); });
}

void NtsServer::rotate() {
  if (keys_.rotate(WallTime(std::chrono::seconds(keys_.started() + nts::CookieKeys::kRotation)),
                   random_)) {
    (void)box_.set_keys(keys_);
  }
}

void NtsServer::lose_keys() {
  keys_ = nts::CookieKeys::generate(world_.utc(), random_);
  (void)box_.set_keys(keys_);
}

Result<nts::KeResult> NtsServer::establish(const nts::KeRequest& request) {
  ++exchanges_;
  if (ke_failure) return fail(*ke_failure);
  nts::KeClient client(request.offer);
  nts::KeServer server(ke);
  nts::SessionKeys keys;
  if (server.feed(client.request()) == nts::KeServer::State::Agreed) {
    keys.aead = server.aead();
    random_.fill(keys.c2s.resize(crypto::traits(keys.aead).key_size));
    random_.fill(keys.s2c.resize(crypto::traits(keys.aead).key_size));
    server.grant(keys, box_, random_);
  }
  if (client.feed(server.reply()) != nts::KeClient::State::Done) return fail(client.error());
  return nts::KeResult{client.agreement(), keys, address_};
}

void NtsServer::note_cookie(ByteView datagram) {
  const nts::Fields fields = nts::read_fields(datagram);
  const std::vector<std::uint8_t> id(fields.unique_id.begin(), fields.unique_id.end());
  const std::vector<std::uint8_t> cookie(fields.cookie.begin(), fields.cookie.end());
  // The network may bring a request twice; the client must not make two of one cookie.
  if (seen_.emplace(cookie, id).first->second != id) ++reused_;
}

void NtsServer::send(const Datagram& datagram, ByteView payload) {
  const Packet packet{{address_, kNtpPort}, datagram.remote, {payload.begin(), payload.end()}};
  world_.after(kTurnaround, [this, packet] { network_.send(packet); });
}

void NtsServer::answer(const Datagram& datagram) {
  const auto request = wire::decode_header(datagram.payload);
  if (!request || request->mode != wire::Mode::Client) return;
  std::array<std::uint8_t, nts::kMaxPacket> out{};
  const auto verdict = packets_.open(datagram.payload);
  if (verdict != nts::RequestVerdict::NotProtected) note_cookie(datagram.payload);
  if (silent) return;
  wire::Header reply = header_of_reply(*request, datagram.received);
  if (naked_kiss) {
    reply.leap = Leap::Unsynchronized;
    reply.stratum = 0;
    reply.reference_id = *naked_kiss;
    ByteWriter writer(out);
    wire::encode_header(reply, writer);
    return send(datagram, writer.written());
  }
  if (verdict == nts::RequestVerdict::Nak) {
    return send(datagram, ByteView(out).first(packets_.make_nak(out)));
  }
  if (verdict != nts::RequestVerdict::Genuine || packets_.prepare(out) == 0) return;
  ByteWriter writer(out);
  wire::encode_header(reply, writer);
  ++answered_;
  send(datagram, ByteView(out).first(packets_.finish(out)));
}

struct SimKeyEstablishment::Exchange final : nts::KeExchange {
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

std::unique_ptr<nts::KeExchange> SimKeyEstablishment::start(nts::KeRequest request,
                                                            Callback callback) {
  auto exchange = std::make_unique<Exchange>();
  starts_.push_back(world_.now());
  const std::string host = request.host;
  const Family family = request.family;
  auto ask = [this, alive = std::weak_ptr(exchange->alive), request = std::move(request),
              callback = std::move(callback)](Result<std::vector<Address>> addresses) {
    if (alive.expired()) return;
    Result<nts::KeResult> result = fail("no server for key establishment there");
    if (!addresses) {
      result = fail("DNS lookup: " + addresses.error().message);
    } else {
      if (request.rank) {
        std::stable_sort(addresses->begin(), addresses->end(),
                         [&](auto& a, auto& b) { return request.rank(a) < request.rank(b); });
      }
      for (const Address& address : *addresses) {
        if (result || !servers_.contains(address)) continue;
        result = servers_.at(address)->establish(request);
      }
    }
    world_.after(kExchangeTime, [alive, callback, result] {
      if (!alive.expired()) callback(result);
    });
  };
  resolver_.resolve(host, family, std::move(ask));
  return exchange;
}

}  // namespace ntp::sim
