// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ntpd/engine/engine.h"
#include "tests/sim/sim_host.h"

namespace ntp::sim {

/// What is particular about a node.
struct NodeOptions {
  /// The text of its ntp.conf.
  std::string config;
  Oscillator oscillator;
  /// Its command line.
  engine::EngineOptions engine;
};

/// A simulated machine with the whole daemon on it, which answers on port 123.
class SimNode {
 public:
  /// A text that ntp.conf's parser finds fault with throws.
  SimNode(SimNetwork& network, const Address& address, NodeOptions options);
  ~SimNode();
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;

  /// Starts a daemon, as the host's service manager would; its clock and its files are as the last
  /// one left them.
  void start();
  /// Has the running daemon, and those started later, take another configuration over, as SIGHUP
  /// does; false if it was refused.
  bool reload(const std::string& config);
  /// Ends it in good order.
  void stop();
  /// It is gone at once, without a last word.
  void kill();

  [[nodiscard]] bool running() const { return engine_ != nullptr; }
  /// What the daemon ended itself with.
  [[nodiscard]] std::optional<int> exit_status() const { return exit_status_; }

  /// Views of the running daemon, as mode 6 has them.
  [[nodiscard]] control::SystemView system() const { return engine_->system(); }
  [[nodiscard]] std::optional<control::PeerView> peer(const Address& address) const;
  [[nodiscard]] bool synchronized() const {
    return running() && system().leap != Leap::Unsynchronized;
  }
  [[nodiscard]] const engine::Engine& engine() const { return *engine_; }
  [[nodiscard]] engine::Engine& engine() { return *engine_; }

  SimHost host;

 private:
  World& world_;
  NodeOptions options_;
  config::Settings settings_;
  std::unique_ptr<engine::Engine> engine_;
  std::optional<int> exit_status_;
  World::EventId ending_ = World::kNone;
};

}  // namespace ntp::sim
