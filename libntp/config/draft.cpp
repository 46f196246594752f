// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/draft.h"

#include <algorithm>
#include <unordered_set>

#include "libntp/config/text.h"

namespace ntp::config {
namespace {

unsigned family_bit(Family family) { return 1U << static_cast<unsigned>(family); }

/// What makes two sources the same. NTPsec: a pool is known by the text of its name, even if that
/// is an address.
std::string identity(const SourceSettings& source) {
  if (source.type == SourceType::Refclock) {
    return "clock " + std::to_string(source.driver_type) + '.' + std::to_string(source.unit);
  }
  const auto address = parse_numeric_host(source.host, source.family);
  if (address && source.type != SourceType::Pool) return "address " + address->to_string();
  return "name " + to_lower(source.host);
}

std::string clock_identity(int type, int unit) {
  return "clock " + std::to_string(type) + '.' + std::to_string(unit);
}

std::string place(const Location& where) {
  return where.file + " line " + std::to_string(where.line);
}

bool families_meet(Family a, Family b) { return a == Family::Any || b == Family::Any || a == b; }

}  // namespace

void Draft::begin_with(Settings running) {
  settings = std::move(running);
  settings.unpeers.clear();
  settings.fudges.clear();
  settings.reset_counters = 0;
  for (const SourceSettings& source : settings.sources) {
    known_sources_[identity(source)] |= family_bit(source.family);
  }
}

void Draft::add_source(SourceSettings source, Report& report) {
  if (settings.sources.size() >= kMaxEntries) {
    report.error(source.where,
                 "more than " + std::to_string(kMaxEntries) + " sources (the line is ignored)");
    return;
  }
  unsigned& seen = known_sources_[identity(source)];
  const bool numeric = parse_numeric_host(source.host, source.family).has_value();
  const unsigned overlapping =
      source.family == Family::Any ? ~0U : family_bit(Family::Any) | family_bit(source.family);
  if (seen & (numeric ? ~0U : overlapping)) {
    const std::string name = source.type == SourceType::Refclock
                                 ? clock_address(source.driver_type, source.unit)
                                 : source.host;
    report.warning(source.where,
                   "Ignoring duplicate " + quote(name) + ": the options of the first line count");
    return;
  }
  seen |= family_bit(source.family);
  settings.sources.push_back(std::move(source));
}

void Draft::note_setting(const std::string& what, const Location& where, Report& report) {
  Location& known = set_at_[what];
  if (known.line != 0 && known.file != where.file) {
    // NTPsec: within a directory the last name is read first, so that the first name wins.
    const bool reversed =
        directory_of(known.file) == directory_of(where.file) && where.file < known.file;
    report.hint(reversed ? Severity::Warning : Severity::Info, known,
                "'" + what + "' has no effect, since " + place(where) + " is read later" +
                    (reversed ? ": the files of a directory are read from the last name to the "
                                "first; leave one of the lines out"
                              : ""));
  }
  known = where;
}

void Draft::apply_switches(Report& report) {
  const auto apply = [&](const SwitchWords& words, bool& flag, const char* name) {
    if (words.enabled) flag = true;
    if (words.disabled) flag = false;
    if (words.enabled && words.disabled) {
      report.hint(Severity::Warning, words.enabled_at,
                  std::string("'enable ") + name + "' has no effect, since '" + "disable " + name +
                      "' in " + place(words.disabled_at) +
                      " counts wherever it stands; leave one of them out");
    }
  };
  if (kernel_off_by_tinker) settings.kernel = false;
  apply(calibrate, settings.calibrate, "calibrate");
  apply(kernel, settings.kernel, "kernel");
  apply(monitor, settings.monitor, "monitor");
  apply(ntp, settings.discipline, "ntp");
  apply(stats, settings.stats, "stats");
}

void Draft::apply_unpeers(Report& report) {
  if (settings.unpeers.empty()) return;
  std::unordered_map<std::string, std::vector<std::size_t>> by_identity;
  for (std::size_t i = settings.sources.size(); i-- > 0;) {
    by_identity[identity(settings.sources[i])].push_back(i);  // the first one ends last
  }
  std::unordered_set<std::size_t> removed;
  for (const auto& unpeer : settings.unpeers) {
    if (unpeer.association != 0) continue;
    const auto clock = parse_clock_address(unpeer.host);
    const auto address = parse_numeric_host(unpeer.host, unpeer.family);
    const auto found = by_identity.find(
        clock ? clock_identity(clock->type, clock->unit)
              : (address ? "address " + address->to_string() : "name " + to_lower(unpeer.host)));
    if (found == by_identity.end()) continue;
    auto& indices = found->second;
    const auto match = std::find_if(indices.rbegin(), indices.rend(), [&](std::size_t index) {
      return address || families_meet(unpeer.family, settings.sources[index].family);
    });
    if (match == indices.rend()) continue;
    removed.insert(*match);
    indices.erase(std::next(match).base());
    report.info(unpeer.where, "unpeered " + unpeer.host);
  }
  std::size_t index = 0;
  std::erase_if(settings.sources, [&](const SourceSettings&) { return removed.contains(index++); });
}

void Draft::apply_fudges(Report& report) {
  std::unordered_map<std::string, SourceSettings*> clocks;
  for (auto& source : settings.sources) {
    if (source.type == SourceType::Refclock) clocks[identity(source)] = &source;
  }
  for (const auto& fudge : settings.fudges) {
    const auto found = clocks.find(clock_identity(fudge.driver_type, fudge.unit));
    if (found == clocks.end()) {
      const std::string clock = clock_address(fudge.driver_type, fudge.unit);
      report.hint(Severity::Warning, fudge.where,
                  "fudge has no effect, since there is no clock " + clock + "; write 'server " +
                      clock + "', or correct the address");
      continue;
    }
    SourceSettings& clock = *found->second;
    clock.time1 = fudge.time1.value_or(clock.time1);
    clock.time2 = fudge.time2.value_or(clock.time2);
    if (fudge.stratum) clock.stratum = fudge.stratum;
    if (fudge.refid) clock.refid = fudge.refid;
    clock.flags = (clock.flags & ~fudge.flags_set) | fudge.flags;
  }
}

Settings Draft::finish(Report& report) {
  for (std::size_t i = 0; i < kStatisticsSets; ++i) {
    if (wanted_statistics[i] && !generated_statistics[i]) settings.statistics[i].enabled = true;
  }
  apply_switches(report);
  apply_unpeers(report);
  apply_fudges(report);
  for (auto& source : settings.sources) {
    if (source.driver == "modem" || source.driver == "jjy") source.phones = settings.phones;
    // NTPsec: lockclock. Somebody else keeps the clock right.
    if (source.driver == "local" && (source.flags & 1) != 0) settings.discipline = false;
  }
  return std::move(settings);
}

}  // namespace ntp::config
