// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libntp/core/result.h"
#include "ntpq/mru.h"
#include "ntpq/names.h"
#include "ntpq/options.h"
#include "ntpq/peers_table.h"
#include "ntpq/session.h"
#include "ntpq/transport.h"

/// ntpmon: a daemon's sources and clients on a screen that keeps itself fresh.
namespace ntp::ntpq {

struct MonitorOptions {
  std::string host = "localhost";
  /// For debugging.
  std::string log_file = "ntpmon.log";
  int debug_level = 0;
  bool names = true;
  bool units = false;
};

Result<MonitorOptions, EarlyExit> parse_monitor_options(std::span<const std::string> arguments);

/// A line of the screen.
struct MonitorLine {
  enum class Style : std::uint8_t { Plain, Bold, Reverse };
  std::string text;
  Style style = Style::Plain;
};
using MonitorScreen = std::vector<MonitorLine>;

/// What is shown, and what the keys do to it. Knows no terminal.
class Monitor {
 public:
  /// `log` takes lines of debugging.
  Monitor(const MonitorOptions& options, Network& network,
          std::function<void(std::string_view line)> log);

  /// Turns to the host. A failure has the lines to be shown, here and below.
  Result<void> open();
  /// Asks for everything that is shown; at most so many lines.
  Result<MonitorScreen> refresh(std::size_t rows);
  /// False if the key ends the program. Up and down are `k` and `j`.
  bool press(char key);
  /// Until the next refresh; nothing: until a key is pressed.
  [[nodiscard]] std::optional<Duration> interval() const;

 private:
  struct Source {
    std::uint16_t id = 0;
    std::uint16_t status = 0;
  };

  Result<void> add_sources(MonitorScreen& screen);
  void note(const Variables& variables);
  Result<std::vector<MruEntry>> ask_for_clients(std::size_t most);
  [[nodiscard]] std::string bar(const std::vector<MruEntry>& clients) const;
  void add_detail(MonitorScreen& screen);
  void add_clients(MonitorScreen& screen, const std::vector<MruEntry>& clients);
  std::string client_name(const std::string& address);
  [[nodiscard]] PeersTable table();
  /// What the keys do, line by line.
  static std::span<const std::string_view> key_help();

  MonitorOptions options_;
  Network& network_;
  std::function<void(std::string_view line)> log_;
  Session session_;
  Names names_;
  std::string version_;

  PeersForm form_ = PeersForm::Peers;
  bool wide_ = false;
  bool reachable_only_ = false;
  bool show_sources_ = true;
  bool show_help_ = false;
  bool show_detail_ = false;
  std::size_t selected_ = 0;

  std::vector<Source> sources_;
  /// Of the selected source.
  Variables detail_;
  /// s, the shortest poll interval of this refresh; 0 if a source has not been asked yet.
  std::int64_t shortest_poll_ = 0;
  bool starting_ = false;
  std::int64_t pause_ = 1;  // s
};

}  // namespace ntp::ntpq
