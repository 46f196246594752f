// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_network.h"

#include <stdexcept>

namespace ntp::sim {

SimNetwork::SimNetwork(World& world) : world_(world), random_(world.random("network")) {}

Path& SimNetwork::path(const Address& from, const Address& to) {
  return paths_.try_emplace({from, to}, default_path_).first->second;
}

void SimNetwork::connect(const Address& a, const Address& b, const Path& both) {
  path(a, b) = both;
  path(b, a) = both;
}

void SimNetwork::cut(const Address& a, const Address& b, bool is_cut) {
  path(a, b).cut = is_cut;
  path(b, a).cut = is_cut;
}

void SimNetwork::attach(const Address& address, SimStack& stack) {
  if (!stacks_.emplace(address, &stack).second) {
    throw std::logic_error("two hosts have the address " + address.to_string());
  }
}

void SimNetwork::detach(const Address& address) { stacks_.erase(address); }

void SimNetwork::send(Packet packet) {
  ++counters_.sent;
  const auto own = paths_.find({packet.source.address, packet.destination.address});
  const Path& way = own == paths_.end() ? default_path_ : own->second;
  const bool passes = !way.cut && !random_.chance(way.loss) && (!filter_ || filter_(packet));
  if (!passes) {
    ++counters_.lost;
    return;
  }
  if (random_.chance(way.duplication)) {
    ++counters_.duplicated;
    carry(packet, way);
  }
  carry(std::move(packet), way);
}

void SimNetwork::carry(Packet packet, const Path& way) {
  Duration delay = from_seconds(way.delay(random_, world_.now()));
  if (random_.chance(way.reordering)) {
    ++counters_.reordered;
    delay += way.hold;
  }
  inject(std::move(packet), std::max(delay, Duration::zero()));
}

void SimNetwork::inject(Packet packet, Duration delay) {
  world_.after(delay, [this, packet = std::move(packet)] { deliver(packet); });
}

void SimNetwork::deliver(const Packet& packet) {
  const auto found = stacks_.find(packet.destination.address);
  const bool taken = found != stacks_.end() && found->second->arrive(packet);
  ++(taken ? counters_.delivered : counters_.unreachable);
}

class SimStack::Channel : public ClientChannel {
 public:
  Channel(SimStack& stack, std::shared_ptr<ChannelState> state)
      : stack_(stack), state_(std::move(state)) {}
  ~Channel() override { stack_.close(state_->local.port); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  Result<void> send(ByteView payload) override { return stack_.send(state_, payload); }
  [[nodiscard]] Endpoint local() const override { return state_->local; }

 private:
  SimStack& stack_;
  std::shared_ptr<ChannelState> state_;
};

SimStack::SimStack(SimNetwork& network, std::vector<Address> addresses, WallReader wall,
                   std::string_view name)
    : network_(network),
      addresses_(std::move(addresses)),
      wall_(std::move(wall)),
      random_(network.world().random(name)) {
  for (const Address& address : addresses_) network_.attach(address, *this);
}

SimStack::~SimStack() {
  for (const Address& address : addresses_) network_.detach(address);
}

std::uint16_t SimStack::fresh_port() {
  constexpr std::uint16_t kFirst = 32768;
  constexpr std::uint16_t kCount = 28232;
  std::uint16_t port = 0;
  do {
    port = static_cast<std::uint16_t>(kFirst + random_.bits() % kCount);
  } while (channels_.contains(port));
  return port;
}

Result<std::unique_ptr<ClientChannel>> SimStack::connect(const Endpoint& remote,
                                                         Handlers handlers) {
  if (connect_failure_) return fail(*connect_failure_);
  for (const Address& address : addresses_) {
    if (address.family() != remote.address.family()) continue;
    const Endpoint local{address, fresh_port()};
    auto state = std::make_shared<ChannelState>(ChannelState{local, remote, std::move(handlers)});
    channels_.emplace(local.port, state);
    return std::unique_ptr<ClientChannel>(std::make_unique<Channel>(*this, std::move(state)));
  }
  return fail("no address to reach " + remote.to_string() + " from");
}

Duration SimStack::processing_time() {
  if (!processing_) return Duration::zero();
  const Duration time = from_seconds((*processing_)(random_, network_.world().now()));
  return std::max(time, Duration::zero());
}

Result<void> SimStack::send(const std::shared_ptr<ChannelState>& channel, ByteView payload) {
  if (send_failure_) return fail(*send_failure_);
  Packet packet{channel->local, channel->remote, {payload.begin(), payload.end()}};
  const std::uint32_t number = channel->sent++;
  if (!processing_) {
    transmit(std::move(packet), channel, number);
    return {};
  }
  network_.world().after(processing_time(),
                         [this, alive = std::weak_ptr(alive_), packet = std::move(packet),
                          weak = std::weak_ptr(channel), number]() mutable {
                           if (!alive.expired()) transmit(std::move(packet), weak, number);
                         });
  return {};
}

void SimStack::transmit(Packet packet, const std::weak_ptr<ChannelState>& channel,
                        std::uint32_t number) {
  network_.send(std::move(packet));
  if (!transmit_stamps_) return;
  const auto open = channel.lock();
  if (!open || !open->handlers.on_sent) return;
  network_.world().after(Duration::zero(), [channel, number, sent = wall_()] {
    const auto still_open = channel.lock();
    if (still_open) still_open->handlers.on_sent(number, sent);
  });
}

bool SimStack::arrive(const Packet& packet) {
  const WallTime received = wall_();
  if (packet.destination.port == kNtpPort) {
    if (!server_) return false;
    if (!processing_) {
      hand_to_server(packet, received);
      return true;
    }
    network_.world().after(processing_time(),
                           [this, alive = std::weak_ptr(alive_), packet, received] {
                             if (!alive.expired()) hand_to_server(packet, received);
                           });
    return true;
  }
  const auto found = channels_.find(packet.destination.port);
  if (found == channels_.end()) return false;
  const ChannelState& state = *found->second;
  if (state.remote != packet.source || state.local != packet.destination) return false;
  const auto hand_over = [weak = std::weak_ptr(found->second), packet, received] {
    // The handler may close its own channel.
    const auto open = weak.lock();
    if (!open) return;
    open->handlers.on_datagram(
        Datagram{packet.payload, packet.source, packet.destination.address, received});
  };
  if (processing_) {
    network_.world().after(processing_time(), hand_over);
  } else {
    hand_over();
  }
  return true;
}

void SimStack::hand_to_server(const Packet& packet, WallTime received) {
  if (!server_) return;
  const Server server = server_;
  server(Datagram{packet.payload, packet.source, packet.destination.address, received},
         [this, &packet](ByteView payload) {
           network_.send({packet.destination, packet.source, {payload.begin(), payload.end()}});
         });
}

}  // namespace ntp::sim
