// SPDX-License-Identifier: BSD-2-Clause
#include "ntpq/monitor.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>
#include <utility>

#include "ntpq/cook.h"
#include "ntpq/monitor_detail.h"
#include "ntpq/status_text.h"
#include "ntpq/text.h"
#include "ntpq/variables.h"

namespace ntp::ntpq {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kNameLimit = 40;
constexpr unsigned kUnknownAssociation = 4;
constexpr std::uint16_t kConfiguredOrReachable = 0x9000;
/// More requests do not bring the clients that fit on a screen.
constexpr int kMostRequests = 16;

using Style = MonitorLine::Style;

/// Line by line; the last line end opens no line.
void add_lines(MonitorScreen& screen, std::string_view text, Style style) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    screen.push_back({std::string(text.substr(0, end)), style});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Without what stands in brackets.
std::string short_version(std::string text) {
  for (;;) {
    const std::size_t open = text.find(" (");
    const std::size_t close = open == std::string::npos ? open : text.find(')', open);
    if (close == std::string::npos) return text;
    text.erase(open, close - open + 1);
  }
}

std::string local_date(NtpTimestamp stamp, WallTime now) {
  const auto since = stamp.to_wall(now).time_since_epoch();
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(since).count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return text.data();
}

}  // namespace

Monitor::Monitor(const MonitorOptions& options, Network& network,
                 std::function<void(std::string_view line)> log)
    : options_(options),
      network_(network),
      log_(std::move(log)),
      session_(network,
               [this](int level, std::string_view text) {
                 if (level <= options_.debug_level) log_(text);
               }),
      names_(network) {}

Result<void> Monitor::open() {
  if (auto opened = session_.open(options_.host, Family::Any); !opened) return opened;
  const auto reply = session_.query(wire::ControlOpcode::ReadVariables, 0);
  if (!reply) return fail(reply.error().message());
  const Variables variables = Variables::parse(reply->data);
  const Variable* version = variables.find("version");
  version_ = version == nullptr ? "" : short_version(visible(version->text));
  return {};
}

std::optional<Duration> Monitor::interval() const {
  if (show_help_) return std::nullopt;
  return std::chrono::seconds(pause_);
}

PeersTable Monitor::table() {
  PeersOptions options;
  options.form = form_;
  options.wide = wide_;
  options.units = options_.units;
  options.width = kWidth;
  if (options_.names) {
    options.name_of = [this](const std::string& address) { return names_.of(address); };
  }
  return PeersTable(options);
}

Result<MonitorScreen> Monitor::refresh(std::size_t rows) {
  MonitorScreen screen;
  if (show_help_) {
    for (const std::string_view line : key_help()) {
      screen.push_back({std::string(line), Style::Plain});
    }
    screen.resize(std::min(screen.size(), rows));
    return screen;
  }
  starting_ = false;
  shortest_poll_ = 1;
  sources_.clear();
  if (show_sources_) {
    shortest_poll_ = std::numeric_limits<std::int64_t>::max();
    if (auto added = add_sources(screen); !added) return Failure<Error>{added.error()};
  }
  const auto clients = ask_for_clients(rows > screen.size() + 2 ? rows - screen.size() - 2 : 1);
  if (!clients) return Failure<Error>{clients.error()};
  constexpr std::int64_t kLongest = 131'072;
  if (!starting_) pause_ = std::clamp<std::int64_t>(shortest_poll_ / 2, 1, kLongest);
  screen.push_back({bar(*clients), Style::Reverse});
  if (show_detail_) {
    add_detail(screen);
  } else if (!clients->empty()) {
    add_clients(screen, *clients);
  }
  screen.resize(std::min(screen.size(), rows));
  return screen;
}

Result<void> Monitor::add_sources(MonitorScreen& screen) {
  const auto list = session_.query(wire::ControlOpcode::ReadStatus, 0);
  if (!list) return fail(list.error().message());
  ByteReader reader(as_bytes(list->data));
  while (reader.remaining() >= 4) {
    const std::uint16_t id = reader.u16();
    sources_.push_back({id, reader.u16()});
  }
  if (sources_.empty()) return fail("no peers reported\n");
  std::stable_sort(sources_.begin(), sources_.end(),
                   [](const Source& a, const Source& b) { return a.id < b.id; });
  selected_ %= sources_.size();
  detail_ = {};
  const PeersTable peers = table();
  screen.push_back({peers.header(), Style::Bold});
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (reachable_only_ && (source.status & kConfiguredOrReachable) == 0) continue;
    const auto reply = session_.query(wire::ControlOpcode::ReadVariables, source.id);
    if (!reply && reply.error().reason == QueryError::Reason::Refused &&
        reply.error().detail == kUnknownAssociation) {
      break;  // a pool has dropped it since the list was made
    }
    if (!reply) return fail(reply.error().message());
    const Variables variables = Variables::parse(reply->data);
    if (variables.empty()) continue;
    const bool chosen = show_detail_ && i == selected_;
    if (chosen) detail_ = variables;
    add_lines(screen, peers.row(source.id, reply->status, variables, network_.wall()),
              chosen ? Style::Reverse : Style::Plain);
    note(variables);
  }
  return {};
}

void Monitor::note(const Variables& variables) {
  constexpr std::int64_t kMostPoll = 17;
  const auto exponent = [&](std::string_view name) {
    const Variable* variable = variables.find(name);
    const bool number = variable != nullptr && variable->is_integer();
    return number ? std::clamp<std::int64_t>(variable->integer, 0, kMostPoll) : 0;
  };
  const std::int64_t poll = std::int64_t{1} << std::min(exponent("hpoll"), exponent("ppoll"));
  shortest_poll_ = std::min(shortest_poll_, poll);
  const Variable* reference = variables.find("refid");
  if (reference != nullptr && reference->text.find("INIT") != std::string::npos) starting_ = true;
}

Result<std::vector<MruEntry>> Monitor::ask_for_clients(std::size_t most) {
  const auto stop = [](const QueryError& error) -> Result<std::vector<MruEntry>> {
    // Who may not see the clients sees the sources all the same.
    if (error.reason == QueryError::Reason::Refused) return std::vector<MruEntry>();
    return fail(error.message());
  };
  const auto first = session_.query(wire::ControlOpcode::RequestNonce, 0);
  if (!first) return stop(first.error());
  std::string nonce(trim(first->data));
  std::string rest = ", recent=" + std::to_string(most);
  MruList list;
  for (int requests = 0; requests < kMostRequests && !list.end(); ++requests) {
    const auto reply = session_.query(wire::ControlOpcode::ReadMru, 0, nonce + ", frags=32" + rest);
    if (!reply) return stop(reply.error());
    if (list.add(reply->data).empty()) break;
    if (!list.nonce().empty()) nonce = "nonce=" + list.nonce();
    rest = list.newest(wire::kControlDataLimit / 2);
  }
  std::vector<MruEntry> clients = list.sorted("");
  clients.resize(std::min(clients.size(), most));
  return clients;
}

std::string Monitor::bar(const std::vector<MruEntry>& clients) const {
  std::string trailer;
  if (!clients.empty()) {
    trailer = "Updated: " + local_date(clients.front().last, network_.wall()) + " (" +
              pretty_interval(pause_) + ")";
  }
  const std::size_t room = kWidth - 1 - std::min(kWidth - 1, trailer.size());
  return pad_right(version_.substr(0, room), room) + trailer;
}

std::string Monitor::client_name(const std::string& address) {
  const std::string host = split_port(address).first;
  std::string shown = visible(host);
  if (options_.names) {
    const std::string name = names_.of(host);
    shown = name == host || names_.lead_to(name, host) ? name : shown + " (" + name + ")";
  }
  return wide_ ? shown : shown.substr(0, kNameLimit);
}

void Monitor::add_clients(MonitorScreen& screen, const std::vector<MruEntry>& clients) {
  screen.push_back({std::string(kMruHeader), Style::Bold});
  const NtpTimestamp now = NtpTimestamp::from_wall(network_.wall());
  for (const MruEntry& client : clients) {
    screen.push_back({mru_columns(client, now) + client_name(client.address), Style::Plain});
  }
}

void Monitor::add_detail(MonitorScreen& screen) {
  if (detail_.empty() || selected_ >= sources_.size()) return;
  const Source& source = sources_[selected_];
  const bool clock = is_clock(detail_);
  screen.push_back({"assoc=" + std::to_string(source.id) + ": " +
                        describe_status(StatusKind::Peer, source.status),
                    Style::Plain});
  const CookOptions how{options_.units, kWidth, network_.wall()};
  add_lines(screen, describe_source(detail_, how), Style::Plain);
  if (!clock) return;
  const auto reply = session_.query(wire::ControlOpcode::ReadClock, source.id);
  if (reply) add_lines(screen, cook(Variables::parse(reply->data), how), Style::Plain);
}

}  // namespace ntp::ntpq
