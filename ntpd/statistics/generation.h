// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <string_view>

#include "libntp/config/settings.h"
#include "libntp/core/time.h"

namespace ntp::statistics {

/// `loopstats`, …: the file of a set that has no name of its own.
[[nodiscard]] std::string_view set_name(config::StatisticsSet set);

/// What the name of a file may depend on.
struct Moment {
  WallTime wall;
  Duration uptime{};
};

/// The end of a file's name, as NTPsec has it: `.20261123` for Day, `.202611` for Month, `.2026`
/// for Year; `.2026w04` for Week, where NTPsec: the number is the day of the year modulo 7, so that
/// seven names take turns day by day; `.#1234` for Pid; for Age `.a00086400`, the seconds of uptime
/// at the start of the running 24 h; nothing for None. Days are those of UTC.
[[nodiscard]] std::string file_suffix(config::FileGeneration type, const Moment& moment, int pid);

}  // namespace ntp::statistics
