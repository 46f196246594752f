// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "libntp/config/keywords.h"
#include "libntp/config/report.h"
#include "libntp/config/settings.h"

namespace ntp::config {

/// Most entries of one kind (sources, variables, …) that a configuration may have; restrictions may
/// be more, since whole block lists are written that way.
inline constexpr std::size_t kMaxEntries = 10'000;
inline constexpr std::size_t kMaxRestrictions = 500'000;

/// What `enable` and `disable` lines said of one flag.
struct SwitchWords {
  bool enabled = false;
  bool disabled = false;
  Location enabled_at, disabled_at;
};

/// Settings while the text is read. Most directives write to `settings` at once; what NTPsec
/// applies in another order than that of the file waits here until `finish`.
class Draft {
 public:
  Settings settings;

  SwitchWords calibrate, kernel, monitor, ntp, stats;
  bool kernel_off_by_tinker = false;
  /// Sets that a `statistics` line names.
  std::array<bool, kStatisticsSets> wanted_statistics{};
  /// Sets that a `filegen` line decides.
  std::array<bool, kStatisticsSets> generated_statistics{};

  /// What is read adds to these settings, whose own lines have been applied.
  void begin_with(Settings running);
  /// Adds a source unless it is there already.
  void add_source(SourceSettings source, Report& report);
  /// Says that `what` is set by the line there, for a hint if a line of another file is overridden.
  void note_setting(const std::string& what, const Location& where, Report& report);
  /// Applies what waits, in NTPsec's order: statistics, switches, unpeer, fudge.
  Settings finish(Report& report);

  /// Appends within bounds; beyond them the entry is reported and dropped.
  template <class Entry>
  static void append(std::vector<Entry>& entries, Entry entry, const Location& where,
                     Report& report, std::size_t most = kMaxEntries) {
    if (entries.size() < most) {
      entries.push_back(std::move(entry));
    } else {
      report.error(
          where, "more than " + std::to_string(most) + " lines of this kind; the line is ignored");
    }
  }

 private:
  void apply_switches(Report& report);
  void apply_unpeers(Report& report);
  void apply_fudges(Report& report);

  std::unordered_map<std::string, Location> set_at_;
  std::unordered_map<std::string, unsigned> known_sources_;  // families seen, by name or address
};

}  // namespace ntp::config
