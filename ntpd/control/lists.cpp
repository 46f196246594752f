// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/lists.h"

#include <algorithm>
#include <string>

#include "ntpd/control/format.h"
#include "ntpd/control/list_writer.h"

namespace ntp::control {
namespace {

std::string stamp_of(WallTime time) { return timestamp(NtpTimestamp::from_wall(time)); }

std::vector<ListWriter::Item> items_of(const ClientView& client) {
  const int mode_and_version = client.version << 3 | client.mode;
  return {{"addr", client.remote.to_string()}, {"last", stamp_of(client.last)},
          {"first", stamp_of(client.first)},   {"ct", integer(client.count)},
          {"mv", integer(mode_and_version)},   {"rs", hexadecimal(client.flags)},
          {"sc", fixed(client.score, 3)},      {"dr", integer(client.dropped)}};
}

/// A filter for an address that the daemon does not have is none.
bool is_local(const Model& model, const Address& address) {
  const auto interfaces = model.interfaces();
  return std::any_of(interfaces.begin(), interfaces.end(),
                     [&](const InterfaceView& each) { return each.local.address == address; });
}

}  // namespace

void write_interfaces(const Model& model, Random& random, TextWriter& text) {
  ListWriter list(text, random);
  std::size_t number = 0;
  for (const InterfaceView& each : model.interfaces()) {
    const bool added = list.add(number, {{"addr", each.local.to_string()},
                                         {"en", integer(each.enabled ? 1 : 0)},
                                         {"name", in_quotes(each.name)},
                                         {"flags", hexadecimal(each.flags)},
                                         {"rx", integer(each.received)},
                                         {"tx", integer(each.sent)},
                                         {"txerr", integer(each.failed)},
                                         {"pc", integer(each.peers)},
                                         {"up", whole_seconds(each.uptime)}});
    if (!added) return;
    list.add_noise(number++);
  }
}

void write_restrictions(const Model& model, Random& random, TextWriter& text) {
  ListWriter list(text, random);
  std::size_t number = 0;
  for (const RestrictionView& entry : model.restrictions()) {
    const bool added = list.add(number, {{"addr", address(entry.address)},
                                         {"mask", address(entry.mask)},
                                         {"hits", integer(entry.hits)},
                                         {"flags", entry.flags}});
    if (!added) return;
    list.add_noise(number++);
  }
}

std::optional<ClientView> find_prior(const Model& model, const ClientQuery& query) {
  for (std::size_t i = 0; i < query.priors; ++i) {
    auto client = model.client(query.address[i].address);
    if (client && NtpTimestamp::from_wall(client->last) == query.last[i]) return client;
  }
  return std::nullopt;
}

void write_clients(const Model& model, const ClientQuery& query,
                   const std::optional<ClientView>& prior, std::string_view nonce, WallTime now,
                   Random& random, TextWriter& text) {
  constexpr std::uint32_t kAllFrames = 128;
  const std::uint32_t frames = query.frames == 0 ? kAllFrames : query.frames;
  ClientQuery filter = query;
  if (filter.local.is_set() && !is_local(model, filter.local)) filter.local = {};
  std::uint64_t skip = 0;
  if (prior) {
    text.add("last.older", stamp_of(prior->last));
    text.add("addr.older", prior->remote.to_string());
  } else if (query.recent != 0) {
    const std::uint64_t clients = model.client_count();
    skip = clients > query.recent ? clients - query.recent : 0;
  }
  text.add("nonce", nonce);

  const NtpTimestamp stamp = NtpTimestamp::from_wall(now);
  ListWriter list(text, random);
  std::size_t count = 0;
  std::size_t seen = 0;
  bool stopped = false;
  WallTime newest{};
  model.visit_clients(
      prior ? std::optional(prior->remote.address) : std::nullopt, [&](const ClientView& client) {
        // One frame is being filled: there are never more than asked for.
        stopped = text.full_frames() + 1 >= frames || (query.limit != 0 && count >= query.limit) ||
                  seen > kMostClientsSeen;
        if (stopped) return false;
        const bool is_anchor = ++seen > kMostClientsSeen && count == 0;
        if (!is_anchor && (!filter.wants(client, stamp) || (skip > 0 && skip-- > 0))) return true;
        if (!list.add(count, items_of(client))) {
          stopped = true;
          return false;
        }
        if (count++ == 0) list.add_noise(0);
        newest = client.last;
        return true;
      });
  if (stopped) return;
  if (count > 1) list.add_noise(count - 1);
  text.add("now", stamp_of(now));
  if (count > 0) text.add("last.newest", stamp_of(newest));
}

void write_named_clients(const Model& model, const ClientQuery& query, std::string_view nonce,
                         WallTime now, Random& random, TextWriter& text) {
  ListWriter list(text, random);
  for (std::size_t i = 0; i < ClientQuery::kMostPriors; ++i) {
    if (!query.address[i].address.is_set()) continue;
    if (const auto client = model.client(query.address[i].address)) {
      list.add(i, items_of(*client));
    }
  }
  text.add("nonce", nonce);
  text.add("now", stamp_of(now));
}

}  // namespace ntp::control
