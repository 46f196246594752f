// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <utility>

#include "libntp/config/report.h"
#include "ntpd/association/refclock_association.h"
#include "ntpd/engine/diagnostics.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

constexpr unsigned kUp = 0x1;
constexpr unsigned kWildcard = 0x80;

control::ClientView view_of(const server::RecentEntry& entry) {
  return {.remote = entry.remote,
          .local = entry.local,
          .first = entry.first,
          .last = entry.last,
          .count = entry.count,
          .dropped = entry.dropped,
          .score = entry.score,
          .flags = entry.flags,
          .mode = entry.mode,
          .version = entry.version};
}

}  // namespace

void Engine::visit_clients(const std::optional<Address>& after,
                           const ClientVisitor& visitor) const {
  const server::RecentList& recent = server_.recent();
  const server::RecentEntry* entry = after ? recent.find(*after) : recent.oldest();
  if (after && entry != nullptr) entry = recent.newer(*entry);
  while (entry != nullptr && visitor(view_of(*entry))) entry = recent.newer(*entry);
}

std::optional<control::ClientView> Engine::client(const Address& address) const {
  const server::RecentEntry* entry = server_.recent().find(address);
  return entry == nullptr ? std::nullopt : std::optional(view_of(*entry));
}

Engine::Traffic& Engine::traffic_of(const Address& local) {
  // A host may take whole networks for its own: what is beyond this counts for the wildcard.
  constexpr std::size_t kMostAddresses = 256;
  if (last_traffic_ != nullptr && last_traffic_->first == local) return last_traffic_->second;
  auto found = traffic_.find(local);
  if (found == traffic_.end()) {
    const bool room = traffic_.size() < kMostAddresses && local.is_set();
    const Address counted = room ? local : Address::any(local.is_v6() ? Family::V6 : Family::V4);
    found = traffic_.try_emplace(counted).first;
  }
  last_traffic_ = &*found;
  return found->second;
}

std::vector<control::InterfaceView> Engine::interfaces() const {
  std::vector<control::InterfaceView> views;
  for (const Family family : {Family::V6, Family::V4}) {
    if (options_.family != Family::Any && options_.family != family) continue;
    control::InterfaceView wildcard;
    wildcard.local.address = Address::any(family);
    wildcard.name = family == Family::V6 ? "v6wildcard" : "v4wildcard";
    wildcard.flags = kWildcard | kUp;
    views.push_back(std::move(wildcard));
  }
  if (options_.interfaces) {
    for (auto& each : options_.interfaces()) views.push_back(std::move(each));
  }
  const auto now = context();
  for (control::InterfaceView& each : views) {
    each.local.port = kNtpPort;
    each.uptime = to_seconds(now.mono - started_);
    const auto traffic = traffic_.find(each.local.address);
    if (traffic != traffic_.end()) {
      each.received = traffic->second.received;
      each.sent = traffic->second.sent;
      each.failed = traffic->second.failed;
    }
  }
  for (const auto& row : rows_) {
    const auto peer = row->association->view(now);
    const auto used = std::find_if(views.begin(), views.end(), [&](const auto& each) {
      return each.local.address == peer.local.address;
    });
    if (used == views.end()) continue;
    ++used->peers;
    if (peer.refclock) continue;
    used->received += peer.packets_received;
    used->sent += peer.packets_sent;
  }
  return views;
}

std::optional<control::ClockView> Engine::clock(std::uint16_t id) const {
  const Row* row = find(id);
  const auto* clock =
      row ? dynamic_cast<const association::RefclockAssociation*>(row->association.get()) : nullptr;
  return clock == nullptr ? std::nullopt : std::optional(clock->clock_view());
}

void Engine::refused(const Endpoint& from, std::string_view what) {
  server_.count_refusal();
  log_seldom(LogLevel::Notice,
             "MODE6: " + std::string(what) + " refused to " + from.address.to_string());
}

std::vector<std::string> Engine::configure(std::string_view text, const Endpoint& from) {
  const std::string who = from.address.to_string();
  host_.log.notice("MODE6: " + who + " config: " + config::quote(text, text.size()));
  config::ParseResult parsed = config::parse_more(settings_, text, "remote config from " + who);
  write(host_.log, parsed.diagnostics);
  auto rejections = std::move(parsed.rejections);
  if (!rejections.empty()) {
    host_.log.notice("MODE6: " + std::to_string(rejections.size()) + " error in " + who +
                     " config");
  }
  // NTPsec: what was understood counts, whatever stands beside it.
  parsed.diagnostics.clear();
  drop_unpeered(parsed.settings.unpeers, parsed.settings.sources);
  const unsigned resets = std::exchange(parsed.settings.reset_counters, 0U);
  if (options_.take_over) {
    options_.take_over(std::move(parsed));
  } else {
    reload(std::move(parsed));
  }
  reset_counters(resets);
  return rejections;
}

/// Those that match no line by its text: associations by their number, servers of pools, and
/// servers by an address that their names were found to have.
void Engine::drop_unpeered(const std::vector<config::UnpeerSettings>& unpeers,
                           std::vector<config::SourceSettings>& sources) {
  for (const config::UnpeerSettings& unpeer : unpeers) {
    const auto address = parse_address(unpeer.host);
    const auto named = std::find_if(rows_.begin(), rows_.end(), [&](const auto& row) {
      const association::Association& each = *row->association;
      return unpeer.association != 0 ? each.id() == unpeer.association
                                     : address && each.address() == *address;
    });
    if (named == rows_.end()) continue;
    const Row& row = **named;
    if (row.pool != 0) {
      demobilize(row.association->id(), "unpeered");
      continue;
    }
    std::erase_if(sources, [&](const config::SourceSettings& line) {
      return config::compare(row.line, line) != config::SourceFate::Gone;
    });
  }
}

void Engine::reset_counters(unsigned targets) {
  namespace target = config::reset_target;
  const MonoTime now = host_.clock.mono();
  if ((targets & target::kSystem) != 0) start_period(now);
  if ((targets & target::kIo) != 0) {
    packets_received_ = packets_dropped_ = packets_sent_ = send_failures_ = 0;
    traffic_.clear();
    last_traffic_ = nullptr;
    io_reset_ = now;
  }
  if ((targets & target::kTimer) != 0) {
    requests_sent_ = 0;
    timers_reset_ = now;
  }
}

}  // namespace ntp::engine
