// SPDX-License-Identifier: BSD-2-Clause
#include <utility>

#include "ntpd/association/server_association.h"
#include "ntpd/engine/engine.h"

namespace ntp::engine {

void Engine::establish(Row& row, association::Establish& wanted) {
  const association::Id id = row.association->id();
  // The one before goes first, so that two are never under way.
  row.key_exchange.reset();
  row.key_exchange = host_.key_establishment->start(
      std::move(wanted.request), [this, id](const Result<nts::KeResult>& result) {
        Row* asking = find(id);
        if (asking == nullptr) return;
        // It ends when it has returned from here.
        const auto ended = std::move(asking->key_exchange);
        perform(id, asking->association->established(result, context()));
      });
}

void Engine::spawn(association::Id pool, const association::Spawn& wanted) {
  Row* row = find(pool);
  Row* member =
      mobilize(pool_member(row->association->settings()), wanted.address, host_.clock.mono());
  if (member == nullptr) return;
  member->pool = pool;
  if (!wanted.keys) return;
  auto& server = static_cast<association::ServerAssociation&>(*member->association);
  perform(server.id(), server.adopt({{wanted.address, wanted.port}, *wanted.keys}, context()));
}

void Engine::hurry_sources() {
  const auto now = context();
  for (const auto& row : rows_) {
    row->association->hurry(now);
    arm(*row);
  }
}

/// The daemon's own settings for NTS are those of lines that say nothing.
void Engine::reconfigure_nts() {
  const auto now = context();
  for (const auto& row : rows_) {
    if (!row->line.nts || row->pool != 0) continue;
    row->association->reconfigure(for_this_host(row->line), now);
    for (const auto& member : rows_) {
      if (member->pool != row->association->id()) continue;
      member->association->reconfigure(pool_member(row->association->settings()), now);
    }
  }
}

/// NTPsec: those with `_r` begin anew with each hour, the others never; elsewhere it is the other
/// way round.
std::optional<std::uint64_t> Engine::nts_client_counter(std::string_view name) const {
  using Counters = association::NtsClientCounters;
  static constexpr std::pair<std::string_view, std::uint64_t Counters::*> kCounters[] = {
      {"nts_client_send", &Counters::sent},     {"nts_client_recv_good", &Counters::good},
      {"nts_client_recv_bad", &Counters::bad},  {"nts_ke_probes_good", &Counters::ke_good},
      {"nts_ke_probes_bad", &Counters::ke_bad},
  };
  const bool of_this_hour = name.ends_with("_r");
  if (of_this_hour) name.remove_suffix(2);
  for (const auto& [known, member] : kCounters) {
    if (name == known) {
      return nts_client_.*member - (of_this_hour ? nts_client_before_.*member : 0);
    }
  }
  return std::nullopt;
}

}  // namespace ntp::engine
