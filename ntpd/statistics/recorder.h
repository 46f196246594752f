// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "ntpd/statistics/set_files.h"

namespace ntp::statistics {

/// Where the files go, with a slash at the end.
[[nodiscard]] std::string directory_of(const config::Settings& settings);

/// Writes the lines of all sets that are enabled. That a line can't be written is said once until
/// all is well again, and at most once an hour; the daemon goes on, and so do the files as soon as
/// they can.
class Recorder {
 public:
  Recorder(const config::Settings& settings, int pid, const Host& host);

  /// True if lines of the set are written: it is enabled, and so are statistics as a whole.
  [[nodiscard]] bool wants(config::StatisticsSet set) const;
  /// Writes a line of the set, if it is wanted: the time now and the fields, without line end.
  void record(config::StatisticsSet set, std::string_view fields);

 private:
  struct Slot {
    SetFiles files;
    bool failing = false;
  };
  void take(Slot& slot, const SetFiles::Outcome& outcome);

  Clock& clock_;
  FileStore& store_;
  Log& log_;
  MonoTime started_;
  std::array<std::optional<Slot>, config::kStatisticsSets> slots_;
  int failing_ = 0;
  std::uint64_t lost_ = 0;
  bool complained_ = false;
  std::optional<MonoTime> last_complaint_;
};

}  // namespace ntp::statistics
