// SPDX-License-Identifier: BSD-2-Clause
#include <chrono>
#include <cstdio>

#include "libntp/leap/leap_file.h"
#include "ntpd/check/judge.h"

namespace ntp::check {
namespace {

using config::Location;

constexpr auto kWarnBeforeExpiry = std::chrono::days(28);

std::string date_of(WallTime time) {
  const std::chrono::year_month_day date(
      std::chrono::sys_days(std::chrono::floor<std::chrono::days>(time.time_since_epoch())));
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

void check_leap_file(Judge& judge) {
  const std::string& path = judge.settings.leap_file;
  const Location& where = judge.settings.leap_file_at;
  if (path.empty() || !plan_read(judge, "leap second file", path, where, judge.user, Form::File))
    return;
  const auto content = judge.files.content(path);
  if (!content) return;
  const auto file = leap::parse_leap_file(*content);
  const std::string advice = "get a new file (ntpleapfetch, or the package tzdata)";
  if (!file) {
    judge.find(Severity::Error, "leap-file", where, path + ": " + file.error().message, advice);
    return;
  }
  const WallTime expiry = file->table.expires;
  if (expiry == WallTime{}) {
    judge.find(Severity::Error, "leap-file", where,
               path + " has no line '#@' with its expiry: it is no leap second file", advice);
  } else if (expiry <= judge.now) {
    judge.find(Severity::Warning, "leap-file-expired", where,
               path + " expired on " + date_of(expiry), advice);
  } else if (expiry - judge.now < kWarnBeforeExpiry) {
    judge.find(Severity::Note, "leap-file-expires", where, path + " expires on " + date_of(expiry),
               advice);
  }
}

void check_statistics(Judge& judge) {
  const auto& settings = judge.settings;
  const config::StatisticsSettings* first = nullptr;
  for (const auto& set : settings.statistics) {
    if (set.enabled && first == nullptr) first = &set;
  }
  if (first == nullptr && settings.stats_dir.empty()) return;
  const std::string directory =
      settings.stats_dir.empty() ? config::default_path::kStatsDir : settings.stats_dir;
  const Location where = settings.stats_dir_at.line != 0 ? settings.stats_dir_at
                         : first != nullptr              ? first->where
                                                         : Location{};
  if (first != nullptr && !settings.stats) {
    judge.find(Severity::Warning, "no-effect", first->where,
               "'disable stats' keeps all statistics from being written", "leave it out");
  }
  PlannedFile planned{"statistics", directory, PlannedFile::Use::Write, true, {}};
  const FileFacts facts = judge.files.look(directory);
  std::string wrong;
  if (facts.kind == FileFacts::Kind::Missing) {
    wrong = "there is no such directory";
  } else if (facts.kind == FileFacts::Kind::Unknown) {
    planned.possible = std::nullopt;
    planned.why_not = "it can't be seen from here";
  } else if (facts.kind != FileFacts::Kind::Directory) {
    wrong = "it is no directory";
  } else if (may(judge.files, judge.user, Need::Write, directory) == false) {
    wrong = "user " + judge.user.name + " may not write there";
  }
  if (!wrong.empty()) {
    planned.possible = false;
    planned.why_not = wrong;
    judge.find(
        first != nullptr ? Severity::Error : Severity::Warning, "statsdir", where,
        "no statistics are written to " + directory + ": " + wrong,
        "make that directory and give it to the user of ntpd, or name another by 'statsdir'");
  }
  judge.report.files.push_back(std::move(planned));
}

}  // namespace

void check_files(Judge& judge) {
  const auto& settings = judge.settings;
  if (!settings.drift_file.empty()) {
    plan_write(judge, "drift file", settings.drift_file, settings.drift_file_at, judge.user);
  }
  check_leap_file(judge);
  check_statistics(judge);
  // Opened before the rights of root are given up.
  if (!settings.log_file.empty() && settings.log_file != "stderr" &&
      settings.log_file != "stdout") {
    plan_write(judge, "log file", settings.log_file, settings.log_file_at, User{}, Writing::Opened);
  }
  for (const config::NamedFile& file : settings.pid_files) {
    plan_write(judge, "process number", file.path, file.where, User{}, Writing::Opened);
  }
}

}  // namespace ntp::check
