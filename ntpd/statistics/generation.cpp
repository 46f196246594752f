// SPDX-License-Identifier: BSD-2-Clause
#include "ntpd/statistics/generation.h"

#include <fmt/format.h>

#include <array>

namespace ntp::statistics {
namespace {

using config::FileGeneration;

constexpr std::array<std::string_view, config::kStatisticsSets> kSetNames = {
    "clockstats", "loopstats", "peerstats", "protostats", "rawstats",
    "sysstats",   "usestats",  "ntsstats",  "ntskestats", "ntskelog"};
constexpr int kDaysOfWeek = 7;

}  // namespace

std::string_view set_name(config::StatisticsSet set) {
  return kSetNames.at(static_cast<std::size_t>(set));
}

std::string file_suffix(FileGeneration type, const Moment& moment, int pid) {
  using std::chrono::days;
  const std::chrono::sys_days day(std::chrono::floor<days>(moment.wall.time_since_epoch()));
  const std::chrono::year_month_day date(day);
  const int year = static_cast<int>(date.year());
  const auto month = static_cast<unsigned>(date.month());
  switch (type) {
    case FileGeneration::None:
      break;
    case FileGeneration::Pid:
      return fmt::format(".#{}", pid);
    case FileGeneration::Day:
      return fmt::format(".{:04}{:02}{:02}", year, month, static_cast<unsigned>(date.day()));
    case FileGeneration::Week: {
      const std::chrono::sys_days new_year(date.year() / std::chrono::January / 1);
      return fmt::format(".{:04}w{:02}", year, (day - new_year).count() % kDaysOfWeek);
    }
    case FileGeneration::Month:
      return fmt::format(".{:04}{:02}", year, month);
    case FileGeneration::Year:
      return fmt::format(".{:04}", year);
    case FileGeneration::Age: {
      const auto begin = std::chrono::floor<days>(moment.uptime);
      return fmt::format(".a{:08}", std::chrono::seconds(begin).count());
    }
  }
  return {};
}

}  // namespace ntp::statistics
