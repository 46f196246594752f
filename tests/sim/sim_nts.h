// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libntp/nts/cookie_box.h"
#include "libntp/nts/cookie_keys.h"
#include "libntp/nts/ke_server.h"
#include "libntp/nts/key_establishment.h"
#include "libntp/nts/server_packets.h"
#include "tests/sim/random.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// A time server that knows NTS, with the service that establishes keys for it: true time, no TLS.
class NtsServer {
 public:
  NtsServer(SimNetwork& network, const Address& address);
  NtsServer(const NtsServer&) = delete;
  NtsServer& operator=(const NtsServer&) = delete;

  /// What its key establishment tells its clients beside cookies.
  nts::KeServerOptions ke;
  /// Key establishment fails with this reason.
  std::optional<std::string> ke_failure;
  /// Every reply is this kiss, without protection.
  std::optional<RefId> naked_kiss;
  bool silent = false;

  [[nodiscard]] const Address& address() const { return address_; }
  /// New keys; requests with old cookies are answered as long as the key is kept.
  void rotate();
  /// All keys are others.
  void lose_keys();
  /// Answers a request for keys.
  Result<nts::KeResult> establish(const nts::KeRequest& request);

  [[nodiscard]] int exchanges() const { return exchanges_; }
  [[nodiscard]] int answered() const { return answered_; }
  /// Requests with a cookie that another one had.
  [[nodiscard]] int reused_cookies() const { return reused_; }

 private:
  void answer(const Datagram& datagram);
  void note_cookie(ByteView datagram);
  void send(const Datagram& datagram, ByteView payload);

  SimNetwork& network_;
  World& world_;
  Address address_;
  SimStack stack_;
  SimRandom random_;
  nts::CookieKeys keys_;
  nts::CookieBox box_;
  nts::ServerPackets packets_;
  std::map<std::vector<std::uint8_t>, std::vector<std::uint8_t>> seen_;  // cookie, identifier
  int exchanges_ = 0;
  int answered_ = 0;
  int reused_ = 0;
};

/// Key establishment over the simulated network: looks the host up and asks the server there.
class SimKeyEstablishment final : public nts::KeyEstablishment {
 public:
  SimKeyEstablishment(World& world, Resolver& resolver) : world_(world), resolver_(resolver) {}

  /// Who answers at an address; all clients have to be told.
  void add(const Address& address, NtsServer& server) { servers_[address] = &server; }
  std::unique_ptr<nts::KeExchange> start(nts::KeRequest request, Callback callback) override;
  [[nodiscard]] const std::vector<TrueTime>& starts() const { return starts_; }

 private:
  struct Exchange;

  World& world_;
  Resolver& resolver_;
  std::map<Address, NtsServer*> servers_;
  std::vector<TrueTime> starts_;
};

}  // namespace ntp::sim
