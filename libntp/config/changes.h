// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "libntp/config/settings.h"

namespace ntp::config {

/// What becomes of a running source when its line is read again.
enum class SourceFate : std::uint8_t {
  /// Another source, or none: this one goes.
  Gone,
  /// The same, down to its options.
  Kept,
  /// The same with other options, which take effect under way.
  Changed,
  /// The same with options that its past samples do not fit: it begins anew.
  Renewed,
};

/// Compares two lines, the running one first.
SourceFate compare(const SourceSettings& running, const SourceSettings& wanted);

/// The parts of a configuration beside its sources.
enum class Section : std::uint8_t {
  Access,      // restrict, unrestrict
  RateLimit,   // limit, mru, enable monitor
  Selection,   // tos
  Clock,       // tinker, but for its frequency
  Discipline,  // enable ntp
  Keys,
  Nts,
  Statistics,
  Log,
  DriftFile,
  LeapFile,
  Network,    // interface, dscp, extra port
  Variables,  // setvar
  Startup,    // pidfile, rlimit, phone, tinker freq: what only a start looks at
};

/// As a log line names it: `access list`.
std::string_view name_of(Section section);

/// The sections in which two configurations differ, in the order of the enumerators.
std::vector<Section> changed_sections(const Settings& running, const Settings& wanted);

}  // namespace ntp::config
