// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "libntp/config/key_file.h"
#include "libntp/config/parser.h"
#include "libntp/core/file_survey.h"
#include "libntp/core/time.h"
#include "ntpd/check/report.h"

namespace ntp::check {

/// What a dry run is made of beside the configuration.
struct Circumstances {
  std::string config_file;
  std::string user;   // -u; empty: root
  std::string group;  // -u
  WallTime now{};
  /// The key types that this host has; without it any is taken for one.
  config::KeyTypes key_types = {};
};

/// Judges a configuration that has been read and completed by the command line. Opens no socket,
/// resolves no name, changes nothing.
Report check(const config::ParseResult& parsed, const Circumstances& circumstances,
             const FileSurvey& files);

}  // namespace ntp::check
