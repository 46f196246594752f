// SPDX-License-Identifier: BSD-2-Clause
#include <array>

#include "ntpd/engine/engine.h"
#include "ntpd/statistics/records.h"

namespace ntp::engine {
namespace {

using config::StatisticsSet;
using nts::KeServerCounts;

struct KindName {
  std::string_view name;
  KeServerCounts::Kind KeServerCounts::*kind;
};
constexpr std::array kKinds{
    KindName{"nts_ke_serves_good", &KeServerCounts::good},
    KindName{"nts_ke_serves_nossl", &KeServerCounts::no_tls},
    KindName{"nts_ke_serves_bad", &KeServerCounts::failed},
};

/// Takes off the `_r`, by which a variable tells what came since the period began (NTPsec: the
/// other way round than with `ss_…`).
bool take_period(std::string_view& name) {
  const bool period = name.ends_with("_r");
  if (period) name.remove_suffix(2);
  return period;
}

}  // namespace

Result<void> Engine::set_cookie_keys(const nts::CookieKeys* keys) {
  return server_.set_cookie_keys(keys);
}

std::optional<std::uint64_t> Engine::ke_server_counter(std::string_view name) const {
  const std::string_view asked = name;
  const KeServerCounts counts =
      take_period(name) ? options_.ke_counts() - ke_period_ : options_.ke_counts();
  if (name == "nts_cookie_make") {
    return server_.counter(asked).value_or(0) + counts.cookies_made;
  }
  for (const auto& [known, kind] : kKinds) {
    if (known == name) return (counts.*kind).count;
  }
  return std::nullopt;
}

std::optional<double> Engine::ke_server_quantity(std::string_view name) const {
  const KeServerCounts counts =
      take_period(name) ? options_.ke_counts() - ke_period_ : options_.ke_counts();
  for (const auto& [known, kind] : kKinds) {
    if (!name.starts_with(known)) continue;
    const std::string_view rest = name.substr(known.size());
    if (rest == "_wall") return (counts.*kind).wall;
    if (rest == "_cpu") return (counts.*kind).cpu;
  }
  return std::nullopt;
}

void Engine::record_nts(Duration elapsed) {
  const KeServerCounts ke = options_.ke_counts() - ke_period_;
  if (statistics_->wants(StatisticsSet::Nts)) {
    const server::NtsCounters counts = server_.nts_period_counters();
    statistics::NtsRecord record;
    record.elapsed = elapsed;
    record.client_sent = nts_client_.sent - nts_client_before_.sent;
    record.client_good = nts_client_.good - nts_client_before_.good;
    record.client_bad = nts_client_.bad - nts_client_before_.bad;
    record.server_sent = counts.sent;
    record.server_good = counts.good;
    record.server_bad = counts.bad;
    record.not_server = counts.not_server;
    record.cookies = counts.cookies;
    record.cookies.made += ke.cookies_made;
    statistics_->record(StatisticsSet::Nts, fields(record));
  }
  if (statistics_->wants(StatisticsSet::NtsKe)) {
    statistics::NtsKeRecord record;
    record.elapsed = elapsed;
    record.server = ke;
    record.client_good = nts_client_.ke_good - nts_client_before_.ke_good;
    record.client_bad = nts_client_.ke_bad - nts_client_before_.ke_bad;
    statistics_->record(StatisticsSet::NtsKe, fields(record));
  }
}

void Engine::on_key_establishment(const statistics::KeSessionRecord& session,
                                  std::uint64_t unreported) {
  const bool of_client = session.remote.address.is_set();
  if (of_client && statistics_->wants(StatisticsSet::NtsKeLog)) {
    statistics_->record(StatisticsSet::NtsKeLog, fields(session));
    return;
  }
  // One line an hour for each address and reason: strangers cause them.
  const std::string key =
      "NTS-KE " + session.remote.address.to_string() + ' ' + session.tls + ' ' + session.error;
  const auto held_back = client_log_limiter_.admit(key, host_.clock.mono());
  if (!held_back) return;
  std::string line = log_line(session);
  const std::uint64_t untold = *held_back + unreported;
  if (untold != 0) line += " (" + std::to_string(untold) + " sessions before were not told)";
  host_.log.write(of_client ? LogLevel::Info : LogLevel::Error, line);
}

/// Anybody can cause this, from any address: once an hour for each flaw, whoever it is.
void Engine::tell_refused(const Datagram& datagram, std::string_view flaw) {
  const auto held_back = client_log_limiter_.admit(flaw, host_.clock.mono());
  if (!held_back) return;
  std::string line =
      "NTSs: request of " + datagram.remote.to_string() + " refused: " + std::string(flaw);
  if (*held_back != 0) line += " (" + std::to_string(*held_back) + " before were not told)";
  host_.log.info(line);
}

}  // namespace ntp::engine
