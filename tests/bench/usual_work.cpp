// SPDX-License-Identifier: BSD-2-Clause
// Does what a daemon does on most days, for the counts that the `package` preset is optimized for
// (REGULATOR_PROFILE): a client of four servers and a server of four clients for two simulated
// days, and the same traffic through real sockets and timers on the loopback.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "ntpd/io/event_loop.h"
#include "ntpd/io/udp_client.h"
#include "ntpd/io/udp_server.h"
#include "ntpd/os/linux_clock.h"
#include "ntpd/os/random.h"
#include "tests/sim/lab.h"

namespace ntp {
namespace {

bool simulated_days() {
  sim::Lab lab(1);
  for (int i = 0; i < 4; ++i) lab.add_server();
  std::string four;
  for (int i = 1; i <= 4; ++i) four += "server 10.0.0." + std::to_string(i) + " maxpoll 6\n";
  std::vector<sim::SimNode*> nodes;
  nodes.push_back(&lab.add_node(
      {four + "restrict default kod limited nomodify noquery\n", sim::kUsualOscillator, {}}));
  for (int i = 0; i < 4; ++i) {
    nodes.push_back(&lab.add_node({"server 10.0.1.1 maxpoll 6\n", sim::kUsualOscillator, {}}));
  }
  for (sim::SimNode* node : nodes) node->start();
  lab.world.run_for(std::chrono::hours(48));
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const sim::SimNode* node) { return node->synchronized(); });
}

struct Silence final : Log {
  void write(LogLevel, std::string_view) override {}
};

/// As many exchanges as a client of four has in four days; sets and cancels timers as it does.
class Loopback {
 public:
  bool run() {
    io::UdpServer::Options options;
    options.port = 0;
    options.ipv6 = false;
    auto opened = io::UdpServer::open(
        loop_, clock_, log_, options,
        [](const Datagram& request, const auto& reply) { reply(request.payload); });
    if (!opened) return false;
    server_ = std::move(*opened);
    timers_.at(clock_.mono() + std::chrono::minutes(5), [this] { loop_.stop(); });
    ask();
    loop_.run();
    return left_ == 0;
  }

 private:
  void ask() {
    channel_.reset();
    io::UdpNetwork::Handlers handlers;
    handlers.on_datagram = [this](const Datagram&) {
      timers_.cancel(timeout_);
      if (--left_ == 0) {
        loop_.stop();
      } else {
        timers_.at(clock_.mono() + std::chrono::microseconds(50), [this] { ask(); });
      }
    };
    handlers.on_sent = [this](std::uint32_t, WallTime sent) { sent_ = sent; };
    auto channel = network_.connect(
        {Address::loopback(Family::V4), server_->endpoints().front().port}, std::move(handlers));
    if (!channel) return loop_.stop();
    channel_ = std::move(*channel);
    random_.fill(request_);
    timeout_ = timers_.at(clock_.mono() + std::chrono::seconds(10), [this] { loop_.stop(); });
    if (!channel_->send(request_)) loop_.stop();
  }

  io::EventLoop loop_;
  io::AsioTimers timers_{loop_};
  os::ReadOnlyClock clock_;
  os::SystemRandom random_;
  Silence log_;
  io::UdpNetwork network_{loop_, clock_};
  std::unique_ptr<io::UdpServer> server_;
  std::unique_ptr<ClientChannel> channel_;
  std::vector<std::uint8_t> request_ = std::vector<std::uint8_t>(48);
  Timers::Id timeout_ = 0;
  WallTime sent_;
  int left_ = 4 * 4 * 1350;
};

}  // namespace
}  // namespace ntp

int main() {
  const bool synchronized = ntp::simulated_days();
  const bool answered = ntp::Loopback().run();
  if (!synchronized) std::fputs("usual_work: a simulated clock is not synchronized\n", stderr);
  if (!answered) std::fputs("usual_work: the loopback does not answer\n", stderr);
  return synchronized && answered ? 0 : 1;
}
