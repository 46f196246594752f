// SPDX-License-Identifier: BSD-2-Clause
#include "libntp/config/changes.h"

#include <utility>

#include "libntp/config/text.h"

namespace ntp::config {
namespace {

bool is_same_source(const SourceSettings& a, const SourceSettings& b) {
  if (a.type != b.type) return false;
  if (a.type == SourceType::Refclock) return a.driver_type == b.driver_type && a.unit == b.unit;
  return a.family == b.family && to_lower(a.host) == to_lower(b.host);
}

/// `running` with those options of `wanted` that a source can change under way.
SourceSettings with_soft_options(SourceSettings running, const SourceSettings& wanted) {
  running.iburst = wanted.iburst;
  running.burst = wanted.burst;
  running.prefer = wanted.prefer;
  running.noselect = wanted.noselect;
  running.truechimer = wanted.truechimer;
  running.min_poll = wanted.min_poll;
  running.max_poll = wanted.max_poll;
  running.version = wanted.version;
  // Of reference clocks: what is not done to the device. It may be out of reach by now.
  running.time1 = wanted.time1;
  running.time2 = wanted.time2;
  running.stratum = wanted.stratum;
  running.refid = wanted.refid;
  constexpr unsigned kFlag4 = 8;
  running.flags = (running.flags & ~kFlag4) | (wanted.flags & kFlag4);
  return running;
}

TinkerSettings without_frequency(TinkerSettings tinker) {
  tinker.frequency.reset();
  return tinker;
}

}  // namespace

SourceFate compare(const SourceSettings& running, const SourceSettings& wanted) {
  if (!is_same_source(running, wanted)) return SourceFate::Gone;
  if (running == wanted) return SourceFate::Kept;
  SourceSettings changed = with_soft_options(running, wanted);
  changed.host = wanted.host;
  return changed == wanted ? SourceFate::Changed : SourceFate::Renewed;
}

std::string_view name_of(Section section) {
  switch (section) {
    case Section::Access:
      return "access list";
    case Section::RateLimit:
      return "rate limits";
    case Section::Selection:
      return "tos";
    case Section::Clock:
      return "tinker";
    case Section::Discipline:
      return "clock discipline";
    case Section::Keys:
      return "keys";
    case Section::Nts:
      return "nts";
    case Section::Statistics:
      return "statistics";
    case Section::Log:
      return "log";
    case Section::DriftFile:
      return "drift file";
    case Section::LeapFile:
      return "leap file";
    case Section::Network:
      return "network";
    case Section::Variables:
      return "variables";
    case Section::Startup:
      return "pid files, limits, telephone numbers and frequency";
  }
  return "";
}

std::vector<Section> changed_sections(const Settings& running, const Settings& wanted) {
  std::vector<Section> changed;
  const auto note = [&](Section section, bool differs) {
    if (differs) changed.push_back(section);
  };
  const Settings& a = running;
  const Settings& b = wanted;
  note(Section::Access, a.restrictions != b.restrictions);
  note(Section::RateLimit, a.limit != b.limit || a.mru != b.mru || a.monitor != b.monitor);
  note(Section::Selection, a.tos != b.tos);
  note(Section::Clock, without_frequency(a.tinker) != without_frequency(b.tinker));
  note(Section::Discipline, a.discipline != b.discipline || a.calibrate != b.calibrate);
  note(Section::Keys, a.keys != b.keys);
  note(Section::Nts, a.nts != b.nts);
  note(Section::Statistics,
       a.stats_dir != b.stats_dir || a.statistics != b.statistics || a.stats != b.stats);
  note(Section::Log, a.log_file != b.log_file || a.log_classes != b.log_classes);
  note(Section::DriftFile,
       a.drift_file != b.drift_file || a.wander_threshold != b.wander_threshold);
  note(Section::LeapFile,
       a.leap_file != b.leap_file || a.leap_smear_interval != b.leap_smear_interval);
  note(Section::Network, a.interfaces != b.interfaces ||
                             a.no_virtual_addresses != b.no_virtual_addresses ||
                             a.hardware_stamps != b.hardware_stamps || a.dscp != b.dscp ||
                             a.extra_port != b.extra_port);
  note(Section::Variables, a.variables != b.variables);
  note(Section::Startup, a.pid_files != b.pid_files || a.limits != b.limits ||
                             a.phones != b.phones || a.tinker.frequency != b.tinker.frequency);
  return changed;
}

}  // namespace ntp::config
