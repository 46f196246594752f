// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libntp/core/seams.h"
#include "tests/sim/delay_law.h"
#include "tests/sim/world.h"

namespace ntp::sim {

/// A datagram under way.
struct Packet {
  Endpoint source;
  Endpoint destination;
  std::vector<std::uint8_t> payload;
};

class SimStack;

/// The wires between the stacks. Paths are kept by pairs of addresses, one for each direction.
class SimNetwork {
 public:
  /// Sees each packet as it is sent, may change it, and says whether it goes on its way.
  using Filter = std::function<bool(Packet&)>;

  explicit SimNetwork(World& world);
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  [[nodiscard]] World& world() { return world_; }

  /// The path of everybody who has none of his own.
  Path& default_path() { return default_path_; }
  /// The path from one address to another, made as a copy of the default one when first asked for.
  Path& path(const Address& from, const Address& to);
  /// Both directions alike.
  void connect(const Address& a, const Address& b, const Path& path);
  /// Nothing passes either way while cut.
  void cut(const Address& a, const Address& b, bool is_cut = true);
  void set_filter(Filter filter) { filter_ = std::move(filter); }

  /// Sends a packet along the path of its addresses, whoever it claims to be from.
  void send(Packet packet);
  /// Puts a packet that nobody sent before its destination, after `delay`: source, port and content
  /// are whatever the forger likes.
  void inject(Packet packet, Duration delay = Duration::zero());

  struct Counters {
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;  // by chance, a cut or the filter
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0;
    std::uint64_t delivered = 0;
    std::uint64_t unreachable = 0;  // no such address, or nobody listens there
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  friend class SimStack;

  void attach(const Address& address, SimStack& stack);
  void detach(const Address& address);
  void carry(Packet packet, const Path& path);
  void deliver(const Packet& packet);

  World& world_;
  RandomStream random_;
  Path default_path_;
  std::map<std::pair<Address, Address>, Path> paths_;
  std::map<Address, SimStack*> stacks_;
  Filter filter_;
  Counters counters_;
};

/// One host's end of the network: client channels, and a server on port 123.
class SimStack : public ClientNetwork {
 public:
  using WallReader = std::function<WallTime()>;
  using Reply = std::function<void(ByteView)>;
  using Server = std::function<void(const Datagram&, const Reply&)>;

  /// Arriving and leaving datagrams are stamped with what `wall` reads. Channels must be gone
  /// before the stack is.
  SimStack(SimNetwork& network, std::vector<Address> addresses, WallReader wall,
           std::string_view name);
  ~SimStack() override;
  SimStack(const SimStack&) = delete;
  SimStack& operator=(const SimStack&) = delete;

  Result<std::unique_ptr<ClientChannel>> connect(const Endpoint& remote,
                                                 Handlers handlers) override;

  /// Who answers on port 123; an empty one closes it.
  void serve(Server server) { server_ = std::move(server); }
  [[nodiscard]] const std::vector<Address>& addresses() const { return addresses_; }

  /// Between an event's stamp and the program's hearing of it, and between send() and the wire.
  void set_processing(std::optional<DelayLaw> law) { processing_ = std::move(law); }
  /// Whether the kernel stamps what was sent.
  void set_transmit_stamps(bool on) { transmit_stamps_ = on; }
  /// Sending fails with this reason, until told otherwise.
  void fail_sends(std::optional<std::string> reason) { send_failure_ = std::move(reason); }
  /// Opening channels fails with this reason, until told otherwise.
  void fail_connects(std::optional<std::string> reason) { connect_failure_ = std::move(reason); }
  [[nodiscard]] std::size_t open_channels() const { return channels_.size(); }

 private:
  friend class SimNetwork;
  class Channel;
  struct ChannelState {
    Endpoint local;
    Endpoint remote;
    Handlers handlers;
    std::uint32_t sent = 0;
  };

  Result<void> send(const std::shared_ptr<ChannelState>& channel, ByteView payload);
  /// Puts a packet on the wire and tells the channel its stamp.
  void transmit(Packet packet, const std::weak_ptr<ChannelState>& channel, std::uint32_t number);
  void close(std::uint16_t port) { channels_.erase(port); }
  [[nodiscard]] std::uint16_t fresh_port();
  [[nodiscard]] Duration processing_time();
  /// False if nobody listens there.
  bool arrive(const Packet& packet);
  void hand_to_server(const Packet& packet, WallTime received);

  SimNetwork& network_;
  std::vector<Address> addresses_;
  WallReader wall_;
  RandomStream random_;
  Server server_;
  std::map<std::uint16_t, std::shared_ptr<ChannelState>> channels_;
  std::optional<DelayLaw> processing_;
  bool transmit_stamps_ = true;
  std::optional<std::string> send_failure_;
  std::optional<std::string> connect_failure_;
  // Events under way hold this, to notice that the stack is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ntp::sim
