// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/control/client_query.h"

#include <algorithm>
#include <charconv>

#include "ntpd/control/name_list.h"

namespace ntp::control {
namespace {

constexpr std::uint32_t kMostFrames = 128;
constexpr std::uint32_t kMostEntries = 256;

/// NTPsec: what follows a number does not matter.
template <class T>
bool read_number(std::string_view text, T& value) {
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

bool read_flags(std::string_view text, std::uint32_t& flags) {
  if (!text.starts_with("0x")) return false;
  text.remove_prefix(2);
  return std::from_chars(text.data(), text.data() + text.size(), flags, 16).ec == std::errc();
}

/// `0x%08x.%08x`.
bool read_stamp(std::string_view text, NtpTimestamp& stamp) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::uint32_t seconds = 0;
  std::uint32_t fraction = 0;
  if (dot == text.size() || !read_flags(text.substr(0, dot), seconds)) return false;
  text.remove_prefix(dot + 1);
  if (std::from_chars(text.data(), text.data() + text.size(), fraction, 16).ec != std::errc()) {
    return false;
  }
  stamp = NtpTimestamp(static_cast<std::uint64_t>(seconds) << 32 | fraction);
  return true;
}

/// An address, with or without a port: IPv6 needs brackets for one.
bool read_endpoint(std::string_view text, Endpoint& endpoint) {
  if (const auto alone = parse_address(text)) {
    endpoint = {*alone, 0};
    return true;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto address = parse_address(text.substr(0, colon));
  if (!address || !read_number(text.substr(colon + 1), endpoint.port)) return false;
  endpoint.address = *address;
  return true;
}

/// The number behind a name such as `addr.3`.
std::optional<std::size_t> index_of(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem)) return std::nullopt;
  name.remove_prefix(stem.size());
  std::size_t index = 0;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data(), end, index);
  const bool whole = read.ec == std::errc() && read.ptr == end;
  return whole && index < ClientQuery::kMostPriors ? std::optional(index) : std::nullopt;
}

/// What reading one parameter came to.
enum class Taken : std::uint8_t { Yes, Malformed, Unknown };

Taken taken(bool good) { return good ? Taken::Yes : Taken::Malformed; }

Taken take_prior(ClientQuery& query, std::string_view name, std::string_view value) {
  const auto address = index_of(name, "addr.");
  const auto last = index_of(name, "last.");
  if (!address && !last) return Taken::Unknown;
  const std::size_t index = address ? *address : *last;
  const bool good =
      address ? read_endpoint(value, query.address[index]) : read_stamp(value, query.last[index]);
  const bool whole = query.address[index].address.is_set() && !query.last[index].is_zero();
  if (good && whole && index == query.priors) ++query.priors;
  return taken(good);
}

Taken take(ClientQuery& query, std::string_view name, std::string_view value) {
  if (name == "nonce") {
    query.nonce = value;
    return Taken::Yes;
  }
  if (name == "frags") {
    std::uint16_t frames = 0;
    const bool good = read_number(value, frames);
    query.frames = frames;
    return taken(good);
  }
  if (name == "limit") return taken(read_number(value, query.limit));
  if (name == "mincount") return taken(read_number(value, query.min_count));
  if (name == "mindrop") return taken(read_number(value, query.min_dropped));
  if (name == "minscore") return taken(read_number(value, query.min_score));
  if (name == "resall") return taken(read_flags(value, query.all_flags));
  if (name == "resany") return taken(read_flags(value, query.any_flags));
  if (name == "maxlstint") return taken(read_number(value, query.max_age));
  if (name == "minlstint") return taken(read_number(value, query.min_age));
  if (name == "recent") return taken(read_number(value, query.recent));
  if (name == "laddr") {
    Endpoint local;
    const bool good = read_endpoint(value, local);
    query.local = local.address;
    return taken(good);
  }
  return take_prior(query, name, value);
}

}  // namespace

std::optional<ClientQuery> ClientQuery::parse(std::string_view list) {
  ClientQuery query;
  while (const std::optional<ListItem> item = tolerant_item(list)) {
    // NTPsec: too long a value ends the list like an unknown name.
    if (item->value.size() >= kTolerantValueLimit) break;
    switch (take(query, item->name, item->value)) {
      case Taken::Yes:
        break;
      case Taken::Malformed:
        return std::nullopt;
      case Taken::Unknown:
        return query;
    }
    list = item->rest;
  }
  return query;
}

bool ClientQuery::has_valid_limits() const {
  if (frames > kMostFrames) return false;
  return frames != 0 || (limit > 0 && limit <= kMostEntries);
}

bool ClientQuery::wants(const ClientView& client, NtpTimestamp now) const {
  const std::uint32_t age = now.seconds() - NtpTimestamp::from_wall(client.last).seconds();
  if (min_count > 0 && client.count < static_cast<std::uint64_t>(min_count)) return false;
  if (client.dropped < min_dropped || client.score < min_score) return false;
  if (all_flags != 0 && (client.flags & all_flags) != all_flags) return false;
  if (any_flags != 0 && (client.flags & any_flags) == 0) return false;
  if (max_age > 0 && age > max_age) return false;
  if (min_age > 0 && age < min_age) return false;
  return !local.is_set() || client.local == local;
}

}  // namespace ntp::control
