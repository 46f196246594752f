// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim_node.h"

#include <stdexcept>
#include <utility>

#include "libntp/config/parser.h"

namespace ntp::sim {
namespace {

config::Settings parse(const std::string& text) {
  config::ParseResult parsed = config::parse_text(text, "ntp.conf");
  for (const config::Diagnostic& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity == config::Severity::Error) {
      throw std::invalid_argument(diagnostic.to_string());
    }
  }
  return std::move(parsed.settings);
}

}  // namespace

SimNode::SimNode(SimNetwork& network, const Address& address, NodeOptions options)
    : host(network, {address}, options.oscillator),
      world_(network.world()),
      options_(std::move(options)),
      settings_(parse(options_.config)) {}

SimNode::~SimNode() { kill(); }

void SimNode::start() {
  kill();
  exit_status_.reset();
  engine::EngineOptions options = options_.engine;
  options.on_exit = [this](int status) {
    // The daemon is still at work: it ends when it has returned.
    exit_status_ = status;
    ending_ = world_.after(Duration::zero(), [this] { stop(); });
  };
  engine_ = std::make_unique<engine::Engine>(settings_, std::move(options), host.seams());
  host.stack.serve([this](const Datagram& datagram, const SimStack::Reply& reply) {
    engine_->on_server_datagram(datagram, reply);
  });
  host.clock.on_jump([this] { engine_->clock_disturbed(); });
  engine_->start();
}

bool SimNode::reload(const std::string& config) {
  auto parsed = config::parse_text(config, "ntp.conf");
  const bool good = !parsed.has_errors();
  engine_->reload(std::move(parsed));
  settings_ = engine_->settings();
  return good;
}

void SimNode::stop() {
  if (engine_) engine_->stop();
  kill();
}

void SimNode::kill() {
  world_.cancel(std::exchange(ending_, World::kNone));
  host.stack.serve(nullptr);
  host.clock.on_jump(nullptr);
  engine_.reset();
}

std::optional<control::PeerView> SimNode::peer(const Address& address) const {
  for (const std::uint16_t id : engine_->associations()) {
    auto view = engine_->peer(id);
    if (view && view->remote.address == address) return view;
  }
  return std::nullopt;
}

}  // namespace ntp::sim
