// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libntp/config/settings.h"
#include "libntp/core/seams.h"
#include "ntpd/statistics/generation.h"

namespace ntp::statistics {

/// The files of one set of statistics: each line goes to the file of its moment, and the plain name
/// is a hard link to the newest file, unless the set has `nolink`.
class SetFiles {
 public:
  /// `directory` ends in a slash.
  SetFiles(config::StatisticsSet set, const config::StatisticsSettings& settings,
           const std::string& directory, int pid);

  /// What became of a line. One that stands in its file may still have a problem, that of the link.
  struct Outcome {
    bool in_its_file = false;
    bool written = false;
    std::optional<Error> problem;
  };
  /// Writes a line, its end included. Where the file of the moment can't be made, the last one that
  /// could be goes on (NTPsec: the same).
  Outcome write(FileStore& files, const Moment& moment, std::string_view line);

 private:
  Result<void> renew_link(FileStore& files);
  Result<void> clear_plain_name(FileStore& files);

  config::FileGeneration type_;
  bool link_;
  int pid_;
  std::string plain_;
  /// The file of the last line; empty at first.
  std::string current_;
};

}  // namespace ntp::statistics
