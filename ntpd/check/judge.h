// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "libntp/config/key_file.h"
#include "libntp/config/settings.h"
#include "libntp/core/file_survey.h"
#include "libntp/core/time.h"
#include "ntpd/check/check.h"
#include "ntpd/check/report.h"

namespace ntp::check {

/// A dry run under way: what the single checks look at, and where they put what they find.
struct Judge {
  const config::Settings& settings;
  const FileSurvey& files;
  User user;
  WallTime now;
  const config::KeyTypes& key_types;
  const ClockQuestion& clock;
  Report& report;

  void find(Severity severity, std::string kind, const config::Location& where, std::string text,
            std::string advice) {
    report.findings.push_back(
        {severity, std::move(kind), where, std::move(text), std::move(advice)});
  }
};

// One file each.
void check_sources(Judge& judge);
void check_clocks(Judge& judge);
void check_access(Judge& judge);
void check_keys(Judge& judge);
void check_nts(Judge& judge);
void check_files(Judge& judge);

enum class Need : unsigned { Read = 4, Write = 2, Search = 1 };

/// Whether the user may do that to what is there, by the mode bits; nothing if it can't be seen.
std::optional<bool> may(const FileSurvey& files, const User& user, Need need,
                        const std::string& path);
/// The directory that a path is in: `.` if it has none.
std::string directory_of(const std::string& path);

enum class Form : std::uint8_t { File, FileOrDirectory };
/// Adds a file to the plan, and an error if the user can't read it. True if it is known to be
/// readable.
bool plan_read(Judge& judge, const std::string& purpose, const std::string& path,
               const config::Location& where, const User& user, Form form);
enum class Writing : std::uint8_t {
  Replaced,  // by a new file of the same name
  Opened     // and written to as it is
};
/// The same for a file that is made, or written to, in its directory.
bool plan_write(Judge& judge, const std::string& purpose, const std::string& path,
                const config::Location& where, const User& user,
                Writing writing = Writing::Replaced);
/// A warning if others than owner and group may read a secret.
void check_secret(Judge& judge, const std::string& purpose, const std::string& path,
                  const config::Location& where);

}  // namespace ntp::check
