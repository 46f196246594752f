// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "ntpd/engine/engine.h"

namespace ntp::engine {
namespace {

std::string place(const config::Location& where) {
  return where.file.empty() ? std::string()
                            : where.file + " line " + std::to_string(where.line) + ": ";
}

}  // namespace

void Engine::resolve_restrictions() {
  std::weak_ptr<Engine*> alive = self_;
  for (const config::RestrictSettings& line : settings_.restrictions) {
    if (line.subject != config::RestrictSettings::Subject::Address || parse_address(line.host)) {
      continue;
    }
    host_.resolver.resolve(
        line.host, line.family, [this, alive, line](Result<std::vector<Address>> addresses) {
          if (alive.expired()) return;
          if (!addresses) {
            host_.log.error("RESTRICT: " + place(line.where) + line.host + ": " +
                            addresses.error().message + "; the line has no effect");
            return;
          }
          restricted_hosts_[line.host] = std::move(*addresses);
          rebuild_access();
        });
  }
}

void Engine::rebuild_access() {
  std::erase_if(restricted_hosts_, [this](const auto& known) {
    return std::none_of(settings_.restrictions.begin(), settings_.restrictions.end(),
                        [&](const auto& line) { return line.host == known.first; });
  });
  server_.set_access(
      server::AccessTable::build(settings_.restrictions, [this](const std::string& host, Family) {
        const auto found = restricted_hosts_.find(host);
        return found == restricted_hosts_.end() ? std::vector<Address>{} : found->second;
      }));
  for (const auto& row : rows_) {
    row->admitted = {};
    admit(*row);
  }
}

void Engine::admit(Row& row) {
  const association::Association& source = *row.association;
  if (source.is_refclock() || source.address() == row.admitted) return;
  row.admitted = source.address();
  if (!row.admitted.is_set()) return;
  const bool authenticated = source.settings().key != 0 || source.settings().nts;
  const std::string address = row.admitted.to_string();
  switch (server_.poke_hole(source.remote(), authenticated)) {
    case server::AccessTable::Hole::NotNeeded:
      break;
    case server::AccessTable::Hole::Poked:
      log_seldom(LogLevel::Info, "RESTRICT: Poking hole in restrictions for: " + address);
      break;
    case server::AccessTable::Hole::SpecificEntry:
      log_seldom(LogLevel::Error, "RESTRICT: Specific restriction will break " + address);
      break;
    case server::AccessTable::Hole::NoTemplate:
      log_seldom(LogLevel::Error, "RESTRICT: Can't poke hole in restrictions for " + address +
                                      ": no 'restrict source' line");
      break;
  }
}

}  // namespace ntp::engine
