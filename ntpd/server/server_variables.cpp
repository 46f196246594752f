// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>

#include "ntpd/server/server.h"

namespace ntp::server {
namespace {

struct NamedCounter {
  std::string_view name;
  std::uint64_t Counters::*member;
};

constexpr std::array kCounters{
    NamedCounter{"ss_received", &Counters::received},
    NamedCounter{"ss_thisver", &Counters::this_version},
    NamedCounter{"ss_oldver", &Counters::old_version},
    NamedCounter{"ss_ver1", &Counters::version1},
    NamedCounter{"ss_ver1client", &Counters::version1_client},
    NamedCounter{"ss_ver1zero", &Counters::version1_zero},
    NamedCounter{"ss_ver1symm", &Counters::version1_symmetric},
    NamedCounter{"ss_badformat", &Counters::bad_format},
    NamedCounter{"ss_badauth", &Counters::bad_authentication},
    NamedCounter{"ss_declined", &Counters::declined},
    NamedCounter{"ss_restricted", &Counters::restricted},
    NamedCounter{"ss_limited", &Counters::limited},
    NamedCounter{"ss_kodsent", &Counters::kod_sent},
    NamedCounter{"ss_processed", &Counters::processed},
};

/// As NTPsec counts its memory: 96 octets an entry.
std::uint64_t kibibytes(std::uint64_t entries) { return (entries * 96 + 512) / 1024; }

}  // namespace

Counters Server::period_counters() const {
  Counters since;
  for (const auto& [name, member] : kCounters) since.*member = counters_.*member - period_.*member;
  return since;
}

std::optional<std::uint64_t> Server::counter(std::string_view name) const {
  if (name == "ss_numctlreq") return counters_.control_requests;
  constexpr std::string_view kTotal = "_r";
  const bool total = name.size() > kTotal.size() && name.substr(name.size() - 2) == kTotal;
  const auto stem = total ? name.substr(0, name.size() - kTotal.size()) : name;
  for (const auto& [known, member] : kCounters) {
    if (known == stem) return counters_.*member - (total ? 0 : period_.*member);
  }
  if (const auto count = nts_counter(name)) return count;
  return recent_counter(name);
}

std::optional<std::uint64_t> Server::recent_counter(std::string_view name) const {
  const auto& statistics = recent_.statistics();
  const auto& limits = recent_.limits();
  const std::array<std::pair<std::string_view, std::uint64_t>, 16> values{{
      {"mru_enabled", (monitor_ ? 1U : 0U) | (access_has_limits_ ? 2U : 0U)},
      {"mru_hashslots", statistics.used_buckets},
      {"mru_depth", recent_.size()},
      {"mru_deepest", statistics.deepest},
      {"mru_mindepth", limits.min_depth},
      {"mru_maxage", static_cast<std::uint64_t>(limits.max_age)},
      {"mru_minage", static_cast<std::uint64_t>(limits.min_age)},
      {"mru_maxdepth", limits.max_depth},
      {"mru_mem", kibibytes(recent_.size())},
      {"mru_maxmem", kibibytes(limits.max_depth)},
      {"mru_exists", statistics.exists},
      {"mru_new", statistics.added},
      {"mru_recycleold", statistics.recycled_old},
      {"mru_recyclefull", statistics.recycled_full},
      {"mru_none", statistics.none},
      // A query is a packet too, so the last one came about now.
      {"mru_oldest_age",
       static_cast<std::uint64_t>(std::max<std::int64_t>(0, recent_.oldest_age(last_received_)))},
  }};
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const auto& value) { return value.first == name; });
  if (found == values.end()) return std::nullopt;
  return found->second;
}

}  // namespace ntp::server
