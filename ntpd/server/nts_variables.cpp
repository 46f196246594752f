// SPDX-License-Identifier: BSD-2-Clause
#include <array>

#include "ntpd/server/server.h"

namespace ntp::server {
namespace {

struct NamedCounter {
  std::string_view name;
  std::uint64_t (*value)(const NtsCounters&);
};

constexpr std::array kCounters{
    NamedCounter{"nts_server_send", [](const NtsCounters& c) { return c.sent; }},
    NamedCounter{"nts_server_recv_good", [](const NtsCounters& c) { return c.good; }},
    NamedCounter{"nts_server_recv_bad", [](const NtsCounters& c) { return c.bad; }},
    NamedCounter{"nts_cookie_make", [](const NtsCounters& c) { return c.cookies.made; }},
    NamedCounter{"nts_cookie_not_server", [](const NtsCounters& c) { return c.not_server; }},
    NamedCounter{"nts_cookie_decode_total",
                 [](const NtsCounters& c) { return c.cookies.decode_total; }},
    NamedCounter{"nts_cookie_decode_current",
                 [](const NtsCounters& c) { return c.cookies.decode_current; }},
    // NTPsec: an old name of the same.
    NamedCounter{"nts_cookie_decode",
                 [](const NtsCounters& c) { return c.cookies.decode_current; }},
    NamedCounter{"nts_cookie_decode_old",
                 [](const NtsCounters& c) { return c.cookies.decode_old; }},
    NamedCounter{"nts_cookie_decode_old2",
                 [](const NtsCounters& c) { return c.cookies.decode_old2; }},
    NamedCounter{"nts_cookie_decode_older",
                 [](const NtsCounters& c) { return c.cookies.decode_older; }},
    NamedCounter{"nts_cookie_decode_too_old",
                 [](const NtsCounters& c) { return c.cookies.decode_too_old; }},
    NamedCounter{"nts_cookie_decode_error",
                 [](const NtsCounters& c) { return c.cookies.decode_error; }},
};

}  // namespace

NtsCounters Server::nts_counters() const {
  NtsCounters counters = nts_ ? nts_->counters() : NtsCounters{};
  counters.not_server = nts_not_server_;
  return counters;
}

std::optional<std::uint64_t> Server::nts_counter(std::string_view name) const {
  const bool of_period = name.ends_with("_r");
  if (of_period) name.remove_suffix(2);
  for (const auto& [known, value] : kCounters) {
    if (known == name) return value(nts_counters()) - (of_period ? value(nts_period_) : 0);
  }
  return std::nullopt;
}

}  // namespace ntp::server
