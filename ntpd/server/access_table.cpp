// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/server/access_table.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ntp::server {
namespace {

namespace flag = config::restrict_flag;

constexpr std::uint32_t kDefaultFlags = flag::kNoQuery | flag::kLimited;

Address masked(const Address& address, const Address& mask) {
  const ByteView octets = address.bytes();
  const ByteView bits = mask.bytes();
  std::array<std::uint8_t, 16> result{};
  for (std::size_t i = 0; i < octets.size(); ++i) result[i] = octets[i] & bits[i];
  return Address::from_bytes(ByteView(result).first(octets.size()));
}

Address mask_of_length(Family family, int length) {
  std::array<std::uint8_t, 16> octets{};
  const std::size_t size = family == Family::V4 ? 4 : 16;
  for (std::size_t i = 0; i < size; ++i) {
    const int bits = std::clamp(length - static_cast<int>(i) * 8, 0, 8);
    octets[i] = static_cast<std::uint8_t>(0xff00 >> bits);
  }
  return Address::from_bytes(ByteView(octets).first(size));
}

int width_of(Family family) { return family == Family::V4 ? 32 : 128; }

Address host_mask(Family family) { return mask_of_length(family, width_of(family)); }

bool is_default(const AccessEntry& entry) {
  return entry.mask.is_wildcard() && !entry.ntp_port && !entry.source;
}

bool same_key(const AccessEntry& a, const AccessEntry& b) {
  return a.address == b.address && a.mask == b.mask && a.ntp_port == b.ntp_port &&
         a.source == b.source;
}

/// IPv4 before IPv6, then descending address, mask and match flags.
bool tried_before(const AccessEntry& a, const AccessEntry& b) {
  if (a.address.family() != b.address.family()) return a.address.is_v4();
  if (a.address != b.address) return a.address > b.address;
  if (a.mask != b.mask) return a.mask > b.mask;
  if (a.source != b.source) return a.source;
  return a.ntp_port && !b.ntp_port;
}

/// NTPsec: a length that is out of range, 0 included, counts as none.
Address mask_of(const config::RestrictSettings& line, Family family) {
  if (line.prefix_length && *line.prefix_length > 0 && *line.prefix_length <= width_of(family)) {
    return mask_of_length(family, *line.prefix_length);
  }
  if (!line.mask || line.prefix_length) return host_mask(family);
  return line.mask->family() == family ? *line.mask : Address::any(family);
}

struct NamedFlag {
  std::uint32_t flag;
  std::string_view name;
};
// NTPsec: nomrulist and mssntp are not shown.
constexpr NamedFlag kFlagNames[] = {
    {flag::kIgnore, "ignore"},   {flag::kNoServe, "noserve"},   {flag::kNoTrust, "notrust"},
    {flag::kNoQuery, "noquery"}, {flag::kNoModify, "nomodify"}, {flag::kNoPeer, "nopeer"},
    {flag::kLimited, "limited"}, {flag::kVersion, "version"},   {flag::kKod, "kod"},
    {flag::kFlake, "flake"},
};

}  // namespace

std::string flag_words(const AccessEntry& entry) {
  std::string words;
  const auto add = [&words](std::string_view word) {
    if (!words.empty()) words += ' ';
    words += word;
  };
  if (entry.ntp_port) add("ntpport");
  if (entry.source) add("source");
  for (const auto& [flag, name] : kFlagNames) {
    if ((entry.flags & flag) != 0) add(name);
  }
  return words;
}

/// A line's wish for one entry.
struct AccessTable::Change {
  AccessEntry key;
  bool remove = false;
};

AccessTable::AccessTable() {
  for (const Family family : {Family::V4, Family::V6}) {
    entries_.push_back({Address::any(family), Address::any(family), false, false, kDefaultFlags});
  }
  index_masks();
}

AccessTable AccessTable::build(const std::vector<config::RestrictSettings>& lines,
                               const HostLookup& lookup) {
  AccessTable table;
  // An entry depends on the lines about it alone, so these are brought together by sorting: block
  // lists have 100,000 lines.
  std::vector<Change> changes;
  changes.reserve(table.entries_.size() + lines.size());
  for (const AccessEntry& entry : table.entries_) changes.push_back({entry, false});
  for (const auto& line : lines) table.read(line, lookup, changes);
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return tried_before(a.key, b.key); });
  table.entries_.clear();
  for (auto change = changes.begin(); change != changes.end();) {
    std::optional<AccessEntry> entry;
    const AccessEntry& key = change->key;
    for (; change != changes.end() && same_key(change->key, key); ++change) apply(*change, entry);
    if (entry) table.entries_.push_back(*entry);
  }
  table.index_masks();
  return table;
}

void AccessTable::read(const config::RestrictSettings& line, const HostLookup& lookup,
                       std::vector<Change>& changes) {
  using Subject = config::RestrictSettings::Subject;
  AccessEntry key{{}, {}, false, line.ntp_port, line.flags};
  if (line.subject == Subject::Source) {
    // NTPsec: `unrestrict source` acts like `restrict source`.
    key.source = true;
    source_template_ = key;
    return;
  }
  if (line.subject == Subject::Default) {
    for (const Family family : {Family::V4, Family::V6}) {
      if (line.family != Family::Any && line.family != family) continue;
      key.address = key.mask = Address::any(family);
      changes.push_back({key, line.remove});
    }
    return;
  }
  std::vector<Address> addresses;
  if (const auto numeric = parse_address(line.host)) {
    addresses.push_back(*numeric);
  } else if (lookup) {
    addresses = lookup(line.host, line.family);
  }
  bool first = true;
  for (const Address& address : addresses) {
    if (!address.is_set()) continue;
    // NTPsec: a mask belongs to the first address of a name, the others make host entries.
    key.mask = first ? mask_of(line, address.family()) : host_mask(address.family());
    key.address = masked(address, key.mask);
    changes.push_back({key, line.remove});
    first = false;
  }
}

void AccessTable::apply(const Change& change, std::optional<AccessEntry>& entry) {
  const AccessEntry& key = change.key;
  if (!change.remove) {
    if (entry) {
      entry->flags |= key.flags;
    } else {
      entry = key;
    }
    return;
  }
  if (!entry) return;
  // NTPsec: naming `ntpport` counts as naming a flag.
  if (key.flags != 0 || key.ntp_port) {
    entry->flags &= ~key.flags;
  } else if (!is_default(*entry)) {
    entry.reset();
  }
}

void AccessTable::index_masks() {
  masks_.clear();
  for (const AccessEntry& entry : entries_) masks_.push_back(entry.mask);
  std::sort(masks_.begin(), masks_.end());
  masks_.erase(std::unique(masks_.begin(), masks_.end()), masks_.end());
}

std::optional<std::size_t> AccessTable::match(const Endpoint& remote) const {
  if (!remote.address.is_set() || remote.address.is_multicast()) return std::nullopt;
  // The first one that covers the address; of each mask only one place in the order can do so.
  auto first = entries_.end();
  for (const Address& mask : masks_) {
    if (mask.family() != remote.address.family()) continue;
    const AccessEntry key{masked(remote.address, mask), mask, true, true, 0};
    auto entry = std::lower_bound(entries_.begin(), first, key, tried_before);
    for (; entry != first && entry->address == key.address && entry->mask == mask; ++entry) {
      if (entry->ntp_port && remote.port != kNtpPort) continue;
      first = entry;
      break;
    }
  }
  if (first == entries_.end()) return std::nullopt;
  return static_cast<std::size_t>(first - entries_.begin());
}

std::uint32_t AccessTable::flags_for(const Endpoint& remote) const {
  const auto index = match(remote);
  return index ? entries_[*index].flags : flag::kIgnore;
}

bool AccessTable::has_limits() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const AccessEntry& entry) { return (entry.flags & flag::kLimited) != 0; });
}

AccessTable::Hole AccessTable::poke_hole(const Endpoint& source, bool authenticated) {
  const auto index = match(source);
  if (!index) return Hole::NotNeeded;
  const AccessEntry& entry = entries_[*index];
  const bool locked_out =
      (entry.flags & flag::kIgnore) != 0 || ((entry.flags & flag::kNoTrust) != 0 && !authenticated);
  if (!locked_out) return Hole::NotNeeded;
  if (entry.mask == host_mask(source.address.family())) return Hole::SpecificEntry;
  if (!source_template_) return Hole::NoTemplate;
  AccessEntry hole = *source_template_;
  hole.mask = host_mask(source.address.family());
  hole.address = masked(source.address, hole.mask);
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), hole, tried_before);
  if (place != entries_.end() && same_key(*place, hole)) {
    place->flags |= hole.flags;
  } else {
    entries_.insert(place, hole);
    index_masks();
  }
  return Hole::Poked;
}

}  // namespace ntp::server
