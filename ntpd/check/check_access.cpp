// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <array>

#include "libntp/config/text.h"
#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

namespace flag = config::restrict_flag;
using config::RestrictSettings;
using config::SourceSettings;
using server::AccessTable;

/// The last line that gives the entry one of these flags; none if they are built in.
const RestrictSettings* line_of(const Judge& judge, const server::AccessEntry& entry,
                                std::uint32_t flags) {
  const auto& lines = judge.settings.restrictions;
  const auto is_same = [&](const server::AccessEntry& each) {
    return each.address == entry.address && each.mask == entry.mask &&
           each.ntp_port == entry.ntp_port && each.source == entry.source;
  };
  const AccessTable without = AccessTable::build({});
  const bool built_in = std::ranges::any_of(without.entries(), is_same);
  const auto made = [&](const RestrictSettings& line) {
    if (line.remove || (line.flags & flags) == 0) return false;
    const AccessTable alone = AccessTable::build({line});
    // A line that makes an entry of its own has no part in those that are there without any.
    if (built_in && alone.entries().size() > without.entries().size()) return false;
    return std::ranges::any_of(alone.entries(), [&](const auto& each) {
      return is_same(each) && (each.flags & line.flags & flags) != 0;
    });
  };
  const auto found = std::find_if(lines.rbegin(), lines.rend(), made);
  return found == lines.rend() ? nullptr : &*found;
}

/// Further lines for the address only add to its flags (NTPsec).
bool is_host(const server::AccessEntry& entry) {
  return prefix_length(entry.mask) == (entry.mask.family() == Family::V6 ? 128 : 32);
}

std::string words(std::uint32_t flags) {
  std::string text;
  for (const std::string& name : flag_names(flags)) text += (text.empty() ? "" : " ") + name;
  return text;
}

/// One finding a line, however many sources it shuts out.
void report_shut_out(Judge& judge, const server::AccessEntry& entry, const config::Location& where,
                     std::uint32_t harm, const SourceSettings& source) {
  constexpr const char* kKind = "source-shut-out";
  const std::string host = source.host + " (line " + std::to_string(source.where.line) + ')';
  auto& findings = judge.report.findings;
  const auto known = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.kind == kKind && finding.where.file == where.file &&
           finding.where.line == where.line && where.line != 0;
  });
  if (known != findings.end()) {
    known->text += ", " + host;
    return;
  }
  const std::string way = "'restrict " + source.host + " nomodify noquery'";
  judge.find(Severity::Error, kKind, where, "'" + words(harm) + "' drops the answers of " + host,
             is_host(entry)                 ? "leave '" + words(harm) + "' out"
             : (harm & flag::kNoServe) != 0 ? "leave 'noserve' out, or add " + way
                                            : "add 'restrict source nomodify noquery', or " + way);
}

/// A source whose answers are dropped. `address` stands for all addresses if it is by name.
void check_source(Judge& judge, AccessTable table, const SourceSettings& source,
                  const Address& address) {
  const Endpoint remote{address, kNtpPort};
  const auto index = table.match(remote);
  if (!index) return;
  const server::AccessEntry entry = table.entries()[*index];
  // NTPsec: a hole is made for 'ignore' and 'notrust', never for 'noserve'; NTS is no trust.
  const bool trusted = source.key != 0;
  std::uint32_t harm = entry.flags & (flag::kIgnore | flag::kNoServe);
  if (!trusted) harm |= entry.flags & flag::kNoTrust;
  if (harm == 0) return;
  const auto hole = table.poke_hole(remote, source.key != 0 || source.nts);
  if (hole == AccessTable::Hole::Poked) {
    const std::uint32_t after = table.flags_for(remote);
    harm = after & (flag::kIgnore | flag::kNoServe | (trusted ? 0U : flag::kNoTrust));
    if (harm == 0) return;
  }
  const RestrictSettings* line = line_of(judge, entry, harm);
  report_shut_out(judge, entry, line != nullptr ? line->where : source.where, harm, source);
}

/// An address that no line but the default is likely to be about: 0.0.0.1 or ::2.
Address address_of_nobody(Family family) {
  if (family != Family::V6) return Address::v4(1);
  std::array<std::uint8_t, 16> octets{};
  octets.back() = 2;
  return Address::from_bytes(octets);
}

void check_all_sources(Judge& judge, const AccessTable& table) {
  for (const SourceSettings& source : judge.settings.sources) {
    if (source.type == config::SourceType::Refclock) continue;
    if (const auto address = config::parse_numeric_host(source.host, source.family)) {
      check_source(judge, table, source, *address);
      continue;
    }
    // Names are not resolved here: the default entry stands for wherever they lead.
    check_source(judge, table, source, address_of_nobody(source.family));
  }
}

/// ntpq on the host itself.
void check_queries(Judge& judge, const AccessTable& table) {
  constexpr std::uint32_t kHarm = flag::kIgnore | flag::kNoQuery | flag::kVersion;
  std::string addresses;
  const RestrictSettings* line = nullptr;
  std::uint32_t harm = 0;
  bool by_host = false;
  for (const Family family : {Family::V4, Family::V6}) {
    const Address loopback = Address::loopback(family);
    const auto index = table.match({loopback, 1024});
    if (!index || (table.entries()[*index].flags & kHarm) == 0) continue;
    const server::AccessEntry& entry = table.entries()[*index];
    harm |= entry.flags & kHarm;
    by_host |= is_host(entry);
    if (line == nullptr) line = line_of(judge, entry, kHarm);
    addresses += (addresses.empty() ? "" : " and ") + loopback.to_string();
  }
  if (harm == 0) return;
  const std::string advice =
      by_host ? "leave '" + words(harm) + "' out" : "add 'restrict 127.0.0.1' and 'restrict ::1'";
  const std::string text = "'" + words(harm) + "' shuts out ntpq on this host, from " + addresses;
  if (line != nullptr) {
    judge.find(Severity::Warning, "ntpq-shut-out", line->where, text, advice);
  } else {
    judge.find(Severity::Note, "ntpq-shut-out", {}, text + " (the built-in default)", advice);
  }
}

}  // namespace

void check_masks(Judge& judge) {
  for (const RestrictSettings& line : judge.settings.restrictions) {
    const AccessTable alone = AccessTable::build({line});
    const auto& entries = alone.entries();
    const auto odd = std::find_if(entries.begin(), entries.end(),
                                  [](const auto& each) { return !prefix_length(each.mask); });
    if (odd == entries.end()) continue;
    judge.find(Severity::Warning, "mask", line.where,
               "the mask " + odd->mask.to_string() + " has holes: what it covers is no network",
               "write a mask of ones and then zeros, or ADDRESS/LENGTH");
  }
}

/// NTPsec: the list of clients stays on as long as anybody is limited.
void check_monitor(Judge& judge, const AccessTable& table) {
  if (judge.settings.monitor || !table.has_limits()) return;
  judge.find(Severity::Warning, "no-effect", {},
             "'disable monitor' has no effect, since some entries are 'limited'",
             "add 'unrestrict default limited', and take 'limited' off other lines");
}

/// The first packet of a client scores 1/burst already.
void check_limit(Judge& judge, const AccessTable& table) {
  const config::LimitSettings& limit = judge.settings.limit;
  if (!table.has_limits() || limit.average * limit.burst >= 1) return;
  judge.find(Severity::Error, "limit-too-low", limit.where,
             "the rate limit drops every request of clients that are 'limited': 'limit' has an "
             "average below 1/burst",
             "raise 'average' or 'burst': their product is the packets that a client may send at "
             "once");
}

void check_access(Judge& judge) {
  const AccessTable table = AccessTable::build(judge.settings.restrictions);
  check_masks(judge);
  check_monitor(judge, table);
  check_limit(judge, table);
  judge.report.access = table.entries();
  check_all_sources(judge, table);
  check_queries(judge, table);
}

}  // namespace ntp::check
